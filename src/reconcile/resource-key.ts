/** What identifies a resource: names are unique within a kind. */
export interface ResourceKey {
  readonly kind: string;
  readonly name: string;
}
