import { render } from '../../src/messages/message.ts';
import type { ConditionView } from '../../src/contract/views.ts';
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { SandboxCluster } from '../../sandbox/index.ts';
import { DEFAULT_POLICY, DEFAULT_ROLES, noWorkloadAuth, readRoleRule } from '../../src/workload-auth/index.ts';
import { administeredDouble } from '../doubles/vault/administered.ts';
import { VaultFailure } from '../doubles/vault/errors.ts';
import type { VaultDouble } from '../doubles/vault/vault-double.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import type { ControlLoopOptions } from '../harness/loop-parts.ts';
import { eventually } from '../harness/wait-until.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { adminRequest } from '../harness/sandbox-source.ts';
import { VaultSurroundings } from '../harness/vault-surroundings.ts';
import { newClusters } from '../harness/new-clusters.ts';

const MINUTE = 60_000;
const BINDING = ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', '', 'nautes-token-review'] as const;

describe('access to secrets for others', () => {
  let surroundings: VaultSurroundings;
  let double: VaultDouble;
  const cluster = newClusters({ clusters: 15, tokenCacheMilliseconds: 0 });

  beforeEach(async () => {
    const vault = await administeredDouble();
    ({ double } = vault);
    surroundings = await VaultSurroundings.prepare(vault);
  });
  afterEach(() => surroundings[Symbol.asyncDispose]());

  function admin(target: SandboxCluster) {
    return adminRequest(target.server, target.kubeconfig());
  }

  function start(changes: ControlLoopOptions = {}): Promise<ControlLoop> {
    const workloads = { roles: DEFAULT_ROLES.map(readRoleRule), policyTemplate: DEFAULT_POLICY };
    return ControlLoop.start({
      openSecrets: (clock) => surroundings.openSecrets(clock),
      workloadAuth: surroundings.workloadAuth(),
      ...changes,
      settings: { workloads, ...changes.settings },
    });
  }

  async function access(loop: ControlLoop, test: (condition: ConditionView) => boolean): Promise<ConditionView> {
    const find = async (): Promise<ConditionView | undefined> =>
      (await loop.status('one'))?.conditions.find(({ type }) => type === 'SecretAccessReady');
    return eventually(
      async () => {
        const found = await find();
        return found !== undefined && test(found) ? found : undefined;
      },
      () => 'the access to secrets is not as wanted',
    );
  }

  it('a worker gets its kubeconfig, its auth method and its roles; workloads log in with their own token', async () => {
    await using loop = await start();
    const target = cluster();
    await loop.save('one', target);
    const { incarnation } = await loop.untilReady('one');
    const condition = await access(loop, ({ status }) => status === 'True');
    assert.match(condition.message, /its kubeconfig is at cluster\/kubernetes\/one\/default\/admin/);
    assert.match(condition.message, /workloads log in at auth\/one \(external-secrets\)/);
    assert.match(await surroundings.publishedKubeconfig('one'), new RegExp(`server: ${target.server}`));
    const method = await surroundings.authMethod('one');
    assert.equal(method?.['type'], 'kubernetes');
    const { kubernetes_host: host, token_reviewer_jwt_set: hasReviewer } = method['config'] as Record<string, unknown>;
    assert.deepEqual([host, hasReviewer], [target.server, false]);

    const logIn = async (namespace: string, account: string): Promise<number> => {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } };
      const reply = await admin(target)('POST', path, body);
      const jwt = (reply.body as { readonly status?: { readonly token?: string } }).status?.token ?? '';
      return (await double.request('POST', 'auth/one/login', { role: 'external-secrets', jwt })).status;
    };
    assert.equal(await logIn('external-secrets', 'external-secrets'), 200);
    assert.equal(await logIn('argocd', 'default'), 403);

    const { commit } = await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.commit], ['Complete', commit]);
    assert.ok(receipt.removed.some(({ kind, name }) => kind === 'AuthMethod' && name === 'auth/one'));
    assert.equal(await surroundings.authMethod('one'), undefined);
    assert.deepEqual(await surroundings.remains(), []);
    assert.equal(target.get(...BINDING), undefined);
  });

  it('what somebody changes or removes is mended', async () => {
    await using loop = await start();
    const target = cluster();
    await loop.save('one', target);
    await loop.untilReady('one');
    const wanted = await surroundings.authMethod('one');
    const kubeconfig = await surroundings.publishedKubeconfig('one');
    const { vault } = surroundings;
    const damages: readonly (() => Promise<unknown>)[] = [
      () => vault.admin('DELETE', 'sys/auth/one'),
      () => vault.admin('POST', 'auth/one/config', { kubernetes_host: 'https://127.0.0.1:1' }),
      () =>
        vault.admin('POST', 'auth/one/config', {
          kubernetes_host: target.server,
          token_reviewer_jwt: 'expires one day',
        }),
      () => vault.admin('DELETE', 'auth/one/role/external-secrets'),
      () => vault.admin('POST', 'auth/one/role/external-secrets', { token_policies: 'root-like' }),
    ];
    for (const [index, damage] of damages.entries()) {
      await damage();
      await eventually(
        async () =>
          JSON.stringify(await surroundings.authMethod('one')) === JSON.stringify(wanted) ? true : undefined,
        () => `damage ${index} was not mended`,
      );
    }
    await vault.admin('POST', 'cluster/data/kubernetes/one/default/admin', {
      data: { kubeconfig: 'of somebody else' },
    });
    await admin(target)('DELETE', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/nautes-token-review');
    await eventually(
      async () =>
        (await surroundings.publishedKubeconfig('one')) === kubeconfig && target.get(...BINDING) ? true : undefined,
      () => 'kubeconfig or binding were not mended',
    );
  });

  it('what our policy does not allow is left to an operator, whose commands are shown and checked', async () => {
    await surroundings.allow({ workloads: false });
    await using loop = await start();
    const target = cluster();
    await loop.save('one', target);
    const { incarnation } = await loop.untilReady('one');
    const told = await access(loop, ({ reason }) => reason === 'OperatorNeeded');
    assert.equal(told.status, 'False');
    assert.equal(told.optional, true); // the cluster is ready all the same
    assert.match(told.message, /Vault does not allow us to write sys\/auth\/one/);
    const commands = told.remedy.replace(/^Run: /, '').split(' && ');
    assert.equal(commands.length, 4);
    assert.ok((await loop.events('one')).some(({ reason }) => reason === 'OperatorNeeded'));
    for (const command of commands) await runAsOperator(surroundings, command, target);
    await surroundings.allow({ workloads: true });
    await access(loop, ({ status }) => status === 'True');

    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual(
      receipt.left
        .filter(({ kind }) => kind === 'AuthMethod')
        .map(({ name, reason }) => `${name}: ${render(reason, 'en')}`),
      ['auth/one: it was made by others'],
    );
    assert.notEqual(await surroundings.authMethod('one'), undefined);
  });

  it('an auth method of somebody else that is not as needed is neither changed nor removed', async () => {
    await surroundings.vault.admin('POST', 'sys/auth/one', { type: 'kubernetes', description: 'of the team' });
    await using loop = await start();
    await loop.save('one', cluster());
    await loop.untilReady('one');
    const told = await access(loop, ({ reason }) => reason === 'OperatorNeeded');
    assert.match(told.message, /auth\/one was made by others and is not as needed: auth\/one\/config/);
    assert.doesNotMatch(told.remedy, /vault auth enable/);
    assert.deepEqual((await surroundings.authMethod('one'))?.['roles'], {});
  });

  it('the receipt tells what could not be removed and the command that would', async () => {
    await using loop = await start();
    await loop.save('one', cluster());
    const { incarnation } = await loop.untilReady('one');
    double.faults.denied.push(/^DELETE sys\/auth\/one$/);
    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.equal(receipt.outcome, 'Incomplete');
    assert.deepEqual(
      receipt.remaining.map(({ name, command }) => `${name}: ${command}`),
      ['auth/one: vault auth disable one/'],
    );
  });

  it('a secret store that is away holds a removal up, is named, and costs nothing of it', async () => {
    await using loop = await start({ settings: { graceMilliseconds: MINUTE } });
    const target = cluster();
    await loop.save('one', target);
    const { incarnation } = await loop.untilReady('one');
    double.faults.sealed = true;
    await assert.rejects(loop.delete('one'), { reason: 'VaultSealed' }); // nobody can say what would be lost
    await using clone = await loop.clone();
    await clone.remove('one');
    await clone.push('Remove one all the same');
    const isHeldUp = ({ type, reason }: ConditionView): boolean => type === 'Offboarded' && reason === 'VaultSealed';
    const { conditions } = await loop.until('one', (status) => status.conditions.some(isHeldUp), 'held up');
    const offboarded = conditions.find(isHeldUp);
    assert.match(offboarded?.message ?? '', /it cannot continue without the secret store: Vault at .* is sealed/);
    assert.match(offboarded?.remedy ?? '', /vault operator unseal/);
    loop.clock.aheadMilliseconds = 2 * MINUTE; // the grace period of the cluster has passed
    double.faults.sealed = false;
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.remaining], ['Complete', []]);
    await eventually(
      async () => (target.get('v1', 'Namespace', '', 'nautes-system') === undefined ? true : undefined),
      () => 'our account is still there',
    );
    assert.deepEqual(await surroundings.remains(), []);
  });

  it('a kubeconfig that others have works until they can have the next one', async () => {
    await using loop = await start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    const first = await surroundings.publishedKubeconfig('one');
    double.faults.onRequest = (method, path) => {
      if (method === 'POST' && path.startsWith('cluster/data'))
        throw new VaultFailure(429, 'rate limit quota exceeded');
    };
    await using clone = await loop.clone();
    await clone.edit('one', (content) =>
      content.replace('annotations:\n', 'annotations:\n    cluster.nautes.io/rotation-request: by-hand\n'),
    );
    await clone.push('Ask for a new credential');
    await access(loop, ({ reason }) => reason === 'VaultThrottled');
    assert.equal((await loop.status('one'))?.conditions.find(({ type }) => type === 'CredentialReady')?.status, 'True');
    const works = async (kubeconfig: string): Promise<boolean> =>
      (await adminRequest(target.server, kubeconfig)('GET', '/api/v1/namespaces')).status === 200;
    assert.equal(await works(first), true);
    double.faults.onRequest = undefined;
    await loop.untilReady('one');
    const second = await surroundings.publishedKubeconfig('one');
    assert.notEqual(second, first);
    assert.equal(await works(second), true);
    await eventually(
      async () => ((await works(first)) ? undefined : true),
      () => 'the old credential still works',
    );
  });

  it('a host has its kubeconfig published and no auth method', async () => {
    await using loop = await start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    await access(loop, ({ status }) => status === 'True');
    assert.notEqual(await surroundings.publishedKubeconfig('one'), '');
    assert.equal(await surroundings.authMethod('one'), undefined);
    assert.equal(target.get(...BINDING), undefined);
  });

  it('a worker that becomes a host has no login of workloads any more, neither in Vault nor on the cluster', async () => {
    await using loop = await start();
    const target = cluster();
    await loop.save('one', target);
    await loop.untilReady('one');
    assert.ok(target.get(...BINDING));
    await loop.save('one', target, hostDraft);
    await eventually(
      async () => ((await surroundings.authMethod('one')) === undefined ? true : undefined),
      () => 'workloads can still log in',
    );
    await eventually(
      async () => (target.get(...BINDING) === undefined ? true : undefined),
      () => 'the binding is still there',
    );
    const { incarnation } = await loop.untilReady('one');
    await access(loop, ({ status, message }) => status === 'True' && !message.includes('auth/'));
    const inventory = await loop.inventory('one', incarnation);
    assert.deepEqual([...new Set(inventory.map(({ component }) => component))].sort(), ['access', 'traefik']);
  });

  it('a login that this server may not remove from a host is left to an operator', async () => {
    await using loop = await start();
    const target = cluster();
    await loop.save('one', target);
    await loop.untilReady('one');
    double.faults.denied.push(/^DELETE sys\/auth\/one$/);
    await loop.save('one', target, hostDraft);
    const told = await access(loop, ({ reason }) => reason === 'OperatorNeeded');
    assert.match(told.message, /workloads of the cluster can still log in at auth\/one: Vault does not allow us/);
    assert.equal(told.remedy, 'Run: vault auth disable one/');
    assert.equal(target.get(...BINDING), undefined);
    await surroundings.vault.admin('DELETE', 'sys/auth/one');
    await access(loop, ({ status }) => status === 'True');
  });

  it('an auth method of somebody else at the path of a host is left and not spoken of', async () => {
    await surroundings.vault.admin('POST', 'sys/auth/one', { type: 'kubernetes', description: 'of the team' });
    await using loop = await start();
    await loop.save('one', cluster(), hostDraft);
    await loop.untilReady('one');
    const { message } = await access(loop, ({ status }) => status === 'True');
    assert.doesNotMatch(message, /auth\//);
    assert.notEqual(await surroundings.authMethod('one'), undefined);
  });

  it('what was made for workloads goes when they are not to be let in any more', async () => {
    const target = cluster();
    await using loop = await start();
    await loop.save('one', target);
    await loop.untilReady('one');
    assert.ok(target.get(...BINDING));
    await loop.shut();
    loop.change({ workloadAuth: noWorkloadAuth });
    await loop.open();
    await eventually(
      async () => (target.get(...BINDING) === undefined ? true : undefined),
      () => 'the binding is still there',
    );
    await access(loop, ({ status, message }) => status === 'True' && !message.includes('auth/'));
  });

  it('nothing is said of it where there is no such place', async () => {
    await using loop = await ControlLoop.start();
    await loop.save('one', cluster());
    const { conditions } = await loop.untilReady('one');
    assert.ok(conditions.every(({ type }) => type !== 'SecretAccessReady'));
  });
});

/** Carries out a command of the status as `vault` would. */
async function runAsOperator({ vault }: VaultSurroundings, command: string, target: SandboxCluster): Promise<void> {
  const enable = /^vault auth enable -path=(\S+) kubernetes$/.exec(command);
  if (enable !== null) {
    await vault.admin('POST', `sys/auth/${enable[1]}`, { type: 'kubernetes' });
    return;
  }
  if (command.startsWith('kubectl get configmap kube-root-ca.crt')) return; // the file that the next one reads
  const [, path = '', assignments = ''] = /^vault write (\S+) (.*)$/.exec(command) ?? assert.fail(command);
  const pairs = assignments.split(' ').map((pair): [string, unknown] => {
    const [name = '', value = ''] = pair.split('=');
    if (value.startsWith('@')) return [name, target.certificateAuthority];
    return [name, value === 'true' ? true : value];
  });
  await vault.admin('POST', path, Object.fromEntries(pairs));
}
