import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ClusterView } from '../../src/contract/views.ts';
import { CommandBed } from '../harness/command-bed.ts';
import { terminalsUnavailable } from '../harness/terminal-session.ts';

describe('`cluster add` on a name that is registered', () => {
  let bed: CommandBed;
  const options = ['--usage', 'host', '--primary-domain', 'apps.example.com', '--set', 'gateway.httpsNodePort=30444'];

  before(async () => {
    bed = await CommandBed.open(1);
    const added = await bed.user.run('cluster', 'add', 'one', '--kubeconfig', bed.kubeconfig(0), ...options);
    assert.equal(added.code, 0, added.stderr);
    assert.equal((await bed.user.run('wait', 'one', '--progress=none')).code, 0);
  });
  after(() => bed?.[Symbol.asyncDispose]());

  async function registered(): Promise<ClusterView> {
    return JSON.parse((await bed.user.run('get', 'cluster', 'one', '-o', 'json')).stdout) as ClusterView;
  }

  it('changes nothing and asks nothing when all is as it is, also with less repeated', async () => {
    const earlier = await registered();
    for (const more of [['--kubeconfig', bed.kubeconfig(0)], [], options]) {
      const { code, stdout, stderr } = await bed.user.run('cluster', 'add', 'one', ...more);
      assert.equal(code, 0, stderr);
      assert.equal(stdout, 'cluster/one unchanged\n');
      assert.doesNotMatch(stderr, /\[y\/N\]/);
    }
    assert.deepEqual(await registered(), earlier);
  });

  it('shows what would change, is refused where nobody can be asked, and keeps what is not repeated', async () => {
    const earlier = await registered();
    const change = ['cluster', 'add', 'one', '--set', 'gateway.httpNodePort=30090'];
    const refused = await bed.user.run(...change);
    assert.equal(refused.code, 5, refused.stderr);
    assert.match(refused.stderr, /cluster\/one is registered already\. This would change/);
    assert.match(refused.stderr, /- components_list\.gateway\.additions\.httpNodePort: 30080\n/);
    assert.match(refused.stderr, /\+ components_list\.gateway\.additions\.httpNodePort: 30090\n/);
    assert.match(refused.stderr, /the credential stays\n/);
    assert.match(refused.stderr, /update +traefik/);
    assert.match(refused.stderr, /nothing was done[^]*--yes/);
    assert.deepEqual(await registered(), earlier);

    const chinese = await bed.user.run(...change, '--lang', 'zh');
    assert.match(chinese.stderr, /已经登记[^]*凭据不变[^]*没有执行任何操作/);

    const plan = await bed.user.run(...change, '--dry-run=server', '-o', 'json');
    assert.equal((JSON.parse(plan.stdout) as { readonly diff: readonly unknown[] }).diff.length, 1);

    const agreed = await bed.user.run(...change, '--yes', '--wait', '--progress=none');
    assert.equal(agreed.code, 0, agreed.stderr);
    const gateway = earlier.components_list.gateway;
    assert.ok(gateway);
    const additions = { ...gateway.additions, httpNodePort: '30090' };
    const components = { ...earlier.components_list, gateway: { ...gateway, additions } };
    const { status: _, ...view } = (await registered()) as ClusterView & { readonly status?: unknown };
    const { status: __, ...kept } = earlier as ClusterView & { readonly status?: unknown };
    assert.deepEqual(view, { ...kept, components_list: components });
  });

  it('a kubeconfig with another address does not change the address, which is said', async () => {
    const { api_server: address } = await registered();
    const file = join(bed.user.home, 'moved.kubeconfig');
    await writeFile(file, bed.cluster(0).kubeconfig().replaceAll(bed.cluster(0).server, 'https://127.0.0.9:6443'));
    const { code, stderr } = await bed.user.run('cluster', 'add', 'one', '--kubeconfig', file);
    assert.equal(code, 5, stderr);
    assert.match(stderr, /the registered address https:\S+ stays, the kubeconfig has https:\/\/127\.0\.0\.9:6443/);
    assert.match(stderr, /the credential is replaced/);
    assert.doesNotMatch(stderr, /api_server/);
    assert.equal((await registered()).api_server, address);
  });

  it('takes what another usage needs from the command line and leaves the rest', async () => {
    const { code, stderr } = await bed.user.run('cluster', 'add', 'one', '--usage', 'worker');
    assert.equal(code, 5, stderr);
    assert.match(stderr, /- usage: host\n +\+ usage: worker\n/);
    assert.match(stderr, /\+ worker_type: deployment\n/);
    assert.doesNotMatch(stderr, /primary_domain|httpsNodePort/);
  });

  it('shows what a change would be refused for and does not ask', async () => {
    const { code, stderr } = await bed.user.run('cluster', 'add', 'one', '--set', 'gateway.colour=red', '--yes');
    assert.equal(code, 1, stderr);
    assert.match(stderr, /traefik has no setting colour/);
  });

  it('asks on a terminal and does what is answered', { skip: terminalsUnavailable() }, async () => {
    const change = ['cluster', 'add', 'one', '--primary-domain', 'other.example.com'];
    await using first = await bed.terminal(change);
    await first.until(/Change cluster one on http.*\[y\/N\]/);
    first.type('n\r');
    assert.equal(await first.end(), 1);
    assert.equal((await registered()).primary_domain, 'apps.example.com');
    await using second = await bed.terminal(change);
    await second.until(/\[y\/N\]/);
    second.type('y\r');
    assert.equal(await second.end(), 0);
    assert.equal((await registered()).primary_domain, 'other.example.com');
  });
});
