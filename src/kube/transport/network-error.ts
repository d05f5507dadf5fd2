import { message } from '../../messages/message.ts';
import { proxyProblem } from '../../errors/network-problem.ts';
import { NautesError } from '../../errors/errors.ts';
import { causesOf, networkFailure, type NetworkFailureKind } from '../../base/network/network-failure.ts';

const REASONS = {
  nameUnknown: 'ClusterNameUnknown',
  refused: 'ClusterConnectionRefused',
  timeout: 'ClusterTimeout',
  certificateName: 'ClusterCertificateNameMismatch',
  certificateWithoutNames: 'ClusterCertificateWithoutNames',
  certificateExpired: 'ClusterCertificateExpired',
  certificateNotYetValid: 'ClusterCertificateNotYetValid',
  certificateUntrusted: 'ClusterCertificateUntrusted',
  certificateSelfSigned: 'ClusterCertificateSelfSigned',
  certificatePurpose: 'ClusterCertificatePurpose',
  certificateWeak: 'ClusterCertificateWeak',
  certificateInvalid: 'ClusterCertificateInvalid',
  clientCertificate: 'ClusterClientCertificateRefused',
  tls: 'ClusterTlsFailed',
  notHttp: 'ClusterResponseInvalid',
  lost: 'ClusterConnectionLost',
  unreachable: 'ClusterUnreachable',
} as const satisfies Record<NetworkFailureKind, string>;

/** What a failed connection means to a person. `address` is `host:port`, `seconds` the limit that may have passed. */
export function networkErrorOf(error: unknown, address: string, seconds: number): NautesError {
  const known = causesOf(error).find((link): link is NautesError => link instanceof NautesError);
  if (known !== undefined) return known;
  const proxy = proxyProblem(error);
  if (proxy !== undefined) return new NautesError('ClusterProxyFailed', { address, problem: proxy }, { cause: error });
  const { kind, code } = networkFailure(error);
  const problem = message('ClusterResponseInvalid.http');
  const details = { address, host: address.replace(/:\d+$/, ''), seconds, code, problem };
  return new NautesError(REASONS[kind], details, { cause: error });
}
