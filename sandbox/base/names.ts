/** `<plural>` or `<plural>.<group>`: how error messages and stores name a resource. */
export function qualifiedName(resource: { readonly group: string; readonly plural: string }): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}
