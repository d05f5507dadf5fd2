import { NautesError } from '../../errors/errors.ts';
import { type ClusterConnection, isNotFound, KubeApiError, nameOf } from '../../kube/index.ts';
import { describeReference, type ObjectHead, type ObjectOwner } from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import { inPlace, isRefusedByPolicy } from '../place-error.ts';
import { ownershipTest } from './secret.ts';

/** A Secret of Argo CD as far as we may see it. */
type Look =
  | { readonly kind: 'ours'; readonly head: ObjectHead }
  | { readonly kind: 'absent' }
  /** It is there and not of this installation. */
  | { readonly kind: 'foreign' };

/** Looks at a Secret without reading it: a patch that changes nothing and tests whose it is, as a dry run. */
export async function lookAt(
  { client }: ClusterConnection,
  secret: ObjectReference,
  owner: Pick<ObjectOwner, 'installation'>,
  signal: AbortSignal,
): Promise<Look> {
  const test = ownershipTest(owner);
  try {
    const head = await client.testForHead(wellKnown.secret, nameOf(secret), test, signal);
    return { kind: 'ours', head };
  } catch (error) {
    if (isNotFound(error)) return { kind: 'absent' };
    const isRefused = error instanceof KubeApiError && (error.httpStatus === 422 || isRefusedByPolicy(error));
    if (isRefused) return { kind: 'foreign' };
    return await inPlace(Promise.reject(error), signal, secret);
  }
}

/** Our Secret, `undefined` when there is none. @throws NautesError `PublicationForeign` */
export async function ownHead(
  connection: ClusterConnection,
  secret: ObjectReference,
  owner: Pick<ObjectOwner, 'installation'>,
  signal: AbortSignal,
): Promise<ObjectHead | undefined> {
  const look = await lookAt(connection, secret, owner, signal);
  if (look.kind === 'foreign') throw new NautesError('PublicationForeign', { object: describeReference(secret) });
  return look.kind === 'ours' ? look.head : undefined;
}
