import { networkFailure, type NetworkFailureKind } from '../base/network/network-failure.ts';
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
  const { kind, code } = networkFailure(error);
  if (Object.hasOwn(IDS, kind)) return message(IDS[kind as keyof typeof IDS], { code });
  return code === 'unknown' ? message('network.failed') : message('network.failedWith', { code });
}
