/** Identifies a resource: names are unique within a kind. */
export interface ResourceKey<Kind extends string = string> {
  readonly kind: Kind;
  readonly name: string;
}

/** One registration of a name. Deleting a resource and registering its name again makes another incarnation. */
export interface Registration<Kind extends string = string> extends ResourceKey<Kind> {
  readonly incarnation: string;
}
