import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { waitUntil } from '../../test/harness/wait-until.ts';
import { buildImage, type BuiltImage } from './build-image.ts';
import { projectRoot } from '../package/program-files.ts';
import { Container } from './container.ts';
import { missingPrograms } from './programs.ts';

const skip = await reasonToSkip();
const CONSOLE_IS_BUILT = existsSync(join(projectRoot, 'dist/console/index.html'));

describe('the container image', { skip }, () => {
  let directory: string;
  let image: BuiltImage;
  let container: Container;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-image-test-'));
    image = await buildImage({ layout: join(directory, 'image'), keepSystem: true });
    container = await Container.create(image, {
      NAUTES_ADDRESSES_LOOPBACK: 'allow',
      NAUTES_CATALOG_FILES: '/opt/nautes/sandbox/stand-ins/catalog.yaml',
    });
    container.start();
    await ready();
  });
  after(async () => {
    await container[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  });

  it('runs as 65532 without capabilities and can write in one place only', async () => {
    const seen = await node(`
      const fs = require('node:fs');
      const status = fs.readFileSync('/proc/self/status', 'utf8');
      const field = (name) => new RegExp('^' + name + ':\\\\s*(.*)$', 'm').exec(status)[1];
      const places = ['/', '/tmp', '/dev', '/dev/shm', '/opt/nautes', '/etc', '/run', '/var/tmp', '/var/lib', '/var/lib/nautes'];
      const writable = places.filter((place) => {
        try { fs.writeFileSync(place + '/probe', ''); fs.rmSync(place + '/probe'); return true; } catch { return false; }
      });
      const interfaces = fs.readFileSync('/proc/net/dev', 'utf8').match(/^ *\\w+(?=:)/gm).map((name) => name.trim());
      console.log(JSON.stringify({ uid: process.getuid(), effective: field('CapEff'), bounding: field('CapBnd'),
        noNewPrivileges: field('NoNewPrivs'), writable, interfaces }));`);
    const none = '0000000000000000';
    assert.deepEqual(JSON.parse(seen), {
      uid: 65532,
      effective: none,
      bounding: none,
      noNewPrivileges: '1',
      writable: ['/var/lib/nautes'],
      interfaces: ['lo'],
    });
  });

  it('is ready with everything that it needs, helm among it', async () => {
    const { checks } = JSON.parse(await node(ASK_READINESS)) as { readonly checks: Readonly<Record<string, string>> };
    for (const part of ['config_repository', 'secret_store', 'status_store', 'controllers', 'helm']) {
      assert.equal(checks[part], 'ok', part);
    }
  });

  it('serves the web console', {
    skip: CONSOLE_IS_BUILT ? false : 'the console is not built (make console)',
  }, async () => {
    const found = JSON.parse(await node(ASK_CONSOLE)) as { readonly page: number; readonly script: number };
    assert.deepEqual(found, { page: 200, script: 200 });
  });

  it('registers a cluster, which is still there after kill -9 and a start', async () => {
    container.execBeside(['nautes', 'sandbox', '--clusters', '1', '--dir', '/var/lib/nautes/clusters']);
    const kubeconfig = '/var/lib/nautes/clusters/cluster-1.kubeconfig';
    await waitUntil('the kubeconfig of the simulated cluster', async () => {
      return (await container.exec(['/usr/bin/test', '-s', kubeconfig])).code === 0;
    });
    const token = await output(['nautes', 'token', 'create', '--name', 'test', '--role', 'maintainer']);
    await output(['nautes', 'login', 'http://127.0.0.1:8000', '--wait'], token);
    await output(['nautes', 'cluster', 'add', 'first', '--kubeconfig', kubeconfig, '--wait', '--yes']);
    assert.match(await output(['nautes', 'get', 'clusters']), /^first\b.*\bReady\b/m);

    await container.end('KILL');
    container.start();
    await ready();
    assert.match(await output(['nautes', 'get', 'clusters']), /^first\b/m);
  });

  it('lists its parts in a bill of materials', async () => {
    const text = await output(['/bin/cat', '/opt/nautes/sbom.cdx.json']);
    const bom = JSON.parse(text) as {
      readonly bomFormat: string;
      readonly components: readonly { readonly purl: string }[];
    };
    assert.equal(bom.bomFormat, 'CycloneDX');
    const purls = bom.components.map(({ purl }) => purl);
    const installed = await output([
      'dpkg-query',
      '--show',
      '--showformat',
      '${Package} ${Version} ${Architecture}\\n',
    ]);
    for (const line of installed.trim().split('\n')) {
      const [name = '', version = '', architecture = ''] = line.split(' ').map(encodeURIComponent);
      const prefix = `pkg:deb/debian/${name}@${version}?arch=${architecture}&`;
      assert.ok(
        purls.some((purl) => purl.startsWith(prefix)),
        prefix,
      );
    }
    const lock = JSON.parse(await readFile(join(import.meta.dirname, '../../package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
    };
    const production = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);
    assert.equal(purls.filter((purl) => purl.startsWith('pkg:npm/')).length, production.length);
    assert.ok(
      purls.some((purl) => purl.startsWith('pkg:generic/node@24.')) && purls.some((purl) => purl.includes('helm')),
    );
  });

  it('ends with 0 on SIGTERM within the grace', async () => {
    assert.equal(await container.end('TERM'), 0, container.output.slice(-2000));
  });

  async function ready(): Promise<void> {
    await waitUntil('readiness in the container', async () => {
      const { code } = await container.exec(['/usr/local/bin/node', '-e', ASK_READINESS]);
      return code === 0;
    }).catch((error: unknown) => {
      throw new Error(`the container is not ready:\n${container.output}`, { cause: error });
    });
  }

  async function node(program: string): Promise<string> {
    return output(['/usr/local/bin/node', '-e', program]);
  }

  async function output(args: readonly string[], input = ''): Promise<string> {
    const { code, stdout, stderr } = await container.exec(args, input);
    assert.equal(code, 0, `${args.join(' ')}: ${stdout.toString()}${stderr}`);
    return stdout.toString();
  }
});

const ASK_READINESS = `fetch('http://127.0.0.1:8000/readyz').then(async (reply) => {
  console.log(await reply.text());
  process.exitCode = reply.ok ? 0 : 1;
}, () => { process.exitCode = 1; });`;

/** The page of the console, and the script that it names. */
const ASK_CONSOLE = `fetch('http://127.0.0.1:8000/console').then(async (page) => {
  const [path] = /\\/console\\/assets\\/[\\w-]+\\.js/.exec(await page.text());
  const script = await fetch('http://127.0.0.1:8000' + path);
  console.log(JSON.stringify({ page: page.status, script: script.status }));
});`;

async function reasonToSkip(): Promise<string | false> {
  if (process.env['NAUTES_TEST_REAL'] === 'skip') return 'left to make test-real';
  if (process.getuid?.() !== 0) return 'runc is run by root only here';
  return (await missingPrograms(['mmdebstrap', 'umoci', 'runc'])) ?? false;
}
