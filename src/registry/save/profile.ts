import { defined } from '../../base/defined.ts';
import type { ClusterType, ClusterUsage, WorkerType } from '../../resources/cluster/cluster.ts';
import { action } from '../../messages/action.ts';
import { message } from '../../messages/message.ts';
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
  if (draft.clusterKind !== 'kubernetes') completion.report('cluster_kind', message('ClusterInvalid.kind'));
  const knownType = clusterType === 'physical' || clusterType === 'virtual';
  if (!knownType) completion.report('cluster_type', message('ClusterInvalid.type'));
  const knownUsage = usage === 'host' || usage === 'worker';
  if (!knownUsage) completion.report('usage', message('ClusterInvalid.usage'));
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
    if (workerType !== '')
      completion.report('worker_type', message('ClusterInvalid.hostWorkerType'), action('LeaveEmpty'));
    return undefined;
  }
  const wanted = workerType || 'deployment';
  if (wanted === 'deployment' || wanted === 'pipeline') return wanted;
  completion.report('worker_type', message('ClusterInvalid.workerType'));
  return undefined;
}

function checkHost(completion: Completion): void {
  const { draft } = completion.context;
  if (draft.clusterType === 'physical' && draft.hostCluster !== '') {
    completion.report('host_cluster', message('ClusterInvalid.physicalHost'), action('LeaveEmpty'));
  }
  if (draft.clusterType !== 'virtual') return;
  if (draft.usage === 'host') completion.report('cluster_type', message('ClusterInvalid.virtualHost'));
  if (draft.hostCluster === '') completion.report('host_cluster', message('ClusterInvalid.hostMissing'));
}

function virtualPort(completion: Completion): { vclusterNodePort?: number } {
  const { draft } = completion.context;
  const { address } = completion.context.address;
  const written = draft.vclusterNodePort || (address === undefined ? '' : String(address.port));
  const port = readNodePort(written);
  if (port === undefined) {
    completion.report('vcluster.https_node_port', outsideNodePorts());
    return {};
  }
  if (address !== undefined && address.port !== port) {
    // A load balancer in front of the host answers there.
    completion.warnings.push(message('Warning.portDiffers', { port: address.port, given: port }));
  }
  return { vclusterNodePort: port };
}
