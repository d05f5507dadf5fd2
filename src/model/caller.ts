/** Who made a request. */
export interface Caller {
  /** Unique and stable, e.g. the name of the token or the user id at the identity provider. */
  readonly id: string;
  readonly name: string;
  /** Used as the author's address of commits. */
  readonly email: string;
}

export type Role = 'reader' | 'maintainer';
