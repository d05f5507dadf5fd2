import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { run, type RunResult } from '../../src/base/programs/process.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { waitUntil } from '../harness/wait-until.ts';

const COMMAND = join(import.meta.dirname, '../../bin/nautes');
const directory = await mkdtemp(join(tmpdir(), 'nautes-cli-'));
after(() => rm(directory, { recursive: true }));

function nautes(...args: readonly string[]): Promise<RunResult> {
  return run(COMMAND, args, { environment: { PATH: process.env['PATH'] } });
}

describe('nautes', () => {
  it('prints its version and help, also through a symbolic link', async () => {
    const link = join(directory, 'nautes');
    await symlink(COMMAND, link);
    const { version } = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
      version: string;
    };
    assert.equal((await run(link, ['--version'])).stdout.toString().trim(), version);
    const help = await nautes('--help');
    assert.equal(help.code, 0);
    for (const command of ['server', 'token', 'ca', 'sandbox', 'apply', 'get', 'cluster'])
      assert.match(help.stdout.toString(), new RegExp(command));
  });

  it('ends with 2 and says what is wrong when it is called wrongly', async () => {
    for (const args of [
      ['nonsense'],
      ['server', '--role', 'king'],
      ['token', 'create'],
      ['sandbox', '--clusters', '0'],
    ]) {
      const { code, stdout, stderr } = await nautes(...args);
      assert.equal(code, 2, args.join(' '));
      assert.equal(stdout.toString(), '');
      assert.match(stderr, /^nautes: /);
    }
  });

  it('ends with 1 and names the remedy when the configuration is wrong', async () => {
    const { code, stderr } = await nautes('server', '--config', join(directory, 'none.yaml'));
    assert.equal(code, 1);
    assert.match(stderr, /none\.yaml/);
    assert.match(stderr, /--print-config/);
  });

  it('makes, lists and revokes tokens while a server runs on the directory', async () => {
    await using server = await NautesProcess.start({ configuration: { log: { level: 'silent' } } });
    const where = ['--data-dir', server.dataDirectory];
    const made = await nautes('token', 'create', ...where, '--name', 'ada', '--role', 'reader');
    assert.match(made.stdout.toString(), /^nautes_ada_\w+\n$/);
    const headers = { authorization: `Bearer ${made.stdout.toString().trim()}` };
    const ask = async (): Promise<number> => (await fetch(`${server.url}/api/v1/clusters`, { headers })).status;
    assert.equal(await ask(), 200);
    const list = await nautes('token', 'list', ...where);
    assert.match(list.stdout.toString(), /^ada +reader/m);
    assert.equal((await nautes('token', 'revoke', ...where, 'ada')).code, 0);
    await waitUntil('the token is refused', async () => (await ask()) === 401);
  });

  it('refuses a second server on the same data directory and names the first', async () => {
    await using server = await NautesProcess.start({ configuration: { log: { level: 'silent' } } });
    const { code, stderr } = await nautes('server', '--data-dir', server.dataDirectory, '--listen', '127.0.0.1:0');
    assert.equal(code, 1);
    assert.match(stderr, /in use by process \d+/);
  });
});
