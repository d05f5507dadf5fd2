import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waitUntil } from '../../test/harness/wait-until.ts';
import { CONTROL_PLANE_NOT_BUILT, controlPlaneBinaries, startControlPlane } from '../controlplane/control-plane.ts';
import { ARGO_CD_NAMESPACE, ARGO_CD_NOT_BUILT, ArgoCd, argoCdFiles } from './argocd.ts';

const missing = [
  ...((await controlPlaneBinaries()) === undefined ? [CONTROL_PLANE_NOT_BUILT] : []),
  ...((await argoCdFiles()) === undefined ? [ARGO_CD_NOT_BUILT] : []),
];

describe('Argo CD for tests', { skip: missing[0] ?? false }, () => {
  it('starts on a cluster and lists the clusters that its Secrets name', async () => {
    await using cluster = await startControlPlane({ controllerManager: false, scheduler: false, kwok: false });
    await using argoCd = await ArgoCd.start(cluster, { hasServer: true });
    const { status } = await cluster.request('POST', `/api/v1/namespaces/${ARGO_CD_NAMESPACE}/secrets`, {
      metadata: { name: 'target', labels: { 'argocd.argoproj.io/secret-type': 'cluster' } },
      stringData: { name: 'target', server: 'https://127.0.0.1:9', config: '{}' },
    });
    assert.equal(status, 201);
    const isListed = async (): Promise<boolean> => {
      const { items } = (await argoCd.api('/api/v1/clusters')) as { readonly items: readonly { name: string }[] };
      return items.some(({ name }) => name === 'target');
    };
    await waitUntil('the cluster in the list of Argo CD', isListed);
  });
});
