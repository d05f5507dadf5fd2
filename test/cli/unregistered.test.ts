import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CommandBed } from '../harness/command-bed.ts';
import { ConfigClone } from '../harness/config-clone.ts';
import { waitUntil } from '../harness/wait-until.ts';

const FILE = 'nautes/overlays/production/clusters/odd.yaml';

describe('clusters without a registration', () => {
  let bed: CommandBed;

  /** A cluster that died and is being deleted, and a file that cannot be understood. */
  before(async () => {
    bed = await CommandBed.open(1);
    const done = await bed.user.run('cluster', 'add', 'dead', '--kubeconfig', bed.kubeconfig(0), '--wait');
    assert.equal(done.code, 0, done.stderr);
    bed.cluster(0).faults.set([{ kind: 'unreachable' }]);
    const deleted = await bed.user.run('delete', 'cluster', 'dead', '-y');
    assert.equal(deleted.code, 0, deleted.stderr);
    await using clone = await ConfigClone.of(join(bed.server.dataDirectory, 'config-repo.git'));
    await clone.write('odd', 'kind: Cluster\n  spec: [\n');
    await clone.push('Add a file');
    await waitUntil('the file is seen and the cluster waited for', async () => {
      const { stdout } = await bed.user.run('get', 'clusters');
      return /^odd +Failed/m.test(stdout) && /^dead +Deleting .*waits for it until/m.test(stdout);
    });
  });
  after(() => bed?.[Symbol.asyncDispose]());

  const output = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await bed.user.run(...args);
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
    return stdout;
  };

  it('are in `get`, in every form, with phase and reason', async () => {
    const table = await output('get', 'clusters');
    assert.match(table, /^dead +Deleting .*waits for it until/m);
    assert.match(table, new RegExp(`^odd +Failed .*${FILE}.*line 2`, 'm'));
    assert.equal(await output('get', 'clusters', '-o', 'name'), 'cluster/dead\ncluster/odd\n');
    assert.match(await output('get', 'clusters', '-o', 'wide'), /^odd .*Failed .*\n.*ClusterFileInvalid,\d+[ms]$/m);
    const path = '{range .items[*]}{.name}={.status.phase}{"\\n"}{end}';
    assert.equal(await output('get', 'clusters', '-o', `jsonpath=${path}`), 'dead=Deleting\nodd=Failed\n');
  });

  it('are answered for by name, with what to do', async () => {
    assert.match(await output('get', 'cluster', 'dead'), /^dead +Deleting/m);
    assert.match(await output('get', 'cluster', 'odd'), /^odd +Failed/m);
    assert.equal(JSON.parse(await output('get', 'cluster', 'odd', '-o', 'json')).status.phase, 'Failed');
    assert.match(await output('describe', 'cluster', 'dead'), /Offboarded +False/);
    assert.match(await output('describe', 'cluster', 'odd'), /ClusterFileInvalid .*Correct or remove the file/);
    assert.equal((await bed.user.run('get', 'cluster', 'none')).code, 4);
  });

  it('are in `doctor`', async () => {
    const { code, stdout } = await bed.user.run('doctor');
    assert.equal(code, 1);
    assert.match(stdout, /cluster\/dead +Deleting/);
    assert.match(stdout, /cluster\/odd +Failed/);
  });
});
