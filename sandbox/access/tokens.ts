import { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { isObject, type JsonObject, type JsonValue, numberAt, objectAt, stringAt } from '../base/json.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { serviceAccountUserName, type User } from './user.ts';

export const TOKEN_ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** An object that a token lives and dies with. */
export interface BoundObject {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

export interface TokenSubject {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly audiences: readonly string[];
  /** Undefined for a token without end. */
  readonly expirationSeconds: number | undefined;
  readonly bound: BoundObject | undefined;
}

/** Where objects that tokens are bound to live. */
const BOUND_RESOURCES: Readonly<Record<string, string>> = { Secret: 'secrets', Pod: 'pods' };

interface CachedToken {
  readonly user: User;
  readonly until: number;
}

/** Tokens of the service accounts of one cluster: JSON Web Tokens, signed with a key of this process. */
export class TokenService {
  readonly #store: ObjectStore;
  readonly #key = randomBytes(32);
  readonly #cacheMilliseconds: number;
  readonly #clock: () => number;
  readonly #cache = new Map<string, CachedToken>();

  /**
   * A token that was accepted stays so for the time of the cache, as in the API server (10 s).
   * @param clock the cluster's own, in milliseconds since the epoch
   */
  constructor(store: ObjectStore, cacheMilliseconds: number, clock: () => number = Date.now) {
    this.#store = store;
    this.#cacheMilliseconds = cacheMilliseconds;
    this.#clock = clock;
  }

  issue(subject: TokenSubject): { readonly token: string; readonly expiresAt: number | undefined } {
    const now = Math.floor(this.#clock() / 1000);
    const expiresAt = subject.expirationSeconds === undefined ? undefined : now + subject.expirationSeconds;
    const { bound } = subject;
    const claims: JsonObject = {
      aud: subject.audiences,
      ...(expiresAt === undefined ? {} : { exp: expiresAt }),
      iat: now,
      iss: TOKEN_ISSUER,
      jti: randomUUID(),
      'kubernetes.io': {
        namespace: subject.namespace,
        ...(bound === undefined
          ? {}
          : { [bound.kind.toLowerCase()]: { kind: bound.kind, name: bound.name, uid: bound.uid } }),
        serviceaccount: { name: subject.name, uid: subject.uid },
      },
      nbf: now,
      sub: serviceAccountUserName(subject.namespace, subject.name),
    };
    const signed = `${encode({ alg: 'HS256', kid: 'sandbox' })}.${encode(claims)}`;
    return { token: `${signed}.${this.#signature(signed)}`, expiresAt };
  }

  /** The user of a valid token; undefined when it is not ours, has ended, or its account or bound object is gone. */
  authenticate(token: string): User | undefined {
    const key = createHash('sha256').update(token).digest('base64');
    const cached = this.#cache.get(key);
    if (cached !== undefined && cached.until > Date.now()) return cached.user;
    this.#cache.delete(key);
    const user = this.#verify(token);
    if (user !== undefined && this.#cacheMilliseconds > 0) this.#remember(key, user);
    return user;
  }

  #remember(key: string, user: User): void {
    const now = Date.now();
    for (const [old, entry] of this.#cache) if (entry.until <= now) this.#cache.delete(old);
    this.#cache.set(key, { user, until: now + this.#cacheMilliseconds });
  }

  #verify(token: string): User | undefined {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const expected = Buffer.from(this.#signature(`${header}.${payload}`));
    const given = Buffer.from(signature);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
    const claims = decode(payload);
    const expires = numberAt(claims, 'exp');
    if (claims === undefined || (expires !== undefined && expires * 1000 <= this.#clock())) return undefined;
    return this.#userOf(objectAt(claims, 'kubernetes.io') ?? {}, stringAt(claims, 'jti') ?? '');
  }

  #userOf(claims: JsonObject, id: string): User | undefined {
    const namespace = stringAt(claims, 'namespace') ?? '';
    const name = stringAt(claims, 'serviceaccount', 'name') ?? '';
    const account = this.#store.get('serviceaccounts', namespace, name);
    if (account === undefined || account.uid !== stringAt(claims, 'serviceaccount', 'uid')) return undefined;
    for (const [kind, resource] of Object.entries(BOUND_RESOURCES)) {
      const bound = objectAt(claims, kind.toLowerCase());
      if (bound === undefined) continue;
      const found = this.#store.get(resource, namespace, stringAt(bound, 'name') ?? '');
      if (found === undefined || found.uid !== stringAt(bound, 'uid')) return undefined;
    }
    return {
      name: serviceAccountUserName(namespace, name),
      uid: account.uid,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${id}`] },
    };
  }

  #signature(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }
}

function encode(value: JsonValue): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(Buffer.from(text, 'base64url').toString()) as JsonValue;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
