import { randomBytes } from 'node:crypto';
import { permissionDenied } from './errors.ts';

export interface TokenRequest {
  readonly policies: readonly string[];
  /** 0: never ends. */
  readonly seconds: number;
  /** Renewals do not go beyond; 0: no limit. */
  readonly maximumSeconds: number;
  readonly renewable: boolean;
}

export interface VaultToken extends TokenRequest {
  readonly id: string;
  readonly accessor: string;
  readonly createdAt: number;
  /** Milliseconds since the epoch; `Infinity` when it never ends. */
  endsAt: number;
}

/** The tokens of one double. */
export class TokenStore {
  readonly #tokens = new Map<string, VaultToken>();

  create(request: TokenRequest, id = `hvs.${randomBytes(18).toString('base64url')}`): VaultToken {
    const createdAt = Date.now();
    const endsAt = request.seconds === 0 ? Number.POSITIVE_INFINITY : createdAt + request.seconds * 1000;
    const token = { ...request, id, accessor: randomBytes(12).toString('base64url'), createdAt, endsAt };
    this.#tokens.set(id, token);
    return token;
  }

  /** @throws VaultFailure 403 for a token that is not known or has ended */
  find(id: string): VaultToken {
    const token = this.#tokens.get(id);
    if (token === undefined || token.endsAt <= Date.now()) throw permissionDenied();
    return token;
  }

  /** @throws VaultFailure 403 */
  findByAccessor(accessor: string): VaultToken {
    const token = [...this.#tokens.values()].find((known) => known.accessor === accessor);
    return this.find(token?.id ?? '');
  }

  /** Extends its life as far as it may. */
  renew(token: VaultToken): VaultToken {
    if (!token.renewable) return token;
    const latest =
      token.maximumSeconds === 0 ? Number.POSITIVE_INFINITY : token.createdAt + token.maximumSeconds * 1000;
    token.endsAt = Math.min(Date.now() + token.seconds * 1000, latest);
    return token;
  }

  revoke(id: string): void {
    this.#tokens.delete(id);
  }

  /** Ends all tokens but those that never end. */
  revokeLeased(): void {
    for (const [id, { endsAt }] of this.#tokens) if (endsAt !== Number.POSITIVE_INFINITY) this.#tokens.delete(id);
  }

  /** How many with a lease are good now. */
  get leased(): number {
    return [...this.#tokens.values()].filter(({ endsAt }) => endsAt !== Number.POSITIVE_INFINITY && endsAt > Date.now())
      .length;
  }
}

/** Seconds that are left; 0 for one without an end. */
export function secondsLeft({ endsAt }: VaultToken): number {
  return endsAt === Number.POSITIVE_INFINITY ? 0 : Math.max(0, Math.round((endsAt - Date.now()) / 1000));
}

/** As a login or a renewal answers. */
export function authOf(token: VaultToken): Readonly<Record<string, unknown>> {
  return {
    client_token: token.id,
    accessor: token.accessor,
    policies: token.policies,
    token_policies: token.policies,
    lease_duration: secondsLeft(token),
    renewable: token.renewable,
    token_type: 'service',
  };
}
