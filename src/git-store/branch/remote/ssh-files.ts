import { open, type FileHandle } from 'node:fs/promises';
import { message } from '../../../messages/message.ts';
import type { Message } from '../../../messages/text.ts';
import { Secret } from '../../../base/secret.ts';
import { NautesError } from '../../../errors/errors.ts';

/** More than any private key takes (16 kbit RSA: 13 KB). */
const MAXIMUM_KEY_BYTES = 64 * 1024;
/** Some thousand hosts. */
const MAXIMUM_KNOWN_HOSTS_BYTES = 4 * 1024 * 1024;

/** Access of the group and of others. */
const OF_OTHERS = 0o077;

/**
 * The private key, if ssh will be able to use it.
 * @throws NautesError `ConfigRepoKeyUnreadable`, `ConfigRepoKeyEncrypted`, `ConfigRepoKeyExposed`
 */
export async function readSshKey(path: string): Promise<Secret> {
  const { text, mode, isOurs } = await readSmallFile(path, MAXIMUM_KEY_BYTES, (problem) => {
    throw new NautesError('ConfigRepoKeyUnreadable', { problem });
  });
  // As ssh has it: what belongs to another user, such as a Secret in a Pod, is theirs to protect.
  if (isOurs && (mode & OF_OTHERS) !== 0) {
    throw new NautesError('ConfigRepoKeyExposed', { mode: (mode & 0o777).toString(8).padStart(4, '0') });
  }
  const problem = keyProblem(text);
  if (problem !== undefined) throw new NautesError('ConfigRepoKeyUnreadable', { problem });
  if (isEncrypted(text)) throw new NautesError('ConfigRepoKeyEncrypted', {});
  return new Secret(text);
}

/**
 * The known hosts as a text.
 * @throws NautesError `ConfigRepoHostUnknown` when there are none
 */
export async function readKnownHosts(path: string): Promise<string> {
  const { text } = await readSmallFile(path, MAXIMUM_KNOWN_HOSTS_BYTES, (problem) => {
    throw new NautesError('ConfigRepoHostUnknown', { problem });
  });
  return text;
}

interface SmallFile {
  readonly text: string;
  readonly mode: number;
  readonly isOurs: boolean;
}

async function readSmallFile(path: string, maximum: number, refuse: (problem: Message) => never): Promise<SmallFile> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const { mode, uid, size } = await file.stat();
    if (size > maximum) return refuse(message('sshFile.large', { maximum }));
    const buffer = Buffer.alloc(maximum + 1);
    const { bytesRead } = await file.read(buffer, 0, maximum + 1, 0);
    if (bytesRead === 0) return refuse(message('sshFile.empty'));
    return { text: buffer.toString('utf8', 0, bytesRead), mode, isOurs: uid === process.getuid?.() };
  } catch (error) {
    if (error instanceof NautesError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return refuse(code === 'ENOENT' ? message('sshFile.missing') : message('sshFile.unreadable', { code }));
  } finally {
    await file?.close();
  }
}

const PRIVATE_KEY = /^-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----\s*$/m;

/** Why ssh cannot use it; of its content only what form it has. */
function keyProblem(text: string): Message | undefined {
  if (PRIVATE_KEY.test(text)) return text.endsWith('\n') ? undefined : message('sshKey.lineEnd');
  if (text.startsWith('PuTTY-User-Key-File')) return message('sshKey.putty');
  if (/^(ssh-|ecdsa-|sk-|---- BEGIN SSH2 PUBLIC|-----BEGIN PUBLIC KEY)/.test(text)) return message('sshKey.public');
  return message('sshKey.notKey');
}

/** `openssh-key-v1`, a zero, and the length and name of the cipher (PROTOCOL.key of OpenSSH). */
const UNENCRYPTED = 'openssh-key-v1\0\0\0\0\u0004none';

function isEncrypted(text: string): boolean {
  const openSsh = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text)?.[1];
  if (openSsh === undefined) return /^Proc-Type: .*ENCRYPTED|BEGIN ENCRYPTED PRIVATE KEY/m.test(text);
  return !Buffer.from(openSsh, 'base64').toString('latin1').startsWith(UNENCRYPTED);
}
