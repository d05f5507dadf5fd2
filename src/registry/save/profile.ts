import { defined } from '../../base/defined.ts';
import type { ClusterType, ClusterUsage, WorkerType } from '../../resources/cluster/cluster.ts';
import { readNodePort } from '../../resources/cluster/node-port.ts';
import { type Completion, outsideNodePorts } from './completion.ts';

/** What kind of cluster it is: its components follow from this. */
export interface ClusterProfile {
  readonly clusterType: ClusterType;
  readonly usage: ClusterUsage;
  readonly workerType?: WorkerType;
  readonly hostCluster?: string;
  readonly vclusterNodePort?: number;
}

/** The profile that the draft asks for; `undefined` when it names none. */
export function readProfile(completion: Completion): ClusterProfile | undefined {
  const { draft } = completion.context;
  const { clusterType, usage } = draft;
  if (draft.clusterKind !== 'kubernetes')
    completion.report('cluster_kind', 'only clusters of kind "kubernetes" can be registered');
  const knownType = clusterType === 'physical' || clusterType === 'virtual';
  if (!knownType) completion.report('cluster_type', 'this is neither "physical" nor "virtual"');
  const knownUsage = usage === 'host' || usage === 'worker';
  if (!knownUsage) completion.report('usage', 'this is neither "host" nor "worker"');
  if (!knownType || !knownUsage) return undefined;

  const workerType = readWorkerType(completion);
  if (usage === 'worker' && workerType === undefined) return undefined;
  checkHost(completion);
  return {
    clusterType,
    usage,
    ...defined({ workerType }),
    ...(clusterType === 'virtual' ? { hostCluster: draft.hostCluster, ...virtualPort(completion) } : {}),
  };
}

/** The type of a worker, `undefined` for hosts and for what is none. */
function readWorkerType(completion: Completion): WorkerType | undefined {
  const { usage, workerType } = completion.context.draft;
  if (usage === 'host') {
    if (workerType !== '') completion.report('worker_type', 'a host has no worker type', 'Leave it empty.');
    return undefined;
  }
  const wanted = workerType || 'deployment';
  if (wanted === 'deployment' || wanted === 'pipeline') return wanted;
  completion.report('worker_type', 'this is neither "deployment" nor "pipeline"');
  return undefined;
}

function checkHost(completion: Completion): void {
  const { draft } = completion.context;
  if (draft.clusterType === 'physical' && draft.hostCluster !== '') {
    completion.report('host_cluster', 'a physical cluster belongs to no host cluster', 'Leave it empty.');
  }
  if (draft.clusterType !== 'virtual') return;
  if (draft.usage === 'host') completion.report('cluster_type', 'a host cluster cannot be virtual');
  if (draft.hostCluster === '')
    completion.report('host_cluster', 'a virtual cluster needs the name of its host cluster');
}

function virtualPort(completion: Completion): { vclusterNodePort?: number } {
  const { draft, address } = completion.context;
  const written = draft.vclusterNodePort || (typeof address === 'string' ? '' : String(address.port));
  const port = readNodePort(written);
  if (port === undefined) {
    completion.report('vcluster.https_node_port', outsideNodePorts());
    return {};
  }
  if (typeof address !== 'string' && address.port !== port) {
    completion.report(
      'vcluster.https_node_port',
      `api_server names port ${address.port}, this is ${port}`,
      'Make both the same.',
    );
  }
  return { vclusterNodePort: port };
}
