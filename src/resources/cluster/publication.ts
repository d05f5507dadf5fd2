import type { Action } from '../../messages/action.ts';
import type { Message } from '../../messages/text.ts';

/** The ways in which a cluster is made known in a management cluster. */
export const publicationNames = ['argocd', 'cluster-profiles', 'cluster-object', 'kubeconfig-secret'] as const;
export type PublicationName = (typeof publicationNames)[number];

/** One publication of a cluster as it is now. */
export interface PublicationStatus {
  readonly name: PublicationName;
  /** Which object, and where: `Secret argocd/nautes-cluster-one in https://management.example.com:6443`. */
  readonly where: string;
  /** RFC 3339; since when it is published, empty while it is not. */
  readonly since: string;
  /** CamelCase; `Published` when it is as it should be. */
  readonly reason: string;
  readonly message: Message;
  /** What a person can do; absent when nothing needs to be done. */
  readonly action?: Action;
}

const PREFIX = 'publication:';

/**
 * Name under which the inventory has the objects of a publication: they are in a management cluster and not on the
 * cluster that they are about.
 * @param place of the management cluster, such as `https://management.example.com:6443`
 */
export function publicationComponent(name: PublicationName, place: string): string {
  return `${PREFIX}${name}@${place}`;
}

/** What {@link publicationComponent} was made of; `undefined` for everything else that an inventory has. */
export function publicationOf(
  component: string,
): { readonly name: PublicationName; readonly place: string } | undefined {
  if (!component.startsWith(PREFIX)) return undefined;
  const [written = ''] = component.slice(PREFIX.length).split('@', 1);
  const name = publicationNames.find((candidate) => candidate === written);
  return name === undefined ? undefined : { name, place: component.slice(PREFIX.length + written.length + 1) };
}

/** True for an entry of the inventory that is in a management cluster. */
export function isPublication({ component }: { readonly component: string }): boolean {
  return component.startsWith(PREFIX);
}

/** Name under which the inventory has the account that a publication needs on the cluster itself. */
export function accountComponent(name: PublicationName): string {
  return `${name}-account`;
}

const accountComponents: ReadonlySet<string> = new Set(publicationNames.map(accountComponent));

/** True for the name of the account of a publication. */
export function isAccountComponent(component: string): boolean {
  return accountComponents.has(component);
}
