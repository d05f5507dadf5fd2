import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { createFileOnce, makePrivateDirectory, readFileIfPresent } from '../base/files/files.ts';
import { Secret } from '../base/secret.ts';
import { NautesError } from '../errors/errors.ts';
import { isConflict, type KubeClient } from '../kube/index.ts';
import { wellKnown } from '../kube-objects/resource-types.ts';
import { contentLabels, type ManagementCluster, managementProblem, secretText } from '../management/index.ts';
import { action } from '../messages/action.ts';
import { verbatim } from '../messages/message.ts';

/** Bytes of the key that seals the sessions of browsers. */
export const SESSION_KEY_BYTES = 32;

/** Secret with the key of all replicas. Deleting it, and restarting them, ends all sessions. */
export const SESSION_KEY_SECRET = 'nautes-session-key';
const KEY_NAME = 'session.key';

/** Longest content of the file that is read. */
const MAXIMUM_KEY_FILE_BYTES = 1024;

/**
 * The key in the file, which is made when it is absent. Deleting it, and restarting the server, ends all sessions.
 * @throws NautesError `TokenStoreUnavailable`
 */
export async function sessionKeyFile(file: string): Promise<Secret<Uint8Array>> {
  try {
    await makePrivateDirectory(dirname(file));
    await createFileOnce(file, newKey()); // nothing when it is there
    const content = await readFileIfPresent(file, MAXIMUM_KEY_FILE_BYTES);
    return parseKey(content?.toString('utf8') ?? '', file);
  } catch (error) {
    if (!(error instanceof Error && ('syscall' in error || error instanceof RangeError))) throw error;
    throw new NautesError('TokenStoreUnavailable', { problem: verbatim(error.message) }, { cause: error });
  }
}

/**
 * The key that all replicas share, which the first of them makes.
 * @throws NautesError `TokenStoreUnavailable`
 */
export async function sharedSessionKey(
  cluster: Pick<ManagementCluster, 'client' | 'namespace' | 'describe'>,
  signal: AbortSignal,
): Promise<Secret<Uint8Array>> {
  const { namespace } = cluster;
  try {
    const client = await cluster.client(signal);
    const known = await readShared(client, namespace, signal);
    if (known !== undefined) return known;
    await makeShared(client, namespace, signal);
    const made = await readShared(client, namespace, signal); // of another replica, when that was faster
    if (made === undefined) throw unusable(`${namespace}/${SESSION_KEY_SECRET}`);
    return made;
  } catch (error) {
    const problem = managementProblem(error, cluster.describe);
    if (problem === undefined) throw error;
    const options = { cause: error, action: action('CheckManagementCluster') };
    throw new NautesError('TokenStoreUnavailable', { problem }, options);
  }
}

async function readShared(
  client: KubeClient,
  namespace: string,
  signal: AbortSignal,
): Promise<Secret<Uint8Array> | undefined> {
  const found = await client.find(wellKnown.secret, { namespace, name: SESSION_KEY_SECRET }, signal);
  return found === undefined ? undefined : parseKey(secretText(found, KEY_NAME) ?? '', SESSION_KEY_SECRET);
}

async function makeShared(client: KubeClient, namespace: string, signal: AbortSignal): Promise<void> {
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: SESSION_KEY_SECRET, namespace, labels: contentLabels('session-key') },
    type: 'Opaque',
    data: { [KEY_NAME]: Buffer.from(newKey()).toString('base64') },
  };
  try {
    await client.create(wellKnown.secret, object, {}, signal);
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}

function newKey(): string {
  return `${randomBytes(SESSION_KEY_BYTES).toString('base64')}\n`;
}

function parseKey(text: string, source: string): Secret<Uint8Array> {
  const bytes = Buffer.from(text.trim(), 'base64');
  if (bytes.length !== SESSION_KEY_BYTES) throw unusable(source);
  return new Secret<Uint8Array>(bytes);
}

function unusable(source: string): NautesError {
  return new NautesError('TokenStoreUnavailable', {
    problem: verbatim(`${source}: not ${SESSION_KEY_BYTES} bytes in base64`),
  });
}
