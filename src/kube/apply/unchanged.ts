import { type VersionFacts, versionFactsOf, versionRequest } from '../access/preflight.ts';
import { headsRequest } from '../client/object-requests.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { ItemsDigest } from '../client/list-digest.ts';
import { type ObjectOwner, ownershipSelector } from '../../kube-objects/kube-object.ts';
import type { KindState } from './owned-object-index.ts';

/** What a cluster was like. */
export interface KnownCluster {
  readonly owner: ObjectOwner;
  /** Of Kubernetes. */
  readonly version: string;
  readonly kinds: readonly KindState[];
}

/**
 * Whether a registration still has of these kinds what it had, on the same version of Kubernetes. The lists are compared
 * as they come and not parsed.
 * @returns what the cluster says of itself; `undefined` when anything differs, or cannot be told
 * @throws NautesError when the cluster cannot be reached, or answers with something else
 */
export async function readUnchanged(
  { client }: ClusterConnection,
  { owner, version, kinds }: KnownCluster,
  signal: AbortSignal,
): Promise<VersionFacts | undefined> {
  const sent = Date.now();
  const labelSelector = ownershipSelector(owner);
  const said: Buffer[] = [];
  const lists = kinds.map(({ type, digest }) => ({ type, before: digest, now: new ItemsDigest() }));
  const reads = lists.map(({ type, now }) => ({ ...headsRequest(type, { labelSelector }), take: now.take }));
  const take = (part: Buffer): void => void said.push(part);
  const answers = await client.readAll([{ ...versionRequest, headers: {}, take }, ...reads], signal);
  const isSame = lists.every(({ before, now }) => now.end() === before);
  const [first] = answers;
  if (!isSame || first === undefined || answers.some(({ status }) => status !== 200)) return undefined;
  const body = Buffer.concat(said).toString();
  const facts = versionFactsOf({ headers: first.headers, body }, { address: client.address, sent });
  return facts.version === version ? facts : undefined;
}
