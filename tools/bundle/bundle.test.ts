import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { CommandLine } from '../../test/harness/command-line.ts';
import { RecordingServer } from '../../test/harness/recording-server.ts';
import { type Bundle, makeBundle, packBundle } from './bundle.ts';

describe('the bundled client', () => {
  let directory: string;
  let bundle: Bundle;
  /** With the Node that runs this test first on the PATH: the command finds it by its name. */
  const path = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-bundle-'));
    bundle = await makeBundle(join(directory, 'dist'));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  it('is one file that works alone, in any directory', async () => {
    const alone = join(directory, 'nautes');
    await copyFile(bundle.file, alone);
    await using user = await CommandLine.open({ PATH: path }, alone);
    const version = await user.run('version', '--client', '-o', 'json');
    assert.equal(version.code, 0, version.stderr);
    assert.equal((JSON.parse(version.stdout) as { client: { version: string } }).client.version, bundle.version);
    await using server = await RecordingServer.start();
    const applied = await user.feed(
      'kind: Cluster\nspec: {name: a}\n',
      'apply',
      '-f',
      '-',
      '-s',
      server.url,
      '-t',
      't',
    );
    assert.equal(applied.code, 0, applied.stderr);
    assert.deepEqual(
      server.requests.map(({ method, path: at }) => [method, at]),
      [['POST', '/api/v1/clusters/a']],
    );
    assert.match((await user.run('--help', '--lang', 'zh')).stdout, /^用法：/);
  });

  it('explains where the server commands are', async () => {
    await using user = await CommandLine.open({ PATH: path }, bundle.file);
    const { code, stderr } = await user.run('server', '--data-dir', 'x');
    assert.equal(code, 1);
    assert.match(stderr, /is a part of the server/);
  });

  it('contains nothing of the server and no path of this machine', async () => {
    const text = await readFile(bundle.file, 'utf8');
    for (const word of ['fastify', 'pino', 'prom-client', 'DatabaseSync', join(import.meta.dirname, '../..')]) {
      assert.ok(!text.includes(word), word);
    }
    assert.ok(((await stat(bundle.file)).mode & 0o111) !== 0, 'it can be run');
  });

  it('is installed by npm as a package without dependencies', async () => {
    const archive = await packBundle(bundle, directory);
    const prefix = join(directory, 'installed');
    const args = ['install', '--global', '--prefix', prefix, '--offline', '--no-audit', '--no-fund', archive];
    const cache = { npm_config_cache: join(directory, 'cache'), npm_config_update_notifier: 'false' };
    const { code, stderr } = await run('npm', args, { environment: { ...process.env, ...cache, PATH: path } });
    assert.equal(code, 0, stderr);
    await using user = await CommandLine.open({ PATH: path }, join(prefix, 'bin/nautes'));
    assert.match((await user.run('version', '--client')).stdout, new RegExp(`^Client: ${bundle.version}$`, 'm'));
  });
});
