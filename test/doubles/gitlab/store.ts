import type { Group, Project, Token, User } from './model.ts';

/** Everything that the double knows. */
export interface Store {
  readonly url: string;
  readonly users: User[];
  readonly groups: Group[];
  readonly projects: Project[];
  readonly tokens: Map<string, Token>;
  now(): number;
  isExpired(token: Token): boolean;
  /** By id or path; `moved` when the path is one that it had before. */
  findProject(id: string): { readonly project: Project; readonly moved: boolean } | undefined;
}
