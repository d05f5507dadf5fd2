import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { administeredReal } from '../../test/doubles/vault/administered.ts';
import { waitUntil } from '../../test/harness/wait-until.ts';
import { VaultSurroundings } from '../../test/harness/vault-surroundings.ts';
import {
  CONTROL_PLANE_NOT_BUILT,
  type ControlPlane,
  controlPlaneBinaries,
  startControlPlane,
} from '../../tools/controlplane/control-plane.ts';
import { VAULT_NOT_BUILT, vaultBinary } from '../../tools/vault/server.ts';
import { silentLogger } from '../base/logger.ts';
import { VaultClient } from '../vault/index.ts';

const signal = new AbortController().signal;
const noVault = (await vaultBinary()) === undefined && VAULT_NOT_BUILT;
const skip = noVault || ((await controlPlaneBinaries()) === undefined && CONTROL_PLANE_NOT_BUILT);

describe('accounts of a Kubernetes cluster and Vault', { skip }, () => {
  let plane: ControlPlane;
  let surroundings: VaultSurroundings;
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-login-'));
    [plane, surroundings] = await Promise.all([
      startControlPlane({ scheduler: false, kwok: false }),
      administeredReal().then((vault) => VaultSurroundings.prepare(vault)),
    ]);
  });
  after(async () => {
    await surroundings?.[Symbol.asyncDispose]();
    await plane?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  async function create(path: string, object: Record<string, unknown>): Promise<Record<string, unknown>> {
    const { status, text } = await plane.request('POST', path, object);
    assert.ok(status === 201 || status === 409, `${path}: ${status} ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  }

  async function account(namespace: string, name: string): Promise<void> {
    await create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    await create(path, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } });
  }

  async function tokenOf(namespace: string, name: string, audiences?: readonly string[]): Promise<string> {
    const reply = await create(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 600, ...(audiences === undefined ? {} : { audiences }) },
    });
    return (reply['status'] as { token: string }).token;
  }

  async function mayReviewTokens(namespace: string, name: string): Promise<void> {
    await create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: `review-${namespace}` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:auth-delegator' },
      subjects: [{ kind: 'ServiceAccount', namespace, name }],
    });
  }

  it('a workload logs in with its own token and without a reviewer token, and gets the policy of its role', async () => {
    const auth = surroundings.workloadAuth();
    const state = await auth.ensure(
      {
        cluster: 'one',
        incarnation: 'i',
        server: plane.server,
        certificateAuthority: plane.caCertificate,
        roles: [{ name: 'shop', policy: 'workload-one-shop', accounts: [{ namespace: 'shop', name: 'web' }] }],
      },
      signal,
    );
    assert.equal(state.kind, 'ready');
    for (const namespace of ['shop', 'other']) await account(namespace, 'web');
    const logIn = async (jwt: string) => surroundings.vault.admin('POST', 'auth/one/login', { role: 'shop', jwt });
    const jwt = await tokenOf('shop', 'web');
    await assert.rejects(logIn(jwt), /403/, 'without the right to ask for a review');
    await mayReviewTokens('shop', 'web');
    await mayReviewTokens('other', 'web');
    const { token_policies: policies } = await logIn(jwt);
    assert.deepEqual(policies, ['default', 'workload-one-shop']);
    await assert.rejects(logIn(await tokenOf('other', 'web')), /403/, 'of another namespace');
    await assert.rejects(logIn(`${jwt.slice(0, -4)}AAAA`), /403/, 'with another signature');
    await plane.request('DELETE', '/api/v1/namespaces/shop/serviceaccounts/web');
    await waitUntil('its account being gone is noticed', () =>
      logIn(jwt).then(
        () => false,
        () => true,
      ),
    ); // a cache of 10 s
    assert.deepEqual(await auth.remove({ cluster: 'one', incarnation: 'i' }, signal), {
      kind: 'removed',
      place: 'auth/one',
    });
    assert.equal(await surroundings.authMethod('one'), undefined);
  });

  it('the server itself logs in as an account of the cluster that it runs on', async () => {
    const { vault } = surroundings;
    await account('nautes', 'server');
    await mayReviewTokens('nautes', 'server');
    await vault.admin('POST', 'sys/auth/kubernetes', { type: 'kubernetes' });
    await vault.admin('POST', 'auth/kubernetes/config', {
      kubernetes_host: plane.server,
      kubernetes_ca_cert: plane.caCertificate,
      disable_local_ca_jwt: true,
    });
    await vault.admin('POST', 'auth/kubernetes/role/nautes', {
      bound_service_account_names: 'server',
      bound_service_account_namespaces: 'nautes',
      token_policies: 'nautes',
    });
    const jwtFile = join(directory, 'token');
    await writeFile(jwtFile, await tokenOf('nautes', 'server'));
    const auth = { method: 'kubernetes', mount: 'kubernetes', role: 'nautes', jwtFile } as const;
    const client = new VaultClient({ address: vault.address, auth, logger: silentLogger });
    try {
      const path = 'nautes/data/credentials/a/b/c';
      const found = await client.capabilities([path], signal);
      assert.deepEqual(found.get(path), ['create', 'read', 'update']);
      await client.call({ operation: 'write', path: 'auth/token/revoke-self', body: {} }, signal);
      assert.equal((await client.call({ operation: 'read', path }, signal)).status, 404);
    } finally {
      await client.close();
    }
  });
});
