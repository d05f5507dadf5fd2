import { Secret } from '../../base/secret.ts';
import type { ClusterResource } from '../../resources/cluster/fields.ts';
import type { ComponentCategory } from '../../resources/cluster/components.ts';
import type { ClusterDraft } from '../../resources/cluster/cluster-draft.ts';
import type { ComponentDraft } from '../../resources/cluster/components.ts';
import type { Violation } from '../../resources/violation.ts';
import { type ComponentFields, type SaveClusterFields, wireCategories } from '../../contract/schemas/cluster.ts';

export interface Normalised {
  readonly draft: ClusterDraft;
  readonly violations: readonly Violation[];
  readonly warnings: readonly string[];
}

type WireCategory = keyof typeof wireCategories;

/** Names that 0.3 had for what is not chosen by the caller any more. */
const UNUSED_COMPONENTS = ['cert_mgt', 'secret_mgt'] as const;

/**
 * One draft from every spelling that versions 0.2 to 0.4 of the original understood. Old and new spelling of one
 * thing may both be given when they agree.
 */
export function normaliseSpelling(fields: SaveClusterFields): Normalised {
  const usage = fields.usage ?? '';
  const workerType = fields.worker_type || (usage === 'worker' ? 'deployment' : '');
  const components = new Components(fields, workerType);
  const namespaces = new Lists(fields.reserved_namespaces_allowed_products, 'reserved_namespaces_allowed_products');
  const resources = new Lists(fields.product_allowed_cluster_resources, 'product_allowed_cluster_resources');
  const draft: ClusterDraft = {
    apiServer: fields.api_server ?? '',
    clusterKind: fields.cluster_kind ?? '',
    clusterType: fields.cluster_type ?? '',
    usage,
    hostCluster: fields.host_cluster ?? '',
    workerType,
    primaryDomain: fields.primary_domain ?? '',
    vclusterNodePort: fields.vcluster?.https_node_port ?? '',
    components: components.drafts(),
    reservedNamespacesAllowedProducts: namespaces.map(asProduct, 'the names of products'),
    productAllowedClusterResources: resources.map(asClusterResource, 'objects with the strings kind and group'),
    kubeconfig: fields.kubeconfig ? new Secret(fields.kubeconfig) : undefined,
  };
  const violations = [...components.violations, ...namespaces.violations, ...resources.violations];
  return { draft, violations, warnings: components.warnings };
}

/** The component choices of a body: the list of 0.4, the names of 0.3, the blocks of 0.2. */
class Components {
  readonly violations: Violation[] = [];
  readonly warnings: string[] = [];
  readonly #fields: SaveClusterFields;
  readonly #workerType: string;

  constructor(fields: SaveClusterFields, workerType: string) {
    this.#fields = fields;
    this.#workerType = workerType;
  }

  drafts(): Partial<Record<ComponentCategory, ComponentDraft>> {
    const list = this.#fields.components_list ?? {};
    const drafts: Partial<Record<ComponentCategory, ComponentDraft>> = {};
    for (const [wire, category] of Object.entries(wireCategories) as [WireCategory, ComponentCategory][]) {
      const old = wire === 'gateway' ? list.ingress_controller : undefined;
      const draft = this.#draft(wire, [list[wire], old], this.#legacyAdditions(wire));
      if (draft !== undefined) drafts[category] = draft;
    }
    for (const name of UNUSED_COMPONENTS) {
      if (list[name]?.name) this.warnings.push(`components_list.${name} is not used`);
    }
    return drafts;
  }

  #draft(
    category: WireCategory,
    spellings: readonly (ComponentFields | undefined)[],
    legacy: readonly LegacySetting[],
  ): ComponentDraft | undefined {
    const path = `components_list.${category}`;
    const name = this.#agreed(
      `${path}.name`,
      spellings.map((spelling) => spelling?.name),
    );
    const namespace = this.#agreed(
      `${path}.namespace`,
      spellings.map((spelling) => spelling?.namespace),
    );
    const additions = new Map<string, string>();
    const settings = spellings.flatMap((spelling) => Object.entries(spelling?.additions ?? {}));
    for (const [key, value] of settings) {
      additions.set(key, this.#agreed(`${path}.additions.${key}`, [additions.get(key), value]));
    }
    for (const { field, key, value } of legacy) {
      additions.set(key, this.#agreed(field, [additions.get(key), value], `${path}.additions.${key}`));
    }
    const given = name !== '' || namespace !== '' || additions.size > 0;
    return given ? { name, namespace, additions: Object.fromEntries(additions) } : undefined;
  }

  /** The one value that is given, or a violation when there are two. */
  #agreed(field: string, values: readonly (string | undefined)[], other = 'its older spelling'): string {
    const [first = '', ...rest] = values.filter((value) => value !== undefined && value !== '');
    if (rest.some((value) => value !== first)) {
      this.violations.push({ field, message: `differs from ${other}`, remedy: 'Give one of the two.' });
    }
    return first;
  }

  #legacyAdditions(category: WireCategory): LegacySetting[] {
    const { argocd_host, tekton_host, traefik } = this.#fields;
    if (category === 'deployment') {
      return this.#meaningful(this.#isWorker(), [{ field: 'argocd_host', key: 'host', value: argocd_host }]);
    }
    if (category === 'pipeline') {
      return this.#meaningful(this.#isWorker() && this.#workerType === 'pipeline', [
        { field: 'tekton_host', key: 'host', value: tekton_host },
      ]);
    }
    if (category === 'gateway') {
      return this.#meaningful(this.#hasGateway(), [
        { field: 'traefik.http_node_port', key: 'httpNodePort', value: traefik?.http_node_port },
        { field: 'traefik.https_node_port', key: 'httpsNodePort', value: traefik?.https_node_port },
      ]);
    }
    return [];
  }

  #isWorker(): boolean {
    return this.#fields.usage === 'worker';
  }

  /** A virtual worker of type deployment is reached through the gateway of its host. */
  #hasGateway(): boolean {
    return !(this.#isWorker() && this.#fields.cluster_type === 'virtual' && this.#workerType === 'deployment');
  }

  /** The settings that are given, or none and a warning when this variety of cluster has no use for them. */
  #meaningful(hasUse: boolean, settings: readonly OptionalSetting[]): LegacySetting[] {
    const given = settings.filter((setting): setting is LegacySetting => Boolean(setting.value));
    if (hasUse) return given;
    this.warnings.push(
      ...given.map(({ field }) => `${field} has no meaning for this variety of cluster and is dropped`),
    );
    return [];
  }
}

interface OptionalSetting {
  readonly field: string;
  readonly key: string;
  readonly value: string | undefined;
}

interface LegacySetting extends OptionalSetting {
  readonly value: string;
}

/** Names and items of such a map together: more would not fit into the file of a cluster. */
const MAXIMUM_LIST_ENTRIES = 1000;

/** A map of lists of which only the wire's outer shape is known. */
class Lists {
  readonly violations: Violation[] = [];
  readonly #lists: Readonly<Record<string, readonly unknown[]>>;
  readonly #field: string;

  constructor(lists: Readonly<Record<string, readonly unknown[]>> | undefined, field: string) {
    this.#lists = lists ?? {};
    this.#field = field;
  }

  map<T>(convert: (item: unknown) => T | undefined, wanted: string): Readonly<Record<string, readonly T[]>> {
    const entries = Object.values(this.#lists).reduce((sum, items) => sum + 1 + items.length, 0);
    if (entries > MAXIMUM_LIST_ENTRIES) {
      this.violations.push({
        field: this.#field,
        message: `has ${entries} names and items, at most ${MAXIMUM_LIST_ENTRIES} are possible`,
        remedy: 'Leave out what is not needed.',
      });
      return {};
    }
    return Object.fromEntries(
      Object.entries(this.#lists).map(([key, items]) => {
        const converted = items.map(convert).filter((item) => item !== undefined);
        if (converted.length < items.length) this.#violate(key, wanted);
        return [key, converted];
      }),
    );
  }

  #violate(key: string, wanted: string): void {
    this.violations.push({
      field: `${this.#field}.${key}`,
      message: `must be a list of ${wanted}`,
      remedy: 'Correct it.',
    });
  }
}

function asProduct(item: unknown): string | undefined {
  return typeof item === 'string' ? item : undefined;
}

function asClusterResource(item: unknown): ClusterResource | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { kind, group } = item as { readonly kind?: unknown; readonly group?: unknown };
  return typeof kind === 'string' && typeof group === 'string' ? { kind, group } : undefined;
}
