import { NautesError } from '../../errors/errors.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { condition } from '../health/health-rules.ts';
import { describeReference, type KubeObject, referenceOf } from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';

/** How long a component's instances wait for their CRD to be served, after a look at whether it ever will be. */
const DEFINITION_SERVED_MILLISECONDS = 30_000;
const DEFINITION_NAMES_MILLISECONDS = 2_000;
/** Set and taken off again, so that the API server sees a change of a CRD. */
const ESTABLISH_ANNOTATION = 'cluster.nautes.io/establish';

/**
 * Waits until the kind of an object is served that a CRD of the same component defines.
 *
 * @throws NautesError `DefinitionNamesConflict` when it never will be, `KindNotServed` after {@link DEFINITION_SERVED_MILLISECONDS}
 */
export async function definitionServed(
  connection: ClusterConnection,
  definition: KubeObject,
  { apiVersion, kind }: ObjectReference,
  signal: AbortSignal,
): Promise<void> {
  const wait = (milliseconds: number) => connection.discovery.waitUntilServed(apiVersion, kind, milliseconds, signal);
  try {
    await wait(DEFINITION_NAMES_MILLISECONDS);
  } catch (error) {
    if (!(error instanceof NautesError) || error.reason !== 'KindNotServed') throw error;
    await examineDefinition(connection, definition, signal);
    await wait(DEFINITION_SERVED_MILLISECONDS);
  }
}

/**
 * A CRD whose names another one has is never served: waiting for it would be in vain. One with accepted names that is not
 * established was interrupted: API servers establish a CRD when they see it change (apiextensions-apiserver,
 * `updateCustomResourceDefinition`), and one that ended in between sees none until its caches are synchronized again.
 */
async function examineDefinition(
  { client }: ClusterConnection,
  { metadata }: KubeObject,
  signal: AbortSignal,
): Promise<void> {
  const name = { namespace: '', name: metadata.name };
  const definition = await client.find(wellKnown.customResourceDefinition, name, signal);
  if (definition === undefined) return;
  const names = condition(definition, 'NamesAccepted')?.status;
  if (names === 'False') {
    throw new NautesError('DefinitionNamesConflict', { object: describeReference(referenceOf(definition)) });
  }
  if (names !== 'True' || condition(definition, 'Established')?.status === 'True') return;
  for (const value of ['now', null]) {
    const change = { metadata: { uid: definition.metadata.uid, annotations: { [ESTABLISH_ANNOTATION]: value } } };
    await client.patch(wellKnown.customResourceDefinition, name, 'merge', change, signal);
  }
}
