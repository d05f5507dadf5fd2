import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { NautesProcess } from '../../test/harness/nautes-process.ts';
import { helmPath } from '../kubectl/kubectl.ts';
import { makePackages, type ServerPackages } from './package.ts';
import { projectRoot } from './program-files.ts';

const CONSOLE_IS_BUILT = existsSync(join(projectRoot, 'dist/console/index.html'));

describe('the packages of the server', () => {
  let directory: string;
  let packages: ServerPackages;
  /** Has git and npm's shell, and whichever Node the system has. */
  const systemPath = '/usr/local/bin:/usr/bin:/bin';

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-package-test-'));
    packages = await makePackages(join(directory, 'dist'), { level: 1 });
  });
  after(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));

  it('start from the archive with Node and helm, in a folder with a space and an empty environment', async (test) => {
    if (packages.complete === undefined) return test.skip('npm has no helm for this platform');
    const command = await unpack(packages.complete, 'of the machine');
    await serves(command, [`PATH=${systemPath}`]);
  });

  it('start from the archive for every platform with Node and helm of the PATH', async () => {
    const command = await unpack(packages.archive, 'bare');
    await serves(command, [`PATH=${await toolPath()}:${systemPath}`]);
  });

  it('say that Node is missing', async () => {
    const command = await unpack(packages.archive, 'without-node');
    const tools = join(directory, 'no-node');
    await mkdir(tools);
    for (const tool of ['dirname', 'mkdir', 'readlink']) await symlink(`/usr/bin/${tool}`, join(tools, tool));
    const { code, stderr } = await run('/bin/sh', [command, 'version'], { environment: { PATH: tools } });
    assert.equal(code, 1);
    assert.match(stderr, /^nautes: Node 24 or later is needed on the PATH/);
  });

  it('are installed by npm without a registry', async () => {
    const prefix = join(directory, 'npm');
    const args = ['install', '--global', '--prefix', prefix, '--offline', '--no-audit', '--no-fund', packages.npm];
    const cache = { npm_config_cache: join(directory, 'npm-cache'), npm_config_update_notifier: 'false' };
    const { code, stderr } = await run('npm', args, { environment: { ...process.env, ...cache } });
    assert.equal(code, 0, stderr);
    await serves(join(prefix, 'bin/nautes'), [`PATH=${await toolPath()}:${systemPath}`]);
  });

  it('have the checksums that they come with', async () => {
    const { code, stdout } = await run('sha256sum', ['--check', packages.checksums], {
      directory: dirname(packages.checksums),
    });
    assert.equal(code, 0);
    assert.match(stdout.toString(), /^nautes-\S+\.tgz: OK$/m);
  });

  it('contain no test, no path of this machine and no package of development', async () => {
    const listed = await run('tar', ['--list', '--gzip', '--file', packages.archive]);
    const files = listed.stdout.toString();
    assert.match(files, /^nautes-\S+\/src\/cli\/main\.js$/m);
    assert.match(files, /^nautes-\S+\/systemd\/nautes\.service$/m);
    assert.match(files, /^nautes-\S+\/deploy\/publishing\/argocd\.yaml$/m);
    for (const unwanted of [/\.test\.[jt]s$/m, /\/testing\/.*\.js$/m, /node_modules\/(typescript|esbuild)\//]) {
      const found = unwanted.exec(files.replaceAll(/^.*node_modules\/(?!typescript|esbuild).*$/gm, ''));
      assert.equal(found, null);
    }
  });

  /** The command of an archive, unpacked in a new folder. */
  async function unpack(archive: string, name: string): Promise<string> {
    const target = join(directory, name);
    await mkdir(target);
    const { code, stderr } = await run('tar', ['--extract', '--gzip', '--file', archive, '--directory', target]);
    assert.equal(code, 0, stderr);
    return join(target, `nautes-${packages.version}`, 'bin/nautes');
  }

  /** A folder with the project's Node and helm. */
  async function toolPath(): Promise<string> {
    const tools = join(directory, 'tools');
    await mkdir(tools, { recursive: true });
    const programs = { node: process.execPath, helm: await helmPath() };
    for (const [name, program] of Object.entries(programs)) {
      await rm(join(tools, name), { force: true });
      await symlink(program, join(tools, name));
    }
    return tools;
  }

  /** The page and a file that it names, where the console was built before the packages. */
  async function servesConsole(url: string): Promise<void> {
    const page = await fetch(`${url}/console`);
    assert.equal(page.status, CONSOLE_IS_BUILT ? 200 : 503);
    if (!CONSOLE_IS_BUILT) return;
    const [script = ''] = /\/console\/assets\/[\w-]+\.js/.exec(await page.text()) ?? [];
    const asset = await fetch(url + script);
    assert.equal(asset.status, 200, script);
    assert.ok((await asset.text()).length > 10_000);
  }

  /** Starts the server with these variables only, asks it, and ends it. */
  async function serves(command: string, variables: readonly string[]): Promise<void> {
    const home = await mkdtemp(join(directory, 'home-'));
    const launcher = ['env', '-i', `HOME=${home}`, ...variables];
    await using server = await NautesProcess.start({ launcher, command });
    const client = await server.client();
    const ready = await client.request('GET', '/readyz');
    assert.equal(ready.status, 200, JSON.stringify(ready.body));

    const checks = ready.body['checks'] as Record<string, string>;
    assert.equal(checks['helm'], 'ok');
    await servesConsole(server.url);
    assert.match(
      (await run('env', ['-i', ...variables, command, 'version', '--client'])).stdout.toString(),
      new RegExp(packages.version),
    );
    assert.equal((await server.stop()).code, 0, server.output);
  }
});
