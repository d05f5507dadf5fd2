import { groupOf } from '../kube-objects/kube-object.ts';
import type { ResourceType } from '../kube-objects/resource-types.ts';
import type { NeededRight } from '../management/index.ts';

/** The right to do these things with objects of a kind in a namespace, or with a part of them. */
export function rightsTo(
  { apiVersion, plural }: ResourceType,
  verbs: readonly string[],
  namespace: string,
  subresource?: string,
): readonly NeededRight[] {
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  return verbs.map((verb) => ({ verb, group: groupOf(apiVersion), resource, namespace }));
}
