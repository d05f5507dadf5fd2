import { NautesError } from '../../errors/errors.ts';
import { isConflict, type KubeClient, type ObjectName, retryingConflicts } from '../../kube/index.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import { contentLabels, dataOf, type ManagementCluster, secretText } from '../../management/index.ts';
import { action } from '../../messages/action.ts';
import { Secret } from '../../base/secret.ts';
import type { SealingKeys } from '../sealed/sealing-key.ts';
import {
  combineKeyTexts,
  givenSealingKeys,
  newSealingKeyText,
  type OpenedSealingKeys,
  parseSealingKeys,
  readKeyFile,
} from '../sealed/sealing-key-source.ts';
import { contentSelector, CREDENTIAL_CONTENT } from './credential-objects.ts';
import { asStoreError } from './store-error.ts';

/** Secret with the sealing key of all replicas, where no file and no variable has it. */
export const SEALING_KEY_SECRET = 'nautes-sealing-key';
/** The key of its data, and the name of the file when it is mounted. */
const KEY_NAME = 'sealing.key';
/** ConfigMap with the id of the key that seals, so that a replica with another key is refused. */
const CHECK_NAME = 'nautes-sealing-key-check';

export interface SharedKeyOptions {
  readonly cluster: Pick<ManagementCluster, 'client' | 'namespace' | 'describe'>;
  /** File with the key, as mounted into every replica; empty: the key is in {@link SEALING_KEY_SECRET}. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The sealing keys that all replicas have: from the environment variable, else from the file, else from the Secret, which
 * the first replica makes. No key is made while anything is, or was, sealed with another one.
 * @throws NautesError `SealingKeyMissing`, `SealingKeyUnknown` when the others seal with a key that is not among these,
 * `SealingKeyInvalid`, `SealingKeyExposed`, `SecretStoreUnavailable`
 */
export async function openSharedSealingKeys(
  options: SharedKeyOptions,
  signal: AbortSignal,
): Promise<OpenedSealingKeys> {
  try {
    const client = await options.cluster.client(signal);
    const opened = await obtain(client, options, signal);
    await retryingConflicts(() => agree(client, options, opened, signal), signal);
    return opened;
  } catch (error) {
    throw asStoreError(error, options.cluster.describe);
  }
}

/** The text of the key in the Secret, `undefined` when there is none. */
export async function readSharedSealingKey(
  cluster: SharedKeyOptions['cluster'],
  signal: AbortSignal,
): Promise<Secret | undefined> {
  try {
    const client = await cluster.client(signal);
    const found = await client.find(wellKnown.secret, placeOf(cluster, SEALING_KEY_SECRET), signal);
    const text = secretText(found, KEY_NAME);
    return text === undefined ? undefined : new Secret(text);
  } catch (error) {
    throw asStoreError(error, cluster.describe);
  }
}

/** Puts the keys of this text first; keys that are there besides go on opening what they have sealed. */
export async function shareSealingKey(
  cluster: SharedKeyOptions['cluster'],
  text: Secret,
  signal: AbortSignal,
): Promise<void> {
  const place = placeOf(cluster, SEALING_KEY_SECRET);
  try {
    const client = await cluster.client(signal);
    await retryingConflicts(async () => {
      if (await makeSecret(client, cluster.namespace, text, signal)) return;
      const found = await client.get(wellKnown.secret, place, signal);
      const before = secretText(found, KEY_NAME) ?? '';
      const after = combineKeyTexts(text, new Secret(before)).reveal();
      if (after === before) return;
      const { resourceVersion } = found.metadata;
      const data = { [KEY_NAME]: Buffer.from(after).toString('base64') };
      await client.patch(wellKnown.secret, place, 'merge', { metadata: { resourceVersion }, data }, signal);
    }, signal);
  } catch (error) {
    throw asStoreError(error, cluster.describe);
  }
}

async function obtain(client: KubeClient, options: SharedKeyOptions, signal: AbortSignal): Promise<OpenedSealingKeys> {
  const given = givenSealingKeys(options.environment);
  if (given !== undefined) return given;
  const { file, cluster } = options;
  if (file !== '') {
    const keys = await readKeyFile(file);
    if (keys === undefined) throw missing(options, file);
    return { keys, source: file, created: false };
  }
  const source = `Secret ${cluster.namespace}/${SEALING_KEY_SECRET}`;
  const existing = await readKeys(client, cluster, source, signal);
  if (existing !== undefined) return { keys: existing, source, created: false };
  if (await isSealed(client, cluster, signal)) throw missing(options, source);
  const created = await makeSecret(client, cluster.namespace, newSealingKeyText(), signal);
  // Of another replica, when that was faster.
  const keys = await readKeys(client, cluster, source, signal);
  if (keys === undefined) throw missing(options, source);
  return { keys, source, created };
}

async function readKeys(
  client: KubeClient,
  cluster: SharedKeyOptions['cluster'],
  source: string,
  signal: AbortSignal,
): Promise<SealingKeys | undefined> {
  const found = await client.find(wellKnown.secret, placeOf(cluster, SEALING_KEY_SECRET), signal);
  if (found === undefined) return undefined;
  return parseSealingKeys(new Secret(secretText(found, KEY_NAME) ?? ''), source);
}

/** Whether a key was in use here. */
async function isSealed(
  client: KubeClient,
  cluster: SharedKeyOptions['cluster'],
  signal: AbortSignal,
): Promise<boolean> {
  if ((await client.find(wellKnown.configMap, placeOf(cluster, CHECK_NAME), signal)) !== undefined) return true;
  return await holdsCredentials(client, cluster, signal);
}

/** True when the namespace holds a sealed credential. */
export async function holdsSharedCredentials(
  cluster: SharedKeyOptions['cluster'],
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return await holdsCredentials(await cluster.client(signal), cluster, signal);
  } catch (error) {
    throw asStoreError(error, cluster.describe);
  }
}

async function holdsCredentials(
  client: KubeClient,
  { namespace }: SharedKeyOptions['cluster'],
  signal: AbortSignal,
): Promise<boolean> {
  const selection = { namespace, labelSelector: contentSelector(CREDENTIAL_CONTENT), limit: 1 };
  return (await client.listHeads(wellKnown.secret, selection, signal)).items.length > 0;
}

/** @returns false when it was there already */
async function makeSecret(client: KubeClient, namespace: string, text: Secret, signal: AbortSignal): Promise<boolean> {
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: SEALING_KEY_SECRET, namespace, labels: contentLabels('sealing-key') },
    type: 'Opaque',
    data: { [KEY_NAME]: Buffer.from(text.reveal()).toString('base64') },
  };
  try {
    await client.create(wellKnown.secret, object, {}, signal);
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}

/** Compares with the key that the others seal with, and notes ours when it is the first one or follows that one. */
async function agree(
  client: KubeClient,
  { cluster }: SharedKeyOptions,
  { keys, source }: OpenedSealingKeys,
  signal: AbortSignal,
): Promise<void> {
  const place = placeOf(cluster, CHECK_NAME);
  const found = await client.find(wellKnown.configMap, place, signal);
  const data = { keyId: keys[0].id };
  if (found === undefined) {
    const metadata = { ...place, labels: contentLabels('sealing-key-check') };
    await client.create(wellKnown.configMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }, {}, signal);
    return;
  }
  const needed = dataOf(found)['keyId'] ?? '';
  if (needed === keys[0].id) return;
  if (!keys.some(({ id }) => id === needed)) {
    const directory = `${cluster.describe}, namespace ${cluster.namespace}`;
    throw new NautesError(
      'SealingKeyUnknown',
      { directory, needed, source },
      {
        action: action('RestoreSharedSealingKey', { namespace: cluster.namespace }),
      },
    );
  }
  const { resourceVersion } = found.metadata;
  await client.patch(wellKnown.configMap, place, 'merge', { metadata: { resourceVersion }, data }, signal);
}

function missing({ cluster }: SharedKeyOptions, source: string): NautesError {
  return new NautesError(
    'SealingKeyMissing',
    { source, directory: cluster.namespace },
    {
      action: action('RestoreSharedSealingKey', { namespace: cluster.namespace }),
    },
  );
}

function placeOf({ namespace }: SharedKeyOptions['cluster'], name: string): ObjectName {
  return { namespace, name };
}
