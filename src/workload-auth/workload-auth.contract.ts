import { defined } from '../base/defined.ts';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AdministeredVault } from '../../test/doubles/vault/administered.ts';
import { VaultSurroundings } from '../../test/harness/vault-surroundings.ts';
import { createCertificateAuthority } from '../base/tls/x509.ts';
import type { VaultClient } from '../vault/index.ts';
import { VaultWorkloadAuth } from './vault-workload-auth.ts';
import { message, render } from '../messages/message.ts';
import type { WorkloadAuthState, WorkloadCluster } from './workload-auth.ts';

const signal = new AbortController().signal;
const { certificate } = createCertificateAuthority({ commonName: 'of the cluster' });

function clusterNamed(cluster: string, changes: Partial<WorkloadCluster> = {}): WorkloadCluster {
  return {
    cluster,
    incarnation: 'i',
    server: 'https://127.0.0.1:6443',
    certificateAuthority: certificate,
    roles: [
      {
        name: 'external-secrets',
        policy: `workload-${cluster}-external-secrets`,
        accounts: [{ namespace: 'external-secrets', name: 'external-secrets' }],
      },
      {
        name: 'shop',
        policy: `workload-${cluster}-shop`,
        accounts: [
          { namespace: 'shop', name: '*' },
          { namespace: 'shop-test', name: '*' },
        ],
      },
    ],
    ...changes,
  };
}

/** The state in English. */
function wordsOf(state: WorkloadAuthState): { readonly kind: string; readonly message: string } {
  return { kind: state.kind, message: render(state.message, 'en') };
}

/** The contract of the auth method of a cluster on every Vault, under the policy that Nautes prints. */
export function describeVaultWorkloadAuth(
  title: string,
  create: () => Promise<AdministeredVault>,
  skip: string | false,
): void {
  describe(`workloads and ${title}`, { skip }, () => {
    let surroundings: VaultSurroundings;
    let client: VaultClient;
    let auth: VaultWorkloadAuth;

    before(async () => {
      surroundings = await VaultSurroundings.prepare(await create());
      client = surroundings.client();
      auth = new VaultWorkloadAuth(client, 'approle');
    });
    after(() => surroundings?.[Symbol.asyncDispose]());

    it('has an auth method with roles for a cluster, created once, recreated, and removed', async () => {
      const cluster = clusterNamed('one');
      for (let run = 0; run < 2; run += 1) {
        const state = await auth.ensure(cluster, signal);
        assert.deepEqual(wordsOf(state), {
          kind: 'ready',
          message: 'workloads log in at auth/one (external-secrets, shop)',
        });
      }
      const method = await surroundings.authMethod('one');
      assert.equal(method?.['type'], 'kubernetes');
      const { shop } = method['roles'] as Record<string, Record<string, unknown>>;
      assert.deepEqual(shop?.['bound_service_account_names'], ['*']);
      assert.deepEqual(shop?.['bound_service_account_namespaces'], ['shop', 'shop-test']);
      assert.deepEqual(shop?.['token_policies'], ['workload-one-shop']);
      assert.deepEqual(await auth.remove(cluster, signal), { kind: 'removed', place: 'auth/one' });
      assert.deepEqual(await auth.remove(cluster, signal), { kind: 'absent' });
      assert.equal(await surroundings.authMethod('one'), undefined);
    });

    it('gets only reads while it is up to date', async () => {
      const cluster = clusterNamed('still');
      await auth.ensure(cluster, signal);
      await surroundings.vault.admin('POST', 'sys/policies/acl/nautes', {
        policy: 'path "auth/+/*" { capabilities = ["read"] }',
      });
      assert.equal((await auth.ensure(cluster, signal)).kind, 'ready');
      await surroundings.allow({ workloads: true });
      await auth.remove(cluster, signal);
    });

    it('follows a cluster to another address, authority or role, and removes a reviewer token', async () => {
      await auth.ensure(clusterNamed('moved'), signal);
      await surroundings.vault.admin('POST', 'auth/moved/config', {
        kubernetes_host: 'https://x',
        kubernetes_ca_cert: certificate,
        disable_local_ca_jwt: true,
        token_reviewer_jwt: 'x',
      });
      const [role] = clusterNamed('moved').roles;
      assert.ok(role !== undefined);
      const moved = clusterNamed('moved', {
        server: 'https://127.0.0.1:7443/k8s/clusters/c-1',
        certificateAuthority: createCertificateAuthority({ commonName: 'another' }).certificate,
        roles: [{ ...role, accounts: [{ namespace: 'elsewhere', name: 'external-secrets' }] }],
      });
      await auth.ensure(moved, signal);
      const { config, roles } = (await surroundings.authMethod('moved')) as {
        config: Record<string, unknown>;
        roles: Record<string, Record<string, unknown>>;
      };
      assert.equal(config['kubernetes_host'], 'https://127.0.0.1:7443/k8s/clusters/c-1');
      assert.equal(config['kubernetes_ca_cert'], moved.certificateAuthority);
      assert.notEqual(config['token_reviewer_jwt_set'], true); // Vault before 1.18 does not return it
      assert.deepEqual(roles['external-secrets']?.['bound_service_account_namespaces'], ['elsewhere']);
      await auth.remove(moved, signal);
    });

    it('is left to an operator when our policy does not allow it', async () => {
      await surroundings.allow({ workloads: false });
      const state = await auth.ensure(clusterNamed('denied'), signal);
      assert.ok(state.kind === 'byOperator');
      assert.match(wordsOf(state).message, /Vault does not allow us to write sys\/auth\/denied/);
      assert.deepEqual(state.commands, [
        'vault auth enable -path=denied kubernetes',
        "kubectl get configmap kube-root-ca.crt -n default -o 'jsonpath={.data.ca\\.crt}' > denied-ca.crt",
        'vault write auth/denied/config kubernetes_host=https://127.0.0.1:6443 kubernetes_ca_cert=@denied-ca.crt disable_local_ca_jwt=true',
        'vault write auth/denied/role/external-secrets bound_service_account_names=external-secrets bound_service_account_namespaces=external-secrets token_policies=workload-denied-external-secrets token_ttl=3600',
        "vault write auth/denied/role/shop bound_service_account_names='*' bound_service_account_namespaces=shop,shop-test token_policies=workload-denied-shop token_ttl=3600",
      ]);
      const proxied = await auth.ensure(
        clusterNamed('denied', { server: 'https://127.0.0.1/k8s/clusters/c-1' }),
        signal,
      );
      assert.ok(proxied.kind === 'byOperator');
      assert.match(
        proxied.commands[1] ?? '',
        /^kubectl config view --raw .*certificate-authority-data.* > denied-ca\.crt$/,
      );
      assert.match(proxied.commands[2] ?? '', / kubernetes_host=https:\/\/127\.0\.0\.1\/k8s\/clusters\/c-1 /);
      assert.deepEqual(await auth.remove(clusterNamed('denied'), signal), { kind: 'absent' });
      await surroundings.allow({ workloads: true });
    });

    it('is left alone when there is another method', async () => {
      await surroundings.vault.admin('POST', 'sys/auth/other', { type: 'jwt' });
      const state = await auth.ensure(clusterNamed('other'), signal);
      assert.deepEqual(wordsOf(state), {
        kind: 'ready',
        message: 'auth/other is another auth method, which others manage',
      });
      assert.equal((await auth.remove(clusterNamed('other'), signal)).kind, 'left');
    });

    it('is not created for a cluster with the name of another auth method', async () => {
      for (const name of ['approle', 'token']) {
        const state = await auth.ensure(clusterNamed(name), signal);
        assert.ok(state.kind === 'impossible');
        assert.match(wordsOf(state).message, /is where this server, or everybody, logs in to Vault/);
        assert.deepEqual(await auth.remove(clusterNamed(name), signal), { kind: 'absent' });
      }
    });

    it('is reported impossible where Vault could not reach the cluster', async () => {
      for (const changes of [{ certificateAuthority: '' }, { tlsServerName: 'another.example' }]) {
        const state = await auth.ensure(clusterNamed('odd', changes), signal);
        assert.ok(state.kind === 'impossible');
        assert.match(wordsOf(state).message, /workloads cannot log in: /);
      }
      assert.equal(await surroundings.authMethod('odd'), undefined);
    });

    it('is neither changed nor removed when it is not ours', async () => {
      await surroundings.vault.admin('POST', 'sys/auth/foreign', { type: 'kubernetes' });
      const state = await auth.ensure(clusterNamed('foreign'), signal);
      assert.ok(state.kind === 'byOperator');
      assert.match(
        wordsOf(state).message,
        /made by others and is not as needed: auth\/foreign\/config, auth\/foreign\/role/,
      );
      assert.deepEqual(await auth.remove(clusterNamed('foreign'), signal), {
        kind: 'left',
        place: 'auth/foreign',
        reason: message('WorkloadLogin.madeByOthers'),
      });
    });

    it('grants no policy that is not meant for workloads', async () => {
      await auth.ensure(clusterNamed('narrow'), signal);
      const bound = { bound_service_account_names: 'a', bound_service_account_namespaces: 'b' };
      const denied: readonly (readonly ['write' | 'delete' | 'read', string, Record<string, unknown>?])[] = [
        ['write', 'sys/auth/oidc', { type: 'oidc' }],
        ['write', 'sys/auth/userpass', { type: 'userpass' }],
        ['delete', 'sys/auth/approle'],
        ['read', 'auth/approle/role/nautes'],
        ['write', 'auth/approle/role/nautes/secret-id', {}],
        ['write', 'auth/narrow/role/x', { ...bound, token_policies: 'nautes' }],
        ['write', 'auth/narrow/role/x', { ...bound, token_policies: 'workload-narrow-x,nautes' }],
        ['write', 'auth/narrow/role/x', { ...bound, token_policies: ['workload-narrow-x', 'nautes'] }],
        ['write', 'auth/narrow/role/x', { ...bound, policies: 'nautes' }],
        ['write', 'auth/narrow/config', { kubernetes_host: 'https://x', token_reviewer_jwt: 'x' }],
        ['write', 'sys/policies/acl/workload-narrow-x', { policy: '' }],
        ['read', 'cluster/data/kubernetes/one/default/admin'],
        ['write', 'auth/token/create', {}],
      ];
      for (const [operation, path, body] of denied) {
        const call = client.call({ operation, path, ...defined({ body }) }, signal);
        await assert.rejects(call, { reason: 'VaultPermissionDenied' }, `${operation} ${path} ${JSON.stringify(body)}`);
      }
      await auth.remove(clusterNamed('narrow'), signal);
    });

    it('rejects names that are not valid in paths', async () => {
      for (const cluster of ['..', 'a/b', '', 'approle/../x']) {
        await assert.rejects(auth.ensure(clusterNamed(cluster), signal), { reason: 'CredentialScopeInvalid' });
        await assert.rejects(auth.remove({ cluster, incarnation: 'i' }, signal), { reason: 'CredentialScopeInvalid' });
      }
    });
  });
}
