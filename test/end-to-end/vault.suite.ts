import type { ConditionView } from '../../src/contract/views.ts';
import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';
import { isPlatformSupported, Kubectl } from '../../tools/kubectl/kubectl.ts';
import type { AdministeredVault } from '../doubles/vault/administered.ts';
import { Canaries } from '../fault-run/canaries.ts';
import { ConfigClone } from '../harness/config-clone.ts';
import { type TargetClusterSource, workerBody } from '../harness/target-cluster.ts';
import { TestBed } from '../harness/test-bed.ts';
import type { TestComponent } from '../harness/test-catalog.ts';
import { VaultSurroundings } from '../harness/vault-surroundings.ts';
import { waitUntil } from '../harness/wait-until.ts';

const account: KubeObject = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'external-secrets', namespace: 'external-secrets' },
};
/** Stands for External Secrets: of its chart only the account that logs in matters here. */
const externalSecrets: TestComponent = { name: 'external-secrets', category: 'secretSync', manifest: [account] };

export interface VaultSuiteOptions {
  readonly createSource: () => Promise<TargetClusterSource>;
  readonly createVault: () => Promise<AdministeredVault>;
  /** Why it cannot run, if so. */
  readonly unavailable?: string | undefined;
}

/** A cluster's life with Vault as the secret store, over HTTPS, under the policy that the server prints. */
export function describeVault(title: string, options: VaultSuiteOptions): void {
  describe(`Vault as the secret store of ${title}`, async () => {
    const source = await options.createSource();
    const noKubectl = isPlatformSupported() ? false : 'kubectl is brought for Linux on x64 only';
    const skip = options.unavailable ?? source.unavailable ?? noKubectl;
    const canaries = new Canaries();
    const seen: string[] = [];
    let surroundings: VaultSurroundings;
    let bed: TestBed;
    let first = '';

    before(async () => {
      if (skip !== false) return;
      const vault = await options.createVault();
      surroundings = await VaultSurroundings.prepare(vault);
      canaries.add('root token', vault.rootToken);
      canaries.add('secret id', await surroundings.secretId());
      const configuration = { ...surroundings.configuration(), log: { level: 'debug' } };
      bed = await TestBed.open(source, { components: [externalSecrets], configuration });
      canaries.addKubeconfig('the upload', bed.target.kubeconfig);
    });
    after(async () => {
      await bed?.[Symbol.asyncDispose]();
      await surroundings?.[Symbol.asyncDispose]();
      await source.close();
    });

    function conditionOf(conditions: readonly ConditionView[]): ConditionView | undefined {
      return conditions.find(({ type }) => type === 'SecretAccessReady');
    }

    async function published(): Promise<string> {
      const kubeconfig = await surroundings.publishedKubeconfig(bed.name);
      if (kubeconfig !== '') canaries.addKubeconfig('our own credential', kubeconfig);
      return kubeconfig;
    }

    async function isRefused(kubeconfig: string): Promise<boolean> {
      await using kubectl = await Kubectl.open(kubeconfig);
      const { code, stderr } = await kubectl.run(['get', '--raw', '/api']);
      return code !== 0 && /Unauthorized|must be logged in/.test(stderr);
    }

    it('a worker is registered and Ready, its auth method and role are there', { skip }, async () => {
      const { conditions } = await bed.register();
      const condition = conditionOf(conditions);
      assert.deepEqual([condition?.status, condition?.reason], ['True', 'SecretAccessReady'], condition?.message);
      const method = await surroundings.authMethod(bed.name);
      assert.equal(method?.['type'], 'kubernetes');
      const roles = method['roles'] as Record<string, { token_policies: string[] }>;
      assert.deepEqual(roles['external-secrets']?.token_policies, [`workload-${bed.name}-external-secrets`]);
    });

    it('kubectl works with the kubeconfig at the path that consumers know', { skip }, async () => {
      first = await published();
      await using kubectl = await Kubectl.open(first);
      assert.match(await kubectl.output(['auth', 'whoami']), /system:serviceaccount:nautes-system:nautes/);
      assert.match(await kubectl.output(['get', 'serviceaccounts', '-n', 'external-secrets']), /external-secrets/);
    });

    it('External Secrets logs in with its own token, and nobody else does', { skip }, async () => {
      await using kubectl = await Kubectl.open(first);
      const logIn = async (name: string): Promise<unknown> => {
        const jwt = (await kubectl.output(['create', 'token', name, '-n', 'external-secrets'])).trim();
        canaries.add(`token of ${name}`, jwt);
        const body = { role: 'external-secrets', jwt };
        return (await surroundings.vault.admin('POST', `auth/${bed.name}/login`, body))['token_policies'];
      };
      assert.deepEqual(await logIn('external-secrets'), ['default', `workload-${bed.name}-external-secrets`]);
      await assert.rejects(logIn('default'), /403/);
    });

    it('a rotation is published: the new kubeconfig works, the old one is refused', { skip }, async () => {
      await using clone = await ConfigClone.of(join(bed.server.dataDirectory, 'config-repo.git'));
      await clone.edit(bed.name, (content) =>
        content.replace('annotations:\n', 'annotations:\n    cluster.nautes.io/rotation-request: by-hand\n'),
      );
      await clone.push('Ask for a new credential');
      const second = await waitUntil('another kubeconfig', async () => {
        const now = await published();
        return now !== first && now !== '' && now;
      });
      await bed.ready();
      await using kubectl = await Kubectl.open(second);
      assert.match(await kubectl.output(['get', 'namespaces']), /nautes-system/);
      await waitUntil('the old one is refused', () => isRefused(first));
    });

    it('the server continues when its own login was revoked', { skip }, async () => {
      await surroundings.vault.revokeLogins('approle');
      await surroundings.vault.admin('DELETE', `sys/auth/${bed.name}`);
      await waitUntil('the auth method is back', async () => (await surroundings.authMethod(bed.name)) !== undefined);
      await bed.ready();
    });

    it('a sealed Vault makes the server unready with its reason, and is over when it is over', {
      skip,
    }, async () => {
      await surroundings.vault.setSealed(true);
      const ready = await waitUntil('unready', async () => {
        const reply = await bed.client.request('GET', '/readyz');
        seen.push(JSON.stringify(reply.body));
        return reply.status === 503 && reply.body;
      });
      assert.deepEqual(ready['reasons'], { secret_store: 'VaultSealed' });
      const refused = await bed.client.save(bed.name, workerBody(bed.target));
      seen.push(JSON.stringify(refused.body));
      assert.equal(refused.status, 503);
      assert.equal(refused.body['reason'], 'VAULT_SEALED');
      await surroundings.vault.setSealed(false);
      await waitUntil('ready', async () => (await bed.client.request('GET', '/readyz')).status === 200);
      await bed.ready();
    });

    it('after its removal nothing of it is in Vault, and the receipt says so', { skip }, async () => {
      for (const path of [`/api/v1/clusters/${bed.name}/status`, `/api/v1/clusters/${bed.name}`, '/metrics']) {
        seen.push(JSON.stringify((await bed.client.request('GET', path)).body));
      }
      const receipt = await bed.deregister();
      assert.equal(receipt.outcome, 'Complete', JSON.stringify(receipt.remaining));
      assert.ok(receipt.removed.some(({ kind, name }) => kind === 'AuthMethod' && name === `auth/${bed.name}`));
      assert.deepEqual(await surroundings.remains(), []);
      assert.equal(await surroundings.authMethod(bed.name), undefined);
      seen.push(JSON.stringify(receipt), JSON.stringify(await bed.client.events(bed.name)));
    });

    it('no secret is in logs, errors, events, metrics, receipts, commits or files', { skip }, async () => {
      assert.deepEqual(canaries.foundIn(seen.join('\n')), []);
      assert.deepEqual(canaries.foundIn(bed.server.output), []);
      assert.ok(bed.server.output.length > 1000, 'the server has logged');
      const { stdout } = await run('git', [
        '-C',
        join(bed.server.dataDirectory, 'config-repo.git'),
        'log',
        '-p',
        '--all',
      ]);
      assert.deepEqual(canaries.foundIn(stdout), []);
      for (const name of await readdir(bed.server.dataDirectory, { recursive: true })) {
        const path = join(bed.server.dataDirectory, name);
        if ((await stat(path)).isFile()) assert.deepEqual(canaries.foundIn(await readFile(path)), [], name);
      }
    });
  });
}
