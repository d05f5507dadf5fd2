import { createHash } from 'node:crypto';
import { type KubeObject, type ObjectHead, textAt } from '../../kube-objects/kube-object.ts';
import { CONTENT_LABEL, contentLabels } from '../../management/index.ts';
import type { CredentialScope } from '../../resources/credential.ts';
import { isVersion, scopeProblem } from '../credential-names.ts';
import type { ActivePointer, StoredVersion } from '../secret-store.ts';

const CLUSTER_LABEL = 'state.nautes.io/cluster';
const INCARNATION_LABEL = 'state.nautes.io/incarnation';
const VERSION_LABEL = 'state.nautes.io/version';
const STORED_AT_ANNOTATION = 'state.nautes.io/stored-at';
/** Changed to give the object another resourceVersion, so that a concurrent decision on it is repeated. */
const TOUCHED_ANNOTATION = 'state.nautes.io/touched';

export const CREDENTIAL_CONTENT = 'credential';
export const POINTER_CONTENT = 'credential-pointer';
const ENVELOPE_KEY = 'envelope';

/** Hexadecimal digits of a registration in a name: incarnations are free text. */
const SCOPE_DIGITS = 20;

export function pointerName({ cluster, incarnation }: CredentialScope): string {
  const digest = createHash('sha256').update(`${cluster}/${incarnation}`).digest('hex');
  return `credential-${digest.slice(0, SCOPE_DIGITS)}`;
}

export function credentialName(scope: CredentialScope, version: string): string {
  return `${pointerName(scope)}-${version}`;
}

/** Selects what is stored of one name or of all. */
export function contentSelector(content: string, cluster?: string): string {
  return `${CONTENT_LABEL}=${content}${cluster === undefined ? '' : `,${CLUSTER_LABEL}=${cluster}`}`;
}

export function scopeSelector(content: string, { cluster, incarnation }: CredentialScope): string {
  return `${contentSelector(content, cluster)},${INCARNATION_LABEL}=${incarnation}`;
}

export interface CredentialPlace {
  readonly namespace: string;
  readonly scope: CredentialScope;
  readonly version: string;
}

/** An immutable Secret with the envelope: only its metadata changes. */
export function credentialObject(
  { namespace, scope, version }: CredentialPlace,
  envelope: Buffer,
  storedAt: string,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: credentialName(scope, version),
      namespace,
      labels: { ...labelsOf(CREDENTIAL_CONTENT, scope), [VERSION_LABEL]: version },
      annotations: { [STORED_AT_ANNOTATION]: storedAt },
    },
    type: 'Opaque',
    immutable: true,
    data: { [ENVELOPE_KEY]: envelope.toString('base64') },
  };
}

export function pointerObject(
  namespace: string,
  scope: CredentialScope,
  pointer: ActivePointer | undefined,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: pointerName(scope), namespace, labels: labelsOf(POINTER_CONTENT, scope) },
    data: pointer === undefined ? {} : { version: pointer.version, revision: pointer.revision },
  };
}

/** A merge patch that makes a pointer the active one if the object is as it was read. */
export function pointerPatch(found: ObjectHead, { version, revision }: ActivePointer): object {
  return { metadata: { resourceVersion: found.metadata.resourceVersion }, data: { version, revision } };
}

/** A merge patch that only gives the object another resourceVersion. */
export function touchPatch(random: string, found?: ObjectHead): object {
  const precondition = found === undefined ? {} : { resourceVersion: found.metadata.resourceVersion };
  return { metadata: { ...precondition, annotations: { [TOUCHED_ANNOTATION]: random } } };
}

/** A merge patch that notes when the version was staged. */
export function storedAtPatch(storedAt: string): object {
  return { metadata: { annotations: { [STORED_AT_ANNOTATION]: storedAt } } };
}

/** The envelope; empty, which does not open, when the object has none. */
export function envelopeIn(object: KubeObject): Buffer {
  return Buffer.from(textAt(object, 'data', ENVELOPE_KEY), 'base64');
}

export function storedAtOf({ metadata }: ObjectHead): string {
  return metadata.annotations?.[STORED_AT_ANNOTATION] ?? metadata.creationTimestamp ?? '';
}

/** The pointer of an object; `undefined` when none was ever active. */
export function pointerIn(object: KubeObject | undefined): ActivePointer | 'damaged' | undefined {
  const version = textAt(object, 'data', 'version');
  const revision = textAt(object, 'data', 'revision');
  if (version === '' && revision === '') return undefined;
  return isVersion(version) && revision !== '' ? { version, revision } : 'damaged';
}

/** The version that the head of a Secret is about; `undefined` for what is not of ours. */
export function storedVersionOf(head: ObjectHead): Omit<StoredVersion, 'active'> | undefined {
  const { labels = {} } = head.metadata;
  const scope = { cluster: labels[CLUSTER_LABEL] ?? '', incarnation: labels[INCARNATION_LABEL] ?? '' };
  const version = labels[VERSION_LABEL] ?? '';
  if (!isVersion(version) || scopeProblem(scope) !== undefined) return undefined;
  return { scope, version, storedAt: storedAtOf(head) };
}

function labelsOf(content: string, { cluster, incarnation }: CredentialScope): Record<string, string> {
  return {
    ...contentLabels(content),
    [CLUSTER_LABEL]: cluster,
    [INCARNATION_LABEL]: incarnation,
  };
}
