import { timestamp, type Clock } from '../../base/clock.ts';
import { readFileIfPresent, writeFileAtomically } from '../../base/files/files.ts';
import { NautesError } from '../../errors/errors.ts';
import { message, quoted } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import { type Installation, isInstallationId, newInstallationId } from '../../resources/installation.ts';

const MAXIMUM_BYTES = 4096;

/**
 * Whose data directory this is: made once and durable before it is used. A file that is there and cannot be read is never
 * replaced: with another identity the server would not know its own clusters.
 * @throws NautesError `InstallationUnreadable`
 */
export async function openInstallation(file: string, clock: Clock): Promise<Installation> {
  const known = await readInstallation(file);
  if (known !== undefined) return known;
  const installation = { id: newInstallationId(), createdAt: timestamp(clock.now()) };
  await writeInstallation(file, installation);
  return installation;
}

/** Makes the data directory one of this installation; durable when it resolves. */
export async function writeInstallation(file: string, { id, createdAt }: Installation): Promise<void> {
  await writeFileAtomically(file, `${JSON.stringify({ id, createdAt })}\n`);
}

/**
 * The identity in the file, `undefined` when there is no such file.
 * @throws NautesError `InstallationUnreadable`
 */
export async function readInstallation(file: string): Promise<Installation | undefined> {
  let content: unknown;
  try {
    const bytes = await readFileIfPresent(file, MAXIMUM_BYTES);
    if (bytes === undefined) return undefined;
    content = JSON.parse(bytes.toString());
  } catch (error) {
    throw unreadable(file, quoted(error instanceof Error ? error.message : String(error)), error);
  }
  const { id, createdAt } = membersOf(content);
  if (typeof id !== 'string' || !isInstallationId(id)) throw unreadable(file, message('Installation.noId'));
  return { id, createdAt: typeof createdAt === 'string' ? createdAt : '' };
}

function membersOf(content: unknown): { readonly id?: unknown; readonly createdAt?: unknown } {
  return typeof content === 'object' && content !== null ? content : {};
}

function unreadable(file: string, problem: Message, cause?: unknown): NautesError {
  return new NautesError('InstallationUnreadable', { file, problem }, { cause });
}
