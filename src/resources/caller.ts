import type { Secret } from '../base/secret.ts';

/** Who made a request. */
export interface Caller {
  /** Unique and stable, e.g. the name of the token or the user id at the identity provider. */
  readonly id: string;
  readonly name: string;
  /** Used as the author's address of commits. */
  readonly email: string;
  /** The token that was shown, where rights are asked, or changes pushed, in the caller's own name. */
  readonly credential?: Secret;
}

export type Role = 'reader' | 'maintainer';
