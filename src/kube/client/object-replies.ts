import { NautesError } from '../../errors/errors.ts';
import { isRecord, type KubeObject, listAt, type ObjectHead, textAt } from '../../kube-objects/kube-object.ts';
import type { ResourceType } from '../../kube-objects/resource-types.ts';
import { message } from '../../messages/message.ts';
import { isNotFound } from './kube-error.ts';
import { isResourceVersion, hasValidMetadata } from './object-form.ts';

export interface ObjectList<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** False when `limit` cut the list. */
  readonly complete: boolean;
}

/** The answer, or `undefined` when it says that the object is not there. */
export async function undefinedWhenAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** All items of the pages of a list. */
export async function collect<T>(
  pages: AsyncIterable<unknown>,
  convert: (item: unknown) => T,
  limit: number | undefined,
): Promise<ObjectList<T>> {
  const items: T[] = [];
  let resourceVersion = '';
  let token = '';
  for await (const page of pages) {
    for (const item of listAt(page, 'items')) items.push(convert(item));
    resourceVersion = versionOf(page);
    token = textAt(page, 'metadata', 'continue');
  }
  return { items: limit === undefined ? items : items.slice(0, limit), resourceVersion, complete: token === '' };
}

/** The version of a list, with which a watch is asked for. */
function versionOf(page: unknown): string {
  const version = textAt(page, 'metadata', 'resourceVersion');
  if (isResourceVersion(version)) return version;
  const problem = message('ClusterResponseInvalid.object');
  throw new NautesError('ClusterResponseInvalid', { address: 'the API server', problem });
}

/** An object as a cluster gave it: what all code relies on has the form that Kubernetes gives it. */
export function asObject(value: unknown): KubeObject {
  if (isRecord(value) && hasValidMetadata(value['metadata'])) return value as unknown as KubeObject;
  throw new NautesError('ClusterResponseInvalid', {
    address: 'the API server',
    problem: message('ClusterResponseInvalid.object'),
  });
}

/** Items of a list come without `apiVersion` and `kind`. */
export function withType(item: unknown, type: ResourceType): KubeObject {
  return { ...asObject(item), apiVersion: type.apiVersion, kind: type.kind };
}

/** Metadata alone, with the kind that was asked for. */
export function asHead(value: unknown, type: ResourceType): ObjectHead {
  return { apiVersion: type.apiVersion, kind: type.kind, metadata: asObject(value).metadata };
}
