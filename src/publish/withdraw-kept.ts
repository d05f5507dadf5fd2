import { type ObjectOwner, plainReference } from '../kube-objects/kube-object.ts';
import type { ResourceType } from '../kube-objects/resource-types.ts';
import type { RemovalOutcome } from '../resources/cluster/offboarding-record.ts';
import { removeKept } from './kept-object.ts';
import type { PublicationScope, Users } from './publication.ts';

/** Takes the objects away that were made by {@link keepObject}, kind after kind. */
export async function withdrawKept(
  types: readonly ResourceType[],
  owner: ObjectOwner,
  { entries, management }: PublicationScope,
  signal: AbortSignal,
): Promise<RemovalOutcome> {
  const removed: RemovalOutcome['removed'][number][] = [];
  const left: RemovalOutcome['left'][number][] = [];
  for (const type of types) {
    for (const entry of entries.filter(({ kind }) => kind === type.kind)) {
      const reason = await removeKept(type, entry, owner, management, signal);
      if (reason === undefined) removed.push(plainReference(entry));
      else left.push({ ...plainReference(entry), reason });
    }
  }
  return { removed, left, remaining: [] };
}

/** Of what is only read nobody is told who reads it. */
export const noUsers = (): Promise<Users> => Promise.resolve({ leaving: [], staying: [] });
