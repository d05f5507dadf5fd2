import { hash } from 'node:crypto';
import type { ResourceKey } from '../resources/resource-key.ts';
import { BUCKETS } from './protocol.ts';

/** The bucket that a resource belongs to, from 0; the same for all its registrations. */
export function bucketOf({ kind, name }: ResourceKey): number {
  return firstWord(`${kind}/${name}`) % BUCKETS;
}

/**
 * Who should have which bucket: rendezvous hashing, in which nobody gets more than their share rounded up. A replica
 * that comes or goes moves little besides its own share.
 * @returns for each bucket the name of the member, none when there are no members
 */
export function assignBuckets(members: readonly string[]): readonly (string | undefined)[] {
  const share = Math.ceil(BUCKETS / Math.max(1, members.length));
  const counts = new Map<string, number>();
  const hasRoom = (member: string): boolean => (counts.get(member) ?? 0) < share;
  return Array.from({ length: BUCKETS }, (_, bucket) => {
    const owner = members
      .filter(hasRoom)
      .map((member) => ({ member, score: firstWord(`${member}/${bucket}`) }))
      .sort((left, right) => right.score - left.score || (left.member < right.member ? -1 : 1))[0]?.member;
    if (owner !== undefined) counts.set(owner, (counts.get(owner) ?? 0) + 1);
    return owner;
  });
}

function firstWord(text: string): number {
  return Number.parseInt(hash('sha256', text).slice(0, 8), 16);
}
