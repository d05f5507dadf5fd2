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

  /** Every output that tells of the cluster one, and whether it says how it is registered: then apply takes it too. */
  const outputs: readonly (readonly [args: readonly string[], registers: boolean])[] = [
    [['get', 'cluster', 'one', '-o', 'yaml'], true],
    [['get', 'cluster', 'one', '-o=json'], true],
    [['get', 'clusters', '-l', 'cluster.nautes.io/name=one', '-o', 'yaml'], true],
    [['get', 'clusters', '-l', 'name in (one)', '-o', 'json'], true],
    [['get', 'cluster/one', '-o', 'name'], false],
    [['events', 'one', '-o', 'json'], false],
    [['pause', 'one'], false],
    [['resume', 'one'], false],
    [['delete', 'cluster', 'one', '--dry-run', '-o', 'json'], false],
    [['delete', 'cluster', 'one', '--dry-run', '-o', 'yaml'], false],
    [['delete', 'cluster', 'one', '--dry-run', '-o', 'name'], false],
  ];

  for (const [args, registers] of outputs) {
    it(`what ${args.join(' ')} prints goes in again`, async () => {
      const printed = (await output(...args)).replace(/ (?:un)?(?:paused|resumed|changed)$/gm, '');
      const fed = async (...again: readonly string[]): Promise<string> => {
        const { code, stdout, stderr } = await bed.user.feed(printed, ...again, '-f', '-');
        assert.equal(code, 0, `${again.join(' ')}: ${stderr}`);
        return stdout;
      };
      assert.equal(await fed('get', '-o', 'name'), 'cluster/one\n');
      if (registers) {
        assert.equal(await fed('apply'), 'cluster/one unchanged\n');
        assert.equal(await fed('diff'), '');
        return;
      }
      const { code, stderr } = await bed.user.feed(printed, 'apply', '-f', '-');
      assert.equal(code, 1, stderr);
      assert.match(stderr, /standard input/);
    });
  }

  it('every command that takes names takes them from what was printed', async () => {
    const printed = await output('get', 'cluster', 'one', '-o', 'yaml');
    for (const [args, expected] of [
      [['describe'], /^one {2}\w+/],
      [['rotate'], /^cluster\/one will get a new credential\n$/],
      [['sync'], /^cluster\/one is being checked\n$/],
      [['pause'], /^cluster\/one paused\n$/],
      [['resume'], /^cluster\/one resumed\n$/],
      [['wait', '--progress=none'], /^cluster\/one is ready\n$/],
      [['delete', '--dry-run'], /^cluster\/one would be deleted/],
    ] as const) {
      const { code, stdout, stderr } = await bed.user.feed(printed, ...args, '-f', '-');
      assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
      assert.match(stdout, expected, args.join(' '));
    }
  });

  it('what apply prints as data goes in again: the plan of a save as the file that it would commit', async () => {
    const registered = await output('get', 'cluster', 'one', '-o', 'json');
    for (const form of ['json', 'yaml']) {
      for (const flags of [['--dry-run=server'], []]) {
        const { code, stdout, stderr } = await bed.user.feed(registered, 'apply', '-f', '-', '-o', form, ...flags);
        assert.equal(code, 0, stderr);
        const named = await bed.user.feed(stdout, 'get', '-o', 'name', '-f', '-');
        assert.equal(named.stdout, 'cluster/one\n', named.stderr);
        const again = await bed.user.feed(stdout, 'apply', '-f', '-');
        if (flags.length > 0)
          assert.deepEqual([again.code, again.stdout], [0, 'cluster/one unchanged\n'], again.stderr);
        else assert.match(again.stderr, /not how it is registered: `nautes get cluster one -o yaml`/);
      }
    }
  });

  it('selects by label and by phase, in every command that takes clusters', async () => {
    const names = async (...args: readonly string[]) => output('get', 'clusters', '-o', 'name', ...args);
    assert.equal(
      await names('-l', 'usage=worker,type in (physical)', '--field-selector', 'phase!=Failed'),
      'cluster/one\ncluster/two\n',
    );
    assert.equal(await names('-l', 'usage=host'), '');
    assert.equal(await names('--field-selector', 'status.phase=Failed'), '');
    assert.equal(await names('-l', '!host,name notin (one)'), 'cluster/two\n');
    assert.equal(await output('sync', '-l', 'name=two'), 'cluster/two is being checked\n');
    const { code, stderr } = await bed.user.run('get', 'clusters', '-l', 'usage=(');
    assert.deepEqual([code, /a term that cannot be read: usage=\(/.test(stderr)], [2, true], stderr);
  });

  it('apply takes what get prints, one cluster or a list, and nothing changes', async () => {
    for (const form of ['yaml', 'json'])
      for (const [names, expected] of [
        [['one'], 'cluster/one unchanged\n'],
        [[], 'cluster/one unchanged\ncluster/two unchanged\n'],
      ] as const) {
        const printed = await output('get', 'clusters', ...names, '-o', form);
        assert.doesNotMatch(printed, /argocd_host|traefik:|ingress_controller/, 'nothing is said twice');
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

  it('the receipt of a deletion goes in again', async () => {
    const { code, stderr } = await bed.user.run('delete', 'cluster', 'two', '-y', '--wait', '--progress=none');
    assert.equal(code, 0, stderr);
    const receipt = await output('receipt', 'cluster/two', '-o', 'yaml');
    const again = await bed.user.feed(receipt, 'delete', '-f', '-', '-y', '--ignore-not-found');
    assert.deepEqual([again.code, again.stdout], [0, ''], again.stderr);
    assert.match(again.stderr, /^cluster\/two not found/);
    assert.match((await bed.user.feed(receipt, 'apply', '-f', '-')).stderr, /tells of the cluster two/);
  });
});
