import { authorizeRead, authorizeWrite, roleOf } from './authorization.ts';
import type { CallerContext, ClusterRegistry } from './cluster-registry.ts';
import { deleteCluster } from './delete/delete-cluster.ts';
import { planDeletion } from './delete/plan-deletion.ts';
import { pauseCluster, resumeCluster } from './pause-cluster.ts';
import { getCluster, lastCommit, listClusters } from './read/read-clusters.ts';
import { clusterFile, clusterFilesAt, clusterHistory } from './read/read-history.ts';
import { nodePortsOfCluster } from './read/read-node-ports.ts';
import { clusterObjects } from './read/read-objects.ts';
import { getStatus, listStatuses } from './read/read-statuses.ts';
import { rotateCredential } from './rotate-credential.ts';
import { planCluster } from './save/plan-cluster.ts';
import { saveCluster } from './save/save-cluster.ts';
import type { RegistryServices, UseCase } from './services.ts';
import { syncCluster } from './sync-cluster.ts';

/** The use cases over the services that the composition chose. */
export function clusterRegistry(services: RegistryServices): ClusterRegistry {
  const by = (context: CallerContext): UseCase => ({ services, ...context });
  return {
    authenticate: async ({ token, requestId, signal }) => {
      return { caller: await services.identity.authenticate(token, signal), requestId, signal };
    },
    authorizeRead: (context) => authorizeRead(by(context)),
    authorizeSave: (context) => authorizeWrite(by(context), 'register'),
    roleOf: (context) => roleOf(by(context)),
    save: (context, name, draft, options) => saveCluster(by(context), { name, draft, options }),
    plan: (context, name, draft, options) => planCluster(by(context), { name, draft, options }),
    delete: (context, name, options) => deleteCluster(by(context), name, options),
    planDeletion: (context, name, options) => planDeletion(by(context), name, options),
    rotate: (context, name, options) => rotateCredential(by(context), name, options),
    pause: (context, name, options) => pauseCluster(by(context), name, options),
    resume: (context, name, options) => resumeCluster(by(context), name, options),
    sync: (context, name) => syncCluster(by(context), name),
    get: (context, name) => getCluster(by(context), name),
    list: (context) => listClusters(by(context)),
    status: (context, name) => getStatus(by(context), name),
    statuses: (context) => listStatuses(by(context)),
    lastCommit: (context, name) => lastCommit(by(context), name),
    history: (context, name, options) => clusterHistory(by(context), name, options),
    filesAt: (context, name, commit) => clusterFilesAt(by(context), name, commit),
    file: (context, name) => clusterFile(by(context), name),
    nodePorts: (context, name, count) => nodePortsOfCluster(by(context), name, count),
    authorizeTokens: (context) => authorizeWrite(by(context), 'tokens'),
    objects: (context, name, component) => clusterObjects(by(context), name, component),
  };
}
