import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { applyAll, k3sTraefik } from '../harness/foreign-objects.ts';
import { CommandBed } from '../harness/command-bed.ts';

describe('nautes cluster add on a cluster with components of others', () => {
  let bed: CommandBed;

  before(async () => {
    bed = await CommandBed.open(1);
    applyAll(bed.cluster(0), k3sTraefik);
  });
  after(() => bed?.[Symbol.asyncDispose]());

  const add = (...args: readonly string[]) =>
    bed.user.run('cluster', 'add', 'edge', '--usage', 'host', '--kubeconfig', bed.kubeconfig(0), ...args);

  it('is refused with what is there and the ways out', async () => {
    const { code, stderr } = await add();
    assert.notEqual(code, 0);
    for (const part of ['Deployment kube-system/traefik', '--without gateway', '--adopt gateway', '--set gateway=']) {
      assert.ok(stderr.includes(part), stderr);
    }
  });

  it('registers it without them, and what get shows can be applied again', async () => {
    const done = await add('--without', 'gateway', '--wait');
    assert.equal(done.code, 0, done.stderr);
    const shown = await bed.user.run('get', 'cluster', 'edge', '-o', 'json');
    assert.deepEqual((JSON.parse(shown.stdout) as Record<string, unknown>)['without_components'], ['gateway']);
    const again = await add('--primary-domain', 'example.org', '--yes');
    assert.equal(again.code, 0, again.stderr);
    const kept = await bed.user.run('get', 'cluster', 'edge', '-o', 'json');
    assert.match(kept.stdout, /"without_components"/);
  });

  it('refuses a category that there is not', async () => {
    const { code, stderr } = await add('--without', 'gatway');
    assert.notEqual(code, 0);
    assert.match(stderr, /without_components.*multi_tenant/);
  });
});
