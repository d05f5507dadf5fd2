import { causesOf, networkFailure, type NetworkFailureKind } from '../base/network/network-failure.ts';
import { ProxyFailure } from '../base/network/tunnel.ts';
import { message, type MessageId } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';

const IDS = {
  nameUnknown: 'network.nameUnknown',
  refused: 'network.refused',
  timeout: 'network.timeout',
  certificateName: 'network.certificateName',
  certificateWithoutNames: 'network.certificateWithoutNames',
  certificateExpired: 'network.certificateExpired',
  certificateNotYetValid: 'network.certificateNotYetValid',
  certificateUntrusted: 'network.certificateUntrusted',
  certificateSelfSigned: 'network.certificateSelfSigned',
  certificatePurpose: 'network.certificatePurpose',
  certificateWeak: 'network.certificateWeak',
  certificateInvalid: 'network.certificateInvalid',
  notHttp: 'network.notHttp',
} as const satisfies Partial<Record<NetworkFailureKind, MessageId>>;

/** Describes a failed connection. Of Node's own messages, which may contain more, only the code is used. */
export function networkProblem(error: unknown): Message {
  const proxy = proxyProblem(error);
  if (proxy !== undefined) return proxy;
  const { kind, code } = networkFailure(error);
  if (Object.hasOwn(IDS, kind)) return message(IDS[kind as keyof typeof IDS], { code });
  return code === 'unknown' ? message('network.failed') : message('network.failedWith', { code });
}

/** What a proxy did instead of making the connection, by its name; `undefined` when there was none, or it did. */
export function proxyProblem(error: unknown): Message | undefined {
  const failure = causesOf(error).find((link) => link instanceof ProxyFailure);
  if (failure === undefined) return undefined;
  return proxyRefusal(failure.proxy, failure.status) ?? unreachedProxy(failure);
}

/** @param status of the proxy's answer to `CONNECT`, if it gave one */
export function proxyRefusal(proxy: string, status: number | undefined): Message | undefined {
  if (status === undefined) return undefined;
  if (status === 407) return message('network.proxyCredentials', { proxy });
  return status === 403
    ? message('network.proxyForbids', { proxy })
    : message('network.proxyStatus', { proxy, status });
}

function unreachedProxy({ proxy, cause }: ProxyFailure): Message {
  const problem = cause === undefined ? message('network.notHttp') : networkProblem(cause);
  return message('network.proxyUnreached', { proxy, problem });
}
