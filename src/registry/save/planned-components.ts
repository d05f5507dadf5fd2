import { basename } from 'node:path';
import { advisoriesFor } from '../../catalog/advisories.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { type ComponentSource, isChart } from '../../catalog/definition.ts';
import { isRemote } from '../../catalog/source-location.ts';
import { type Cluster } from '../../resources/cluster/cluster.ts';
import {
  componentCategories,
  type ComponentChoice,
  VIRTUAL_CLUSTER_CATEGORY,
  virtualClusterChoice,
} from '../../resources/cluster/components.ts';
import type { ClusterStatus } from '../../resources/cluster/cluster-status.ts';
import type { PlannedComponent } from './cluster-plan.ts';

interface PlanningContext {
  readonly catalog: Catalog;
  /** Facts that hold for all clusters, for advisories. */
  readonly facts: Readonly<Record<string, string>>;
  /** What is there now, as far as it is known. */
  readonly status: ClusterStatus | undefined;
}

/** What would become of the components of a cluster, in the order of the categories. */
export function plannedComponents(
  before: Cluster | undefined,
  after: Cluster,
  context: PlanningContext,
): readonly PlannedComponent[] {
  const chosen = componentCategories.flatMap((category) => {
    const old = before?.spec.components[category];
    const wanted = after.spec.components[category];
    const replaced = old !== undefined && old.name !== wanted?.name ? [old] : [];
    const there = replaced.length === 0 ? old : undefined;
    return [
      ...replaced.map((choice) => removedComponent(category, choice, context)),
      ...(wanted === undefined ? [] : [wantedComponent(category, there, wanted, context)]),
    ];
  });
  return [...virtualCluster(before, after, context), ...chosen];
}

/** What makes a virtual cluster, on its host. */
function virtualCluster(
  before: Cluster | undefined,
  after: Cluster,
  context: PlanningContext,
): readonly PlannedComponent[] {
  if (after.spec.clusterType !== 'virtual') return [];
  const definition = context.catalog.defaultFor(VIRTUAL_CLUSTER_CATEGORY);
  if (definition === undefined) return [];
  const choice = virtualClusterChoice(after.name, definition.name);
  const isSame =
    before?.spec.vclusterNodePort === after.spec.vclusterNodePort && before?.spec.apiServer === after.spec.apiServer;
  const there = before === undefined ? undefined : isSame ? choice : { ...choice, namespace: '' };
  return [wantedComponent(VIRTUAL_CLUSTER_CATEGORY, there, choice, context)];
}

function wantedComponent(
  category: PlannedComponent['category'],
  old: ComponentChoice | undefined,
  wanted: ComponentChoice,
  { catalog, facts, status }: PlanningContext,
): PlannedComponent {
  const { name, namespace } = wanted;
  const definition = catalog.component(name);
  const version = definition?.version ?? '';
  const installed = installedVersion(name, status);
  const isSame = old !== undefined && sameChoice(old, wanted) && (installed === '' || installed === version);
  return {
    name,
    category,
    namespace,
    version,
    action: old === undefined ? 'install' : isSame ? 'keep' : 'update',
    requires: definition?.requires ?? [],
    after: definition?.after ?? [],
    source: (definition?.sources ?? []).map(describeSource).join(', '),
    advisories: definition === undefined ? [] : advisoriesFor(definition, facts),
  };
}

function removedComponent(
  category: PlannedComponent['category'],
  { name, namespace }: ComponentChoice,
  { status }: PlanningContext,
): PlannedComponent {
  const version = installedVersion(name, status);
  return { name, category, namespace, version, action: 'remove', requires: [], after: [], source: '', advisories: [] };
}

function installedVersion(name: string, status: ClusterStatus | undefined): string {
  return status?.components.find((component) => component.name === name)?.version ?? '';
}

function sameChoice(left: ComponentChoice, right: ComponentChoice): boolean {
  const keys = new Set([...Object.keys(left.additions), ...Object.keys(right.additions)]);
  return left.namespace === right.namespace && [...keys].every((key) => left.additions[key] === right.additions[key]);
}

/** For people; where files lie on the server is nobody's business. */
function describeSource(source: ComponentSource): string {
  const place = (location: string): string => (isRemote(location) ? location : basename(location));
  if (!isChart(source)) return place(source.manifest);
  return `chart ${source.chart} ${source.version} of ${place(source.repository)}`;
}
