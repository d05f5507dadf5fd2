import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CommandBed } from '../harness/command-bed.ts';
import { ConfigClone } from '../harness/config-clone.ts';

describe('what the command line prints goes in again', () => {
  let bed: CommandBed;

  before(async () => {
    bed = await CommandBed.open(2);
    for (const [index, name] of ['one', 'two'].entries()) {
      const { code, stderr } = await bed.user.run('cluster', 'add', name, '--kubeconfig', bed.kubeconfig(index));
      assert.equal(code, 0, stderr);
    }
    const { code, stderr } = await bed.user.run('wait', 'clusters', 'one', 'two', '--progress=none');
    assert.equal(code, 0, stderr);
  });
  after(() => bed?.[Symbol.asyncDispose]());

  async function output(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await bed.user.run(...args);
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  it('every command takes the names that -o name prints', async () => {
    const names = (await output('get', 'clusters', '-o', 'name')).trim().split('\n');
    assert.deepEqual(names, ['cluster/one', 'cluster/two']);
    assert.equal(await output('get', ...names, '-o=name'), 'cluster/one\ncluster/two\n');
    assert.match(await output('describe', ...names), /^one  Ready[^]*^two  Ready/m);
    for (const command of ['rotate', 'sync', 'pause', 'resume'])
      assert.match(await output(command, ...names), /^cluster\/one [^]*^cluster\/two /m, command);
    assert.match(await output('wait', ...names, '--progress=none'), /^cluster\/one [^]*^cluster\/two /m);
    for (const command of ['events', 'logs']) {
      const expected = await output(command, 'one', '--tail', '1');
      assert.equal(await output(command, 'cluster/one', '--tail', '1'), expected);
      assert.equal(await output(command, 'cluster', 'one', '--tail', '1'), expected);
    }
    assert.match(await output('delete', ...names, '--dry-run'), /cluster\/one[^]*cluster\/two/);
  });

  it('apply takes what get prints, one cluster or a list, and nothing changes', async () => {
    for (const form of ['yaml', 'json'])
      for (const [names, expected] of [
        [['one'], 'cluster/one unchanged\n'],
        [[], 'cluster/one unchanged\ncluster/two unchanged\n'],
      ] as const) {
        const printed = await output('get', 'clusters', ...names, '-o', form);
        const { code, stdout, stderr } = await bed.user.feed(printed, 'apply', '-f', '-');
        assert.equal(code, 0, stderr);
        assert.equal(stdout, expected);
        assert.equal(stderr, '');
        assert.equal((await bed.user.feed(printed, 'diff', '-f', '-')).code, 0);
      }
  });

  it('apply takes the folder of the configuration repository and skips its kustomization with a word', async () => {
    await using clone = await ConfigClone.of(join(bed.server.dataDirectory, 'config-repo.git'));
    const { code, stdout, stderr } = await bed.user.run('apply', '-f', clone.clusters);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'cluster/one unchanged\ncluster/two unchanged\n');
    assert.match(stderr, /kustomization\.yaml is skipped/);
    assert.doesNotMatch(stderr, /warning/);
    assert.match(
      (await bed.user.run('diff', '-f', clone.clusters, '--lang', 'zh')).stderr,
      /跳过 \S+kustomization\.yaml/,
    );
  });

  it('names that are mixed or missing are a mistake of usage, in both languages', async () => {
    for (const [args, english, chinese] of [
      [['delete', 'cluster'], /no name is given after cluster/, /没有给出名称/],
      [['describe', 'cluster', 'cluster/one'], /cluster\/one is no name/, /不是名称/],
      [['rotate', 'product/one'], /Product one is no cluster/, /不是集群/],
      [['logs', 'one', 'two'], /one cluster, and 2 are named/, /给出了 2 个/],
    ] as const) {
      const { code, stderr } = await bed.user.run(...args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, english);
      assert.match((await bed.user.run(...args, '--lang', 'zh')).stderr, chinese);
    }
  });
});
