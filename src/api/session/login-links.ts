import { randomBytes } from 'node:crypto';
import { sha256 } from '../../base/hash.ts';
import type { Secret } from '../../base/secret.ts';

/** How long a login link can be used, in milliseconds. */
export const LINK_MILLISECONDS = 5 * 60_000;

/** Login links that are kept unused; with one more, the oldest no longer works. */
const MAXIMUM_LINKS = 100;

/** Random bytes of a link. */
const CODE_BYTES = 32;

/** A link that was made. */
export interface LoginLink {
  /** What a login gives instead of a token, in base64url. */
  readonly code: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

interface Kept {
  readonly token: Secret;
  readonly endsAt: number;
}

/**
 * Login links: a code stands for the token of its maker, once and for minutes. They are kept in memory, under hashes of their
 * codes, so that a link works at the server alone that made it, and until its restart.
 */
export class LoginLinks {
  readonly #kept = new Map<string, Kept>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  make(token: Secret): LoginLink {
    this.#forget((kept) => kept.endsAt <= this.#now());
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MAXIMUM_LINKS && oldest !== undefined) this.#kept.delete(oldest);
    const code = randomBytes(CODE_BYTES).toString('base64url');
    const endsAt = this.#now() + LINK_MILLISECONDS;
    this.#kept.set(sha256(code), { token, endsAt });
    return { code, endsAt };
  }

  /** The token of the link, which then works no more; `undefined` when it was used, is too old, or never was. */
  take(code: string): Secret | undefined {
    const key = sha256(code);
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    return kept !== undefined && this.#now() < kept.endsAt ? kept.token : undefined;
  }

  #forget(isOver: (kept: Kept) => boolean): void {
    for (const [key, kept] of this.#kept) if (isOver(kept)) this.#kept.delete(key);
  }
}
