import { BUILTIN_RESOURCES } from './builtin-resources.ts';
import { type ResourceDefinition } from './resource-definition.ts';
import { qualifiedName } from '../base/names.ts';

function key(group: string, version: string, name: string): string {
  return `${group}/${version}/${name}`;
}

function index(resources: readonly ResourceDefinition[], nameOf: (resource: ResourceDefinition) => string) {
  return new Map(resources.map((resource) => [key(resource.group, resource.version, nameOf(resource)), resource]));
}

const BUILTIN_BY_PLURAL = index(BUILTIN_RESOURCES, (resource) => resource.plural);
const BUILTIN_BY_KIND = index(BUILTIN_RESOURCES, (resource) => resource.kind);
const BUILTIN_BY_QUALIFIED_NAME = new Map(BUILTIN_RESOURCES.map((resource) => [qualifiedName(resource), resource]));

/** The resources that one cluster serves: the built-in ones, which all clusters share, and its custom ones. */
export class ResourceRegistry {
  /** By qualified name; the versions of a resource in the order of its definition. */
  readonly #custom = new Map<string, readonly ResourceDefinition[]>();
  #revision = 0;

  /** Changes whenever the set of resources does. */
  get revision(): number {
    return this.#revision;
  }

  all(): readonly ResourceDefinition[] {
    return [...BUILTIN_RESOURCES, ...[...this.#custom.values()].flat()];
  }

  custom(): readonly ResourceDefinition[] {
    return [...this.#custom.values()].flat();
  }

  find(group: string, version: string, plural: string): ResourceDefinition | undefined {
    return (
      BUILTIN_BY_PLURAL.get(key(group, version, plural)) ??
      this.#custom.get(`${plural}.${group}`)?.find((resource) => resource.version === version)
    );
  }

  findKind(group: string, version: string, kind: string): ResourceDefinition | undefined {
    return (
      BUILTIN_BY_KIND.get(key(group, version, kind)) ??
      this.custom().find(
        (resource) => resource.group === group && resource.version === version && resource.kind === kind,
      )
    );
  }

  /** The resource of objects with this `apiVersion` and `kind`. */
  findType(apiVersion: string, kind: string): ResourceDefinition | undefined {
    const [first = '', second] = apiVersion.split('/');
    return second === undefined ? this.findKind('', first, kind) : this.findKind(first, second, kind);
  }

  /** The preferred version of a resource. */
  findQualified(name: string): ResourceDefinition | undefined {
    return BUILTIN_BY_QUALIFIED_NAME.get(name) ?? this.#custom.get(name)?.[0];
  }

  setCustom(name: string, versions: readonly ResourceDefinition[]): void {
    if (versions.length === 0) this.#custom.delete(name);
    else this.#custom.set(name, versions);
    this.#revision++;
  }
}
