import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import { overIncarnations } from '../../resources/cluster/over-incarnations.ts';
import { clusterRegistration } from '../../resources/cluster/cluster-key.ts';
import { defined } from '../../base/defined.ts';
import { withDeadline } from '../../base/async/timing.ts';
import type { NautesError } from '../../errors/errors.ts';
import { saidBy } from '../../errors/errors.ts';
import {
  adoptionOf,
  belongsToAny,
  type ClusterConnection,
  type ComponentContent,
  findForeign,
  foreignError,
  type NamespaceList,
} from '../../kube/index.ts';
import { isOfFormer, isOurs } from '../../kube-objects/kube-object.ts';
import { message } from '../../messages/message.ts';
import type { Cluster } from '../../resources/cluster/cluster.ts';
import type { ComponentCategory, ComponentChoice } from '../../resources/cluster/components.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import { snakeCase } from '../../resources/document-field.ts';
import type { CheckContext } from './check.ts';
import type { Finding } from './finding.ts';

/** What is not rendered by then is not looked for: sources that are loaded for the first time can take minutes. */
const RENDER_TIMEOUT_MILLISECONDS = 8_000;

/** A cluster that has answered. */
interface AskedCluster {
  readonly connection: ClusterConnection;
  readonly kubernetesVersion: string;
  /** Registrations whose objects are ours, or are taken over. */
  readonly incarnations: readonly string[];
  /** The former holder, where the cluster is taken over. */
  readonly takenFrom?: string;
  readonly namespaces?: NamespaceList;
}

interface Candidate {
  readonly category: ComponentCategory;
  readonly choice: ComponentChoice;
  /** Whether the change brings it; otherwise it is declared already, and no reason to refuse another change. */
  readonly isNew: boolean;
  readonly isAdopting: boolean;
}

/**
 * Components that the cluster has already and that are somebody else's. What is installed by this registration is not
 * checked: the controllers do that all the time.
 */
export async function foreignComponents(
  context: CheckContext,
  { connection, kubernetesVersion, incarnations, takenFrom, namespaces }: AskedCluster,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { change, services } = context;
  const cluster = change.cluster({});
  const inventory = change.isFirst ? [] : await services.inventory.list(clusterRegistration(change.scope));
  const candidates = candidatesOf(context, cluster, inventory);
  if (candidates.length === 0) return [];
  const { contents, findings } = await contentsOf(context, cluster, candidates, { kubernetesVersion, signal });
  const known = new Set(inventory.map(({ uid }) => uid));
  const isOver = overIncarnations(services.repo.snapshot().of(clusterFiles), []);
  const earlier = { owner: { installation: services.installation.id, incarnation: change.scope.incarnation }, isOver };
  const isOwn: Parameters<typeof findForeign>[1]['isOwn'] = (head) =>
    belongsToAny(head, services.installation.id, incarnations) ||
    isOurs(head, earlier) ||
    (takenFrom !== undefined && isOfFormer(head, takenFrom)) ||
    known.has(head.metadata.uid ?? '');
  const foreign = await findForeign(connection, { components: contents, isOwn, ...defined({ namespaces }) }, signal);
  return [
    ...findings,
    ...foreign.flatMap((found) => {
      const candidate = candidates.find(({ choice }) => choice.name === found.component);
      if (candidate === undefined) return [];
      const { category, isAdopting } = candidate;
      if (isAdopting) return [{ warning: adoptionOf(found) }];
      const alternatives = services.catalog.alternativesTo(found.component, category);
      const error = foreignError(found, { category, alternatives });
      return [findingOf(candidate, error)];
    }),
  ];
}

function candidatesOf(
  { change: { before }, services: { catalog } }: CheckContext,
  { spec }: Cluster,
  inventory: readonly InventoryEntry[],
): readonly Candidate[] {
  const installed = new Set(inventory.map(({ component }) => component));
  const chosen = Object.entries(spec.components) as [ComponentCategory, ComponentChoice][];
  return chosen.flatMap(([category, choice]) => {
    const old = before?.spec.components[category];
    const isNew = old?.name !== choice.name || old.namespace !== choice.namespace;
    const isAdopting =
      catalog.component(choice.name)?.adopt === true || spec.adoptComponents?.includes(category) === true;
    return !isNew && installed.has(choice.name) ? [] : [{ category, choice, isNew, isAdopting }];
  });
}

interface Rendering {
  readonly kubernetesVersion: string;
  readonly signal: AbortSignal;
}

/** What the components would bring, and which of them cannot be told. */
async function contentsOf(
  { services }: CheckContext,
  cluster: Cluster,
  candidates: readonly Candidate[],
  { kubernetesVersion, signal }: Rendering,
): Promise<{ readonly contents: readonly ComponentContent[]; readonly findings: readonly Finding[] }> {
  const deadline = withDeadline(signal, RENDER_TIMEOUT_MILLISECONDS);
  const contents: ComponentContent[] = [];
  const findings: Finding[] = [];
  const render = async ({ choice }: Candidate): Promise<void> => {
    const { name: component, namespace } = choice;
    try {
      const objects = await services.contents.objects(cluster, choice, kubernetesVersion, deadline);
      contents.push({ component, objects, namespaces: [namespace] });
    } catch (error) {
      signal.throwIfAborted();
      const problem = deadline.aborted ? message('Warning.componentNotExamined.late') : saidBy(error);
      findings.push({ warning: message('Warning.componentNotExamined', { component, problem }) });
    }
  };
  await Promise.all(candidates.map(render));
  return { contents, findings };
}

function findingOf({ category, isNew }: Candidate, error: NautesError): Finding {
  return isNew ? { field: `components_list.${snakeCase(category)}`, error } : { warning: error.said };
}
