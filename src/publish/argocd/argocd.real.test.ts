import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CONTROL_PLANE_NOT_BUILT,
  controlPlaneBinaries,
  startControlPlane,
} from '../../../tools/controlplane/control-plane.ts';
import { sleep } from '../../base/async/timing.ts';
import { type ClusterConnection, KubeApiError } from '../../kube/index.ts';
import { ACCESS_NAMESPACE, type KubeObject } from '../../kube-objects/kube-object.ts';
import { resourcePath, wellKnown } from '../../kube-objects/resource-types.ts';
import type { PublicationPlaces } from '../publication.contract.ts';
import { Connections, grantPublishing, makeNamespace, patience, prepareArgoCd } from '../testing/places.ts';
import { describeArgoCd } from './argocd.contract.ts';

const binaries = await controlPlaneBinaries();

async function open(): Promise<PublicationPlaces> {
  const running = await startControlPlane();
  const cluster = { server: running.server, kubeconfig: running.adminKubeconfig };
  return { management: cluster, target: cluster, close: () => running.stop() };
}

if (binaries === undefined) {
  describe('publishing to Argo CD (real control plane)', () => {
    it('runs where a control plane is built', { skip: CONTROL_PLANE_NOT_BUILT });
  });
} else {
  describeArgoCd('real control plane', open);
  describe('the rights of the shipped manifest (real control plane)', () => describeRights());
}

function describeRights(): void {
  let places: PublicationPlaces;
  let connections: Connections;
  let admin: ClusterConnection;
  let limited: ClusterConnection;

  before(async () => {
    places = await open();
    connections = await Connections.open();
    admin = await connections.to(places.management.kubeconfig);
    await prepareArgoCd(admin);
    await makeNamespace(admin, ACCESS_NAMESPACE);
    limited = await connections.to(await grantPublishing(admin, places.management));
    await admin.client.create(wellKnown.secret, secret('argocd-secret', {}), {}, patience());
    await untilPolicyActs(() => write('kept-out'));
  });
  after(async () => {
    await connections?.close();
    await places?.close();
  });

  const ours = { 'app.kubernetes.io/managed-by': 'nautes' };

  function secret(name: string, labels: Readonly<Record<string, string>>): KubeObject {
    return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'argocd', labels }, type: 'Opaque' };
  }

  async function statusOf(answer: Promise<unknown>): Promise<number> {
    try {
      await answer;
      return 200;
    } catch (error) {
      assert.ok(error instanceof KubeApiError, String(error));
      return error.httpStatus;
    }
  }

  function write(name: string, labels: Readonly<Record<string, string>> = ours): Promise<number> {
    return statusOf(limited.client.apply(wellKnown.secret, secret(name, labels), {}, patience()));
  }

  function patch(name: string, contentType: string, body: unknown, query = ''): Promise<number> {
    const path = `${resourcePath(wellKnown.secret, 'argocd', name)}${query}`;
    return statusOf(limited.client.json({ method: 'PATCH', path, body, contentType }, patience()));
  }

  it('let our own Secret be written and deleted', async () => {
    assert.equal(await write('nautes-cluster-own'), 200);
    const own = { namespace: 'argocd', name: 'nautes-cluster-own' };
    assert.equal(await statusOf(limited.client.delete(wellKnown.secret, own, {}, patience())), 200);
  });

  it('let no Secret be read, not even our own', async () => {
    await write('nautes-cluster-read');
    const own = { namespace: 'argocd', name: 'nautes-cluster-read' };
    assert.equal(await statusOf(limited.client.get(wellKnown.secret, own, patience())), 403);
    assert.equal(await statusOf(limited.client.list(wellKnown.secret, { namespace: 'argocd' }, patience())), 403);
  });

  it('let no other Secret be written, deleted or read by patching', async () => {
    assert.equal(await write('other'), 403);
    assert.equal(await patch('argocd-secret', 'application/merge-patch+json', {}), 403);
    assert.equal(await patch('argocd-secret', 'application/merge-patch+json', {}, '?dryRun=All'), 403);
    assert.equal(await patch('argocd-secret', 'application/json-patch+json', []), 403);
    assert.equal(await write('argocd-secret'), 403);
    const theirs = { namespace: 'argocd', name: 'argocd-secret' };
    assert.equal(await statusOf(limited.client.delete(wellKnown.secret, theirs, {}, patience())), 403);
  });

  it('let nothing be taken over that has our name and not our label, and no label be dropped', async () => {
    await admin.client.create(wellKnown.secret, secret('nautes-cluster-theirs', {}), {}, patience());
    assert.equal(await write('nautes-cluster-theirs'), 403);
    assert.equal(await write('nautes-cluster-bare', {}), 403);
    await write('nautes-cluster-labelled');
    const unlabel = { metadata: { labels: { 'app.kubernetes.io/managed-by': null } } };
    assert.equal(await patch('nautes-cluster-labelled', 'application/merge-patch+json', unlabel), 403);
  });

  it('end at the namespace', async () => {
    const elsewhere = {
      ...secret('nautes-cluster-x', ours),
      metadata: { name: 'nautes-cluster-x', namespace: 'elsewhere' },
    };
    assert.equal(await statusOf(limited.client.apply(wellKnown.secret, elsewhere, {}, patience())), 403);
  });
}

/** A policy takes effect a moment after it is there. */
async function untilPolicyActs(forbidden: () => Promise<number>): Promise<void> {
  while ((await forbidden()) !== 403) await sleep(200, patience());
}
