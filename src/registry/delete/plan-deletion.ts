import { withDeadline } from '../../base/async/timing.ts';
import { asNautesError, NautesError } from '../../errors/errors.ts';
import { describeReference, plainReference } from '../../kube-objects/kube-object.ts';
import { type Dependant, planRemoval } from '../../kube/index.ts';
import { message } from '../../messages/message.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import { CLUSTER_KIND, clusterRegistration } from '../../resources/cluster/cluster-key.ts';
import type { CredentialScope } from '../../resources/credential.ts';
import { isPublication } from '../../resources/cluster/publication.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import { HOSTED_COMPONENT, type InventoryEntry, isHosted, reservedComponentNames } from '../../resources/inventory.ts';
import { filePath } from '../../resources/repository-layout.ts';
import { authorizeWrite } from '../authorization.ts';
import type { DeleteOptions } from '../cluster-registry.ts';
import { checkMayBeDeleted } from '../rules.ts';
import { publicationUsers } from '../losses.ts';
import type { PublicationUsers, UseCase } from '../services.ts';
import type { DeletionFinding, DeletionPlan } from './deletion-plan.ts';
import { requireNoManagement } from './delete-cluster.ts';
import { departing } from './offboardings.ts';

/** A cluster that does not answer in this time is not asked any further. */
const LOOK_TIMEOUT_MILLISECONDS = 15_000;

/**
 * What a deletion with these options would do: which objects go, what users would lose and what stays. Nothing is
 * written.
 * @throws NautesError `ClusterNotFound`, or when the caller may not delete
 */
export async function planDeletion(useCase: UseCase, name: string, options: DeleteOptions): Promise<DeletionPlan> {
  const { services } = useCase;
  await authorizeWrite(useCase, 'delete');
  const clusters = services.repo.snapshot().of(clusterFiles);
  const registrations = await registrationsOf(useCase, name);
  if (registrations.length === 0) throw new NautesError('ClusterNotFound', { cluster: name });
  const plans: PlannedRegistration[] = [];
  for (const registration of registrations) plans.push(await planOne(useCase, registration, options));
  const lost = plans.flatMap((plan) => plan.lost);
  const findings: DeletionFinding[] = [
    ...refusals(() => checkMayBeDeleted(name, clusters)),
    ...(options.force ? [] : refusals(() => requireNoManagement(services, name))),
    ...(lost.length > 0 && !options.force ? [{ error: inUse(name, lost) }] : []),
    ...plans.flatMap((plan) => plan.findings),
  ];
  return {
    removed: plans.flatMap((plan) => plan.removed),
    left: plans.flatMap((plan) => plan.left),
    lost,
    findings,
    virtualClusters: [...clusters.namesBy('hostCluster', name)].toSorted(),
    ...reachabilityOf(plans),
    file: clusters.has(name) ? filePath(clusterFiles, name) : '',
  };
}

/** What is planned of one registration of the name. */
type PlannedRegistration = Pick<DeletionPlan, 'removed' | 'left' | 'lost' | 'findings' | 'isReachable'>;

/** Whether all that had to be asked have answered. */
function reachabilityOf(plans: readonly PlannedRegistration[]): Pick<DeletionPlan, 'isReachable'> {
  const known = plans.flatMap(({ isReachable }) => isReachable ?? []);
  return known.length === 0 ? {} : { isReachable: known.every((answered) => answered) };
}

/** What goes with the name: what is registered, and what is on its way out already. */
async function registrationsOf({ services }: UseCase, name: string): Promise<readonly CredentialScope[]> {
  const file = services.repo.snapshot().of(clusterFiles).get(name)?.resource;
  const going = await departing(services, name, file);
  const records = (await services.offboardings.list(CLUSTER_KIND)).filter(({ cluster }) => cluster === name);
  const scopes = [...going, ...records].map(({ cluster, incarnation }) => ({ cluster, incarnation }));
  return [...new Map(scopes.map((scope) => [scope.incarnation, scope])).values()];
}

function refusals(check: () => void): readonly DeletionFinding[] {
  try {
    check();
    return [];
  } catch (error) {
    return [{ error: asNautesError(error) }];
  }
}

const NAMED_OBJECTS = 10;

function inUse(cluster: string, lost: readonly Dependant[]): NautesError {
  const objects = namesOf(lost.map(({ object }) => object));
  return new NautesError('ClusterInUse', { cluster, count: lost.length, objects });
}

/** The first of them. */
function namesOf(objects: readonly ObjectReference[]): string {
  const named = objects.slice(0, NAMED_OBJECTS).map(describeReference);
  return (objects.length > named.length ? [...named, '…'] : named).join(', ');
}

async function planOne(useCase: UseCase, scope: CredentialScope, options: DeleteOptions): Promise<PlannedRegistration> {
  const inventory = await useCase.services.inventory.list(clusterRegistration(scope));
  const isOnHost = isHosted(inventory);
  const isOfAccess = (entry: InventoryEntry): boolean => reservedComponentNames.has(entry.component);
  const components = inventory.filter((entry) => !isOfAccess(entry) && !isPublication(entry));
  const access = inventory.filter(isOfAccess);
  const published = inventory.filter(isPublication);
  const users = await publicationUsers(useCase.services, scope, useCase.signal);
  const looked = await look(useCase, scope, { components, keepDependants: !options.force && !isOnHost });
  return {
    ...looked,
    removed: [...looked.removed, ...[...access, ...published].filter(({ foreign }) => !foreign).map(plannedRemoval)],
    findings: [
      ...(isOnHost ? [{ warning: goesWithHostNamespace(access) }] : []),
      ...userFindings(scope, users, options),
      ...looked.findings,
    ],
  };
}

/** Who uses the cluster by what is published of it: those who stay are in the way, unless the deletion is forced. */
function userFindings(
  { cluster }: CredentialScope,
  { leaving, staying }: PublicationUsers,
  { force }: DeleteOptions,
): readonly DeletionFinding[] {
  const goes: DeletionFinding[] =
    leaving.length === 0
      ? []
      : [{ warning: message('DeletionPlan.usersLeave', { count: leaving.length, objects: namesOf(leaving) }) }];
  if (staying.length === 0) return goes;
  const [count, objects] = [staying.length, namesOf(staying)];
  if (!force) return [...goes, { error: new NautesError('ClusterInUse', { cluster, count, objects }) }];
  return [...goes, { warning: message('DeletionPlan.usersStay', { count, objects }) }];
}

function goesWithHostNamespace(access: readonly InventoryEntry[]): ReturnType<typeof message> {
  const namespace = access.find(({ component, kind }) => component === HOSTED_COMPONENT && kind === 'Namespace');
  return message('DeletionPlan.virtualCluster', { object: `Namespace ${namespace?.name ?? ''}`.trim() });
}

interface LookRequest {
  readonly components: readonly InventoryEntry[];
  readonly keepDependants: boolean;
}

/** Asks the cluster; from the records alone where it cannot be asked. */
async function look(
  { services, signal }: UseCase,
  scope: CredentialScope,
  { components: entries, keepDependants }: LookRequest,
): Promise<PlannedRegistration> {
  if (entries.length === 0) return { removed: [], left: [], lost: [], findings: [] };
  const deadline = withDeadline(signal, LOOK_TIMEOUT_MILLISECONDS);
  try {
    const credential = await services.credentials.active(scope, signal);
    if (credential === undefined) throw new NautesError('CredentialMissing', { cluster: scope.cluster });
    const owner = { installation: services.installation.id, ...scope };
    const request = { owner, entries, isWhole: true, keepDependants };
    const { removed, left, dependants } = await services.access.use(
      credential.stored,
      (connection) => planRemoval(connection, request, deadline),
      deadline,
    );
    return { removed: removed.map(plannedRemoval), left, lost: dependants, findings: [], isReachable: true };
  } catch (error) {
    signal.throwIfAborted();
    return fromRecords(entries, asNautesError(error));
  }
}

function fromRecords(entries: readonly InventoryEntry[], { said: problem }: NautesError): PlannedRegistration {
  const reason = message('Retained.existedBefore');
  return {
    removed: entries.filter(({ foreign }) => !foreign).map(plannedRemoval),
    left: entries.filter(({ foreign }) => foreign).map((entry) => ({ ...plainReference(entry), reason })),
    lost: [],
    findings: [{ warning: message('DeletionPlan.notAsked', { problem }) }],
    isReachable: false,
  };
}

function plannedRemoval(entry: InventoryEntry): DeletionPlan['removed'][number] {
  return { ...plainReference(entry), component: entry.component };
}
