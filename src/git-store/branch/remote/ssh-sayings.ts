import { message } from '../../../messages/message.ts';
import type { Message } from '../../../messages/text.ts';
import type { ErrorReason } from '../../../messages/errors/index.ts';

/** What ssh, or the Git server behind it, refuses this server for. */
export type SshRefusalReason = Extract<
  ErrorReason,
  | 'ConfigRepoKeyRefused'
  | 'ConfigRepoKeyReadOnly'
  | 'ConfigRepoKeyUnreadable'
  | 'ConfigRepoHostUnknown'
  | 'ConfigRepoHostChanged'
  | 'ConfigRepoMirror'
  | 'ConfigRepoSshMissing'
  | 'ConfigRepoSshUserUnknown'
>;

/** Of OpenSSH 8 to 10. The first that fits counts: a key that cannot be read is followed by a refusal. */
export const CLIENT_SAYINGS: readonly (readonly [words: RegExp, reason: SshRefusalReason])[] = [
  [
    /^Load key .*: (bad permissions|invalid format|error in libcrypto|incorrect passphrase|unknown)/i,
    'ConfigRepoKeyUnreadable',
  ],
  [/^No user exists for uid|^You don't exist, go away/, 'ConfigRepoSshUserUnknown'],
  [/REMOTE HOST IDENTIFICATION HAS CHANGED|^Host key for .* has changed|REVOKED HOST KEY/, 'ConfigRepoHostChanged'],
  [/^No .*host key is known for|^Host key verification failed/, 'ConfigRepoHostUnknown'],
  [/: Permission denied \(|^Permission denied \(|Too many authentication failures/, 'ConfigRepoKeyRefused'],
  [/cannot run ssh: No such file|\bssh: (command )?not found$|^spawn ssh ENOENT/, 'ConfigRepoSshMissing'],
];

/** What servers say of a key that was accepted, before anything is pushed. */
export const SERVER_SAYINGS: readonly (readonly [words: RegExp, reason: SshRefusalReason])[] = [
  [/key you are authenticating with has been marked as read only/i, 'ConfigRepoKeyReadOnly'], // GitHub
  [/deploy key does not have write access/i, 'ConfigRepoKeyReadOnly'], // GitLab
  [/Deploy\)? Key: .* is not authorized to write/, 'ConfigRepoKeyReadOnly'], // Gitea
  [/mirror repository .*is read-only/i, 'ConfigRepoMirror'], // Gitea
];

/** Why the server could not be asked, as over HTTP. */
const NETWORK: readonly (readonly [words: RegExp, problem: Message])[] = [
  [/Could not resolve hostname/i, message('network.nameUnknown')],
  [/Connection refused/i, message('network.refused')],
  [/timed out|Timeout, server .* not responding/i, message('network.timeout')],
];

export function networkProblemSaid(lines: readonly string[]): Message | undefined {
  return NETWORK.find(([pattern]) => lines.some((line) => pattern.test(line)))?.[1];
}

/** Advice of git that says nothing about the case, and what every failure ends with. */
const NOISE =
  /^(Please make sure you have the correct access rights|and the repository exists\.|fatal: Could not read from remote|fatal: The remote end hung up|fatal: the remote end hung up|@+$|=+$|error:$|warning: )/;

/** The lines that say what is wrong, without the prefix of the side band. */
export function sshWords(lines: readonly string[]): readonly string[] {
  const plain = lines.map((line) => line.replace(/^remote:\s?/, '').trim()).filter(Boolean);
  const telling = plain.filter((line) => !NOISE.test(line));
  return telling.length > 0 ? telling : plain;
}
