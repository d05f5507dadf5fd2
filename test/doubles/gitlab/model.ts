/** What a GitLab knows, as far as rights in a project follow from it. */

export interface User {
  readonly id: number;
  readonly username: string;
  name: string;
  email: string;
  state: 'active' | 'blocked';
  readonly isAdministrator: boolean;
  /** Of the access tokens of projects and groups. */
  readonly isBot: boolean;
}

export interface Membership {
  level: number;
  /** A date; it ends when that day begins. */
  expiresAt?: string;
}

/** A group that was invited: its members have at most this level. */
export interface Invitation extends Membership {
  readonly group: Group;
}

export interface Group {
  readonly id: number;
  readonly path: string;
  readonly parent: Group | undefined;
  readonly members: Map<User, Membership>;
  readonly invitations: Invitation[];
}

export type PushEntry = { readonly level: number } | { readonly user: User } | { readonly group: Group };

export interface Protection {
  /** A branch, or a pattern with stars. */
  readonly name: string;
  readonly push: readonly PushEntry[];
}

export interface Project {
  readonly id: number;
  /** With the groups. */
  path: string;
  readonly formerPaths: string[];
  readonly group: Group | undefined;
  readonly members: Map<User, Membership>;
  readonly invitations: Invitation[];
  protections: Protection[];
  archived: boolean;
  defaultBranch: string;
  /** The bare repository. */
  readonly repository: string;
  readonly webhooks: { readonly url: string; readonly secret: string }[];
}

export type TokenKind = 'personal' | 'project' | 'group' | 'oauth' | 'deploy';

export interface Token {
  readonly id: number;
  readonly text: string;
  readonly kind: TokenKind;
  readonly user: User;
  readonly scopes: readonly string[];
  revoked: boolean;
  expiresAt: string | undefined;
}
