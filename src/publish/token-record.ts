import { sha256 } from '../base/hash.ts';
import type { ObjectHead, ObjectOwner } from '../kube-objects/kube-object.ts';

/** A token is renewed at this part of its life… */
const RENEWAL_SHARE = 2 / 3;
/** …and up to this part later: each renewal makes its consumers begin anew with the cluster. */
const RENEWAL_JITTER = 1 / 10;

/** What a published token is, as the object that carries it says in its annotations. */
export interface TokenRecord {
  /** Name of the Secret on the cluster that the token ends with. */
  readonly boundSecret: string;
  /** Of what has to be there for the token to be valid, see {@link tokenIdentity}. */
  readonly identity: string;
  /** RFC 3339. */
  readonly issuedAt: string;
  /** RFC 3339. */
  readonly expiresAt: string;
}

const ANNOTATIONS: Readonly<Record<keyof TokenRecord, string>> = {
  boundSecret: 'cluster.nautes.io/credential',
  identity: 'cluster.nautes.io/credential-identity',
  issuedAt: 'cluster.nautes.io/credential-issued-at',
  expiresAt: 'cluster.nautes.io/credential-expires-at',
};

/** The token as the object says; `undefined` when it does not say all of it. */
export function tokenRecordOf({ metadata }: ObjectHead): TokenRecord | undefined {
  const read = (key: keyof TokenRecord): string => metadata.annotations?.[ANNOTATIONS[key]] ?? '';
  const record: TokenRecord = {
    boundSecret: read('boundSecret'),
    identity: read('identity'),
    issuedAt: read('issuedAt'),
    expiresAt: read('expiresAt'),
  };
  return Object.values(record).includes('') ? undefined : record;
}

/** The annotations that say it. */
export function tokenAnnotations(record: TokenRecord): Record<string, string> {
  const written = Object.entries(ANNOTATIONS) as [keyof TokenRecord, string][];
  return Object.fromEntries(written.map(([key, annotation]) => [annotation, record[key]]));
}

/** Changes when the account or the Secret that the token is bound to was made again: the token is not valid then. */
export function tokenIdentity(accountUid: string, secretUid: string): string {
  return sha256(`${accountUid} ${secretUid}`).slice(0, 16);
}

/** When the token is renewed, in milliseconds: later for some registrations than for others, always the same for one. */
export function renewalOf(
  { issuedAt, expiresAt }: Pick<TokenRecord, 'issuedAt' | 'expiresAt'>,
  { incarnation }: Pick<ObjectOwner, 'incarnation'>,
): number {
  const [issued, expires] = [Date.parse(issuedAt), Date.parse(expiresAt)];
  if (!Number.isFinite(issued) || !Number.isFinite(expires)) return 0;
  const jitter = Number.parseInt(sha256(incarnation).slice(0, 8), 16) / 0xffffffff;
  return issued + (expires - issued) * (RENEWAL_SHARE + jitter * RENEWAL_JITTER);
}
