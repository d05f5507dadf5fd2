import type { ClusterState } from '../cluster/cluster-state.ts';
import { arrayAt, objectAt, stringAt, withValue } from '../base/json.ts';
import { builtinResource } from '../resources/builtin-resources.ts';
import { isBeingDeleted } from '../store/stored-object.ts';
import { type ObjectName, Reconciler } from './reconciler.ts';
import { Writer } from './write.ts';

const CLAIMS = builtinResource('', 'persistentvolumeclaims');
const VOLUMES = builtinResource('', 'persistentvolumes');
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

/** Binds claims that have a storage class, to volumes that go with them. Claims without one stay pending. */
export function startVolumeController(cluster: ClusterState): void {
  const claims = new Writer(cluster, CLAIMS);
  const volumes = new Writer(cluster, VOLUMES);
  const reconciler = new Reconciler(cluster, (name) => reconcile(cluster, claims, volumes, name));
  cluster.store.listen(({ resource, type, object }) => {
    if (resource === 'storageclasses.storage.k8s.io' && type === 'ADDED') {
      for (const claim of claims.list('')) reconciler.enqueue(claim.namespace, claim.name);
    }
    if (resource !== 'persistentvolumeclaims') return;
    if (type === 'ADDED') reconciler.enqueue(object.namespace, object.name);
    if (type === 'DELETED') {
      const name = `pvc-${object.uid}`;
      cluster.timers.schedule(0, () => volumes.delete({ namespace: '', name }));
    }
  });
}

function defaultClass(cluster: ClusterState): string | undefined {
  return cluster.store
    .list('storageclasses.storage.k8s.io')
    .find((one) => stringAt(one.metadata.value, 'annotations', DEFAULT_CLASS) === 'true')?.name;
}

function reconcile(cluster: ClusterState, claims: Writer, volumes: Writer, name: ObjectName): void {
  const claim = claims.find(name);
  if (claim === undefined || isBeingDeleted(claim)) return;
  const spec = objectAt(claim.body.value, 'spec') ?? {};
  if (stringAt(spec, 'volumeName') !== undefined) return;
  const wanted = stringAt(spec, 'storageClassName') ?? defaultClass(cluster);
  if (wanted === undefined || cluster.store.get('storageclasses.storage.k8s.io', '', wanted) === undefined) return;
  const volume = `pvc-${claim.uid}`;
  const capacity = objectAt(spec, 'resources', 'requests') ?? {};
  const claimRef = { kind: 'PersistentVolumeClaim', namespace: claim.namespace, name: claim.name, uid: claim.uid };
  const accessModes = arrayAt(spec, 'accessModes');
  volumes.create('', {
    metadata: { name: volume },
    spec: { capacity, accessModes, claimRef, storageClassName: wanted, persistentVolumeReclaimPolicy: 'Delete' },
  });
  volumes.status({ namespace: '', name: volume }, () => ({ phase: 'Bound' }));
  claims.modify(name, (object) =>
    withValue(withValue(object, ['spec', 'volumeName'], volume), ['spec', 'storageClassName'], wanted),
  );
  claims.status(name, () => ({ phase: 'Bound', accessModes, capacity }));
}
