import type { Secret } from '../base/secret.ts';

/** Who made a request. */
export interface Caller {
  /** Unique and stable, e.g. the name of the token or the user id at the identity provider. */
  readonly id: string;
  readonly name: string;
  /** The author's address of commits. */
  readonly email: string;
  /** The token of the request, for permission checks and pushes in the caller's own name. */
  readonly credential?: Secret;
  /** SHA-256 of the token of the request where rights are bound to it: another token of the name has its own. */
  readonly tokenDigest?: string;
  /** When the token of the request ends, RFC 3339; absent where it does not, or that is not known. */
  readonly tokenExpiresAt?: string;
}

/** What a caller wants to do, for the message of a refusal. */
export type Verb = 'read' | 'register' | 'plan' | 'delete' | 'rotate' | 'sync' | 'pause' | 'resume' | 'tokens';

export type Role = 'reader' | 'maintainer';
