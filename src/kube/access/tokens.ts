import { timestamp } from '../../base/clock.ts';
import { Secret } from '../../base/secret.ts';
import { NautesError } from '../../errors/errors.ts';
import {
  ACCESS_NAMESPACE,
  belongsTo,
  COMPONENT_LABEL,
  type KubeObject,
  type ObjectOwner,
  ownershipLabels,
  ownershipSelector,
  textAt,
} from '../../kube-objects/kube-object.ts';
import { resourcePath, wellKnown } from '../../kube-objects/resource-types.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import type { CredentialMaterial } from '../../resources/credential.ts';
import { ACCESS_COMPONENT } from '../../resources/inventory.ts';
import type { KubeClient } from '../client/client.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { isTime } from '../client/object-form.ts';
import { MAXIMUM_STATUS_BYTES } from '../transport/answer-limits.ts';
import { accountName, applied, ownedBy } from './access.ts';

export interface TokenRequest {
  readonly owner: ObjectOwner;
  /** Name of a Secret that is made for this token alone: deleting it revokes the token. */
  readonly boundSecret: string;
  readonly expirationSeconds: number;
  /** UID of our ServiceAccount, with which the Secret goes. */
  readonly accountUid: string;
}

export interface IssuedToken {
  readonly material: Secret<CredentialMaterial>;
  /** RFC 3339, by the cluster's clock; it may grant less than was asked for. */
  readonly expiresAt: string;
}

/** A token for our ServiceAccount; `ensureAccess` comes first. */
export async function issueToken(
  { client }: ClusterConnection,
  request: TokenRequest,
  signal: AbortSignal,
): Promise<IssuedToken> {
  const labels = ownershipLabels(request.owner, ACCESS_COMPONENT);
  const references = ownedBy('v1', 'ServiceAccount', accountName(request.owner), request.accountUid);
  const metadata = { name: request.boundSecret, namespace: ACCESS_NAMESPACE, labels, ...references };
  const secret: KubeObject = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque' };
  const bound = await applied(client, { type: wellKnown.secret, object: secret }, signal);
  const { token, expiresAt } = await requestToken(
    client,
    {
      account: accountName(request.owner),
      boundSecret: { name: request.boundSecret, uid: bound.metadata.uid ?? '' },
      expirationSeconds: request.expirationSeconds,
    },
    signal,
  );
  return { material: new Secret<CredentialMaterial>({ kind: 'token', token: token.reveal() }), expiresAt };
}

export interface BoundTokenRequest {
  /** Name of a ServiceAccount in our Namespace. */
  readonly account: string;
  /** The Secret in our Namespace with which the token ends. */
  readonly boundSecret: { readonly name: string; readonly uid: string };
  readonly expirationSeconds: number;
}

export interface BoundToken {
  readonly token: Secret;
  /** RFC 3339, by the cluster's clock; it may grant less than was asked for. */
  readonly expiresAt: string;
}

/** A token for a ServiceAccount in our Namespace that is valid as long as a Secret is there. */
export async function requestToken(
  client: KubeClient,
  { account, boundSecret, expirationSeconds }: BoundTokenRequest,
  signal: AbortSignal,
): Promise<BoundToken> {
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds, boundObjectRef: { apiVersion: 'v1', kind: 'Secret', ...boundSecret } },
  };
  const path = `${resourcePath(wellKnown.serviceAccount, ACCESS_NAMESPACE, account)}/token`;
  const answer = await client.json({ method: 'POST', path, body, maximumResponse: MAXIMUM_STATUS_BYTES }, signal);
  const token = textAt(answer, 'status', 'token');
  const end = textAt(answer, 'status', 'expirationTimestamp');
  const problem = tokenProblem(token, end);
  if (problem !== undefined) throw new NautesError('ClusterResponseInvalid', { address: client.address, problem });
  return { token: new Secret(token), expiresAt: timestamp(Date.parse(end)) };
}

/**
 * A token that a cluster issues lasts at least so long: less would be renewed more often than once a minute. Kubernetes
 * issues none for less than ten minutes.
 */
const MINIMUM_TOKEN_MILLISECONDS = 2 * 60_000;

/** @throws NautesError `ClusterResponseInvalid` for a token that ends too soon after it was issued (milliseconds) */
export function checkTokenLife(address: string, issuedAt: number, end: string): void {
  if (Date.parse(end) - issuedAt >= MINIMUM_TOKEN_MILLISECONDS) return;
  const problem = message('ClusterResponseInvalid.tokenLife', { end, seconds: MINIMUM_TOKEN_MILLISECONDS / 1000 });
  throw new NautesError('ClusterResponseInvalid', { address, problem });
}

/** Characters of a bearer token (RFC 6750, 2.1); those of ServiceAccounts have about 1,000. */
const TOKEN = /^[A-Za-z0-9._~+/=-]{1,16384}$/;

function tokenProblem(token: string, end: string): Message | undefined {
  if (token === '') return message('ClusterResponseInvalid.token');
  if (!TOKEN.test(token)) return message('ClusterResponseInvalid.tokenForm');
  return isTime(end) ? undefined : message('ClusterResponseInvalid.tokenEnd');
}

/** Ends one token. A token that was used in the last 10 s may live that long; one that is absent is fine. */
export async function revokeToken(
  { client }: ClusterConnection,
  boundSecret: string,
  signal: AbortSignal,
): Promise<void> {
  await client.delete(wellKnown.secret, { namespace: ACCESS_NAMESPACE, name: boundSecret }, {}, signal);
}

/**
 * Ends every token of the registration's own account except those kept: what a crash left between issue and use. The
 * tokens of other accounts are not touched.
 */
export async function revokeOtherTokens(
  { client }: ClusterConnection,
  owner: ObjectOwner,
  kept: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const options = { namespace: ACCESS_NAMESPACE, labelSelector: ownershipSelector(owner) };
  const { items } = await client.listHeads(wellKnown.secret, options, signal);
  const others = items
    .filter(
      (item) =>
        belongsTo(item, owner) && (item.metadata.labels?.[COMPONENT_LABEL] ?? ACCESS_COMPONENT) === ACCESS_COMPONENT,
    )
    .map(({ metadata }) => metadata.name)
    .filter((name) => !kept.includes(name));
  for (const name of others) await client.delete(wellKnown.secret, { namespace: ACCESS_NAMESPACE, name }, {}, signal);
  return others;
}
