import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { ErrorReason } from '../messages/errors/index.ts';
import { NautesError } from '../errors/errors.ts';
import { sha256 } from '../base/hash.ts';
import type { ChartSource, ComponentDefinition } from '../catalog/definition.ts';
import { helmPath } from '../../tools/kubectl/kubectl.ts';
import type { KubeObject } from '../kube-objects/kube-object.ts';
import { readMirror } from './mirror.ts';
import { Renderer, type RenderRequest } from './renderer.ts';
import { SourceLoader, type SourceLoaderOptions } from './sources.ts';
import { chartArchive, gatewayChart } from './testing/chart-archive.ts';
import { type FileServer, startFileServer, testAuthority } from './testing/file-server.ts';

const signal = new AbortController().signal;
const archive = chartArchive('gateway', gatewayChart);

/** Real helm behind a script that writes a line for each call. */
let helm: string;
let calls: string;
let root: string;
let directory: string;
let attempt = 0;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'nautes-charts-test-'));
  helm = join(root, 'helm');
  calls = join(root, 'calls');
  await writeFile(helm, `#!/bin/sh\necho "$1" >> '${calls}'\nexec '${await helmPath()}' "$@"\n`);
  await chmod(helm, 0o755);
});

beforeEach(async () => {
  attempt += 1;
  directory = join(root, String(attempt));
  await writeFile(calls, '');
});

after(() => rm(root, { recursive: true }));

async function renderings(): Promise<number> {
  return (await readFile(calls, 'utf8')).split('\n').filter((call) => call === 'template').length;
}

function rendererWith(options: Partial<SourceLoaderOptions> = {}): Renderer {
  const sources = new SourceLoader({ directory, certificateAuthorities: testAuthority, ...options });
  return new Renderer({ sources, helm: () => Promise.resolve(helm) });
}

function request(
  chart: Partial<ChartSource> & { repository: string },
  more: Partial<RenderRequest> = {},
): RenderRequest {
  const source: ChartSource = { chart: 'gateway', version: '1.2.3', release: 'edge', ...chart };
  const definition: ComponentDefinition = {
    name: 'gateway',
    namespace: 'gateway',
    version: '1.2.3',
    category: 'gateway',
    sources: [source],
  };
  const choice = { name: 'gateway', namespace: 'gateway', additions: {} };
  return { definition, choice, facts: { 'cluster.name': 'c1' }, kubernetesVersion: '1.36.4', ...more };
}

function find(objects: readonly KubeObject[], kind: string): KubeObject {
  const found = objects.find((object) => object.kind === kind);
  assert.ok(found, kind);
  return found;
}

async function fails(promise: Promise<unknown>, reason: ErrorReason, message: RegExp): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof NautesError, String(error));
    assert.equal(error.reason, reason, error.message);
    assert.match(error.message, message);
    return true;
  });
}

/** A chart repository: index and archive, on different paths. */
function chartRepository(content: Buffer = archive, version = '1.2.3'): Promise<FileServer> {
  const entries = `entries:\n  gateway:\n    - version: 9.9.9\n      urls: [wrong.tgz]\n    - version: ${version}\n      urls: [assets/gateway.tgz]\n`;
  return startFileServer({ '/charts/index.yaml': entries, '/charts/assets/gateway.tgz': content });
}

describe('a chart', () => {
  it('of a repository is found through its index and rendered with the values', async () => {
    await using server = await chartRepository();
    const values = { type: 'NodePort', ports: { web: 8080 } };
    const objects = await rendererWith().render(request({ repository: `${server.url}/charts/`, values }), signal);
    const service = find(objects, 'Service');
    assert.deepEqual(service['spec'], { type: 'NodePort', ports: [{ name: 'web', port: 8080 }] });
    assert.deepEqual(service.metadata, {
      name: 'edge',
      namespace: 'gateway',
      annotations: {
        'namespace-of-release': 'gateway',
        'version-of-cluster': 'v1.36.4',
        'has-monitoring': 'false',
      },
    });
    assert.equal(find(objects, 'CustomResourceDefinition').metadata.namespace, undefined);
  });

  it('is rendered without hooks that are not part of an installation', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'gateway-1.2.3.tgz'), archive);
    const objects = await rendererWith().render(request({ repository: directory }), signal);
    const maps = objects.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata }) => metadata.name);
    assert.deepEqual(maps.toSorted(), ['hook-3', 'hook-4'], 'those of pre-install stay');
  });

  it('is rendered for the namespace of the cluster', async () => {
    await using server = await chartRepository();
    const choice = { name: 'gateway', namespace: 'edge', additions: {} };
    const objects = await rendererWith().render(request({ repository: `${server.url}/charts` }, { choice }), signal);
    assert.equal(find(objects, 'ServiceAccount').metadata.namespace, 'edge');
    assert.equal(find(objects, 'Service').metadata.namespace, 'edge');
    assert.equal(find(objects, 'Service').metadata.annotations?.['namespace-of-release'], 'edge');
  });

  it('sees the API versions of the catalogue', async () => {
    await using server = await chartRepository();
    const chart = { repository: `${server.url}/charts`, apiVersions: ['monitoring.example/v1'] };
    const objects = await rendererWith().render(request(chart), signal);
    assert.equal(find(objects, 'Service').metadata.annotations?.['has-monitoring'], 'true');
  });

  it('of a mirror needs no index, and its digest is recorded under its repository', async () => {
    const path = '/helm.example/charts/gateway-1.2.3.tgz';
    await using server = await startFileServer({ [path]: archive }, 'http');
    const sources = { mirror: readMirror(server.url) };
    await rendererWith(sources).render(request({ repository: 'https://helm.example/charts/' }), signal);
    assert.deepEqual(server.requests, [path]);
    const loader = new SourceLoader({ directory });
    assert.deepEqual([...(await loader.recordedDigests())], [[`https:/${path}`, sha256(archive)]]);
  });

  it('may be an archive at a URL', async () => {
    await using server = await startFileServer({ '/any-name.tgz': archive });
    const objects = await rendererWith().render(request({ repository: `${server.url}/any-name.tgz` }), signal);
    assert.equal(find(objects, 'Service').metadata.name, 'edge');
  });

  it('with another digest is refused and never rendered', async () => {
    await using server = await chartRepository();
    const chart = { repository: `${server.url}/charts`, sha256: '0'.repeat(64) };
    await fails(rendererWith().render(request(chart), signal), 'SourceDigestMismatch', /the catalogue promises/);
    assert.equal(await renderings(), 0);
    await rendererWith().render(request({ ...chart, sha256: sha256(archive) }), signal);
  });

  it('whose version is not in the index is rejected', async () => {
    await using server = await chartRepository(archive, '1.2.4');
    const rendering = rendererWith().render(request({ repository: `${server.url}/charts` }), signal);
    await fails(rendering, 'SourceInvalid', /charts has no gateway 1\.2\.3/);
  });

  it('whose index is invalid or names an address that is not https is rejected', async () => {
    await using server = await chartRepository();
    const entry = (url: string) => `entries:\n  gateway:\n    - version: 1.2.3\n      urls: ["${url}"]\n`;
    for (const [index, problem] of [
      ['{', /is no YAML/],
      ['- 1', /has no gateway/],
      [entry('http://127.0.0.1/a.tgz'), /no https address/],
      [entry('file:///etc/passwd'), /no https address/],
    ] as const) {
      server.files.set('/charts/index.yaml', index);
      const rendering = rendererWith().render(request({ repository: `${server.url}/charts` }), signal);
      await fails(rendering, 'SourceInvalid', problem);
    }
  });
});

describe('a rendering', () => {
  async function renderOnce(
    files: Readonly<Record<string, string>>,
    values: object = {},
  ): Promise<readonly KubeObject[]> {
    await mkdir(directory, { recursive: true });
    const path = join(directory, `${sha256(JSON.stringify(files))}.tgz`);
    await writeFile(path, chartArchive('gateway', { ...gatewayChart, ...files }));
    return rendererWith().render(request({ repository: path, values: { ...values } }), signal);
  }

  it('that is not reproducible is rejected', async () => {
    const secret =
      'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { a: {{ randAlphaNum 12 | quote }} }\n';
    await fails(renderOnce({ 'templates/secret.yaml': secret }), 'ChartNotReproducible', /gateway .* differ/);
  });

  it('that fails in the chart reports why', async () => {
    const template = '{{ required "port is needed" .Values.port }}';
    await fails(renderOnce({ 'templates/a.yaml': template }), 'HelmFailed', /port is needed/);
    const schema = '{"properties": {"type": {"enum": ["NodePort"]}}}';
    await fails(renderOnce({ 'values.schema.json': schema }), 'HelmFailed', /at '\/type': value must be 'NodePort'$/);
    await fails(
      renderOnce({ 'Chart.yaml': 'apiVersion: v2\nname: gateway\nversion: 1.2.3\nkubeVersion: ">=1.99.0"\n' }),
      'HelmFailed',
      /1\.99/,
    );
  });

  it('that gives no manifest, or of an invalid chart, is rejected', async () => {
    await fails(renderOnce({ 'templates/a.yaml': 'a: 1\n' }), 'SourceInvalid', /apiVersion/);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'x.tgz'), 'no archive');
    const rendering = rendererWith().render(request({ repository: join(directory, 'x.tgz') }), signal);
    await fails(rendering, 'HelmFailed', /not appear to be a gzipped archive/);
  });

  it('sees neither the environment nor the files of the server', async () => {
    const template =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: spy }\ndata: { home: {{ .Values.x | quote }}, file: {{ .Files.Get "/etc/hostname" | quote }}, up: {{ .Files.Get "../values.json" | quote }} }\n';
    const objects = await renderOnce({ 'templates/spy.yaml': template }, { x: '{{ env "HOME" }} $HOME' });
    const spy = objects.find(({ metadata }) => metadata.name === 'spy');
    assert.deepEqual(spy?.['data'], { home: '{{ env "HOME" }} $HOME', file: '', up: '' });
  });

  it('without helm, or with a helm that cannot run, is rejected until there is one', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'gateway-1.2.3.tgz'), archive);
    const sources = new SourceLoader({ directory });
    const found: (string | undefined)[] = [undefined, join(directory, 'gateway-1.2.3.tgz'), helm];
    const renderer = new Renderer({ sources, helm: () => Promise.resolve(found.shift()) });
    const render = (): Promise<unknown> => renderer.render(request({ repository: directory }), signal);
    await fails(render(), 'HelmMissing', /helm is needed to render gateway/);
    await fails(render(), 'HelmFailed', /cannot be run/);
    await render();
  });

  it('ends when its renderer closes', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'gateway-1.2.3.tgz'), archive);
    const slow = join(directory, 'slow-helm');
    await writeFile(slow, '#!/bin/sh\n[ "$1" = version ] && echo v1 || exec sleep 60\n');
    await chmod(slow, 0o755);
    const renderer = new Renderer({ sources: new SourceLoader({ directory }), helm: () => Promise.resolve(slow) });
    const rendering = renderer.render(request({ repository: directory }), signal);
    setTimeout(() => renderer.close(), 100);
    await assert.rejects(rendering, { name: 'AbortError' });
  });
});

describe('many clusters', () => {
  it('with the same inputs cost one download and one rendering, and share the objects', async () => {
    await using server = await chartRepository();
    const renderer = rendererWith();
    const clusters = Array.from({ length: 40 }, (_, index) =>
      request({ repository: `${server.url}/charts` }, { facts: { 'cluster.name': `c${index}` } }),
    );
    const rendered = await Promise.all(clusters.map((cluster) => renderer.render(cluster, signal)));
    assert.equal(await renderings(), 2, 'one rendering and the one that confirms it');
    assert.deepEqual(server.requests, ['/charts/index.yaml', '/charts/assets/gateway.tgz']);
    for (const objects of rendered) {
      for (const [index, object] of objects.entries()) assert.equal(object, rendered[0]?.[index]);
    }
  });

  it('cost one rendering for each different version, namespace, value or set of APIs', async () => {
    await using server = await chartRepository();
    const renderer = rendererWith();
    const repository = `${server.url}/charts`;
    const render = (chart: Partial<ChartSource>, more: Partial<RenderRequest> = {}): Promise<readonly KubeObject[]> =>
      renderer.render(request({ repository, ...chart }, more), signal);
    await render({});
    const choice = { name: 'gateway', namespace: 'edge', additions: {} };
    const different: (() => Promise<readonly KubeObject[]>)[] = [
      () => render({}, { kubernetesVersion: '1.35.0' }),
      () => render({}, { choice }),
      () => render({ values: { type: 'ClusterIP' } }),
      () => render({ values: { type: '${cluster.name}' } }),
      () => render({ values: { type: '${cluster.name}' } }, { facts: { 'cluster.name': 'c2' } }),
      () => render({ apiVersions: ['monitoring.example/v1'] }),
      () => render({ release: 'other' }),
    ];
    for (const [index, one] of different.entries()) {
      await one();
      await one();
      assert.equal(await renderings(), 2 * (index + 2), `case ${index}`);
    }
    await render({ values: {} });
    assert.equal(await renderings(), 2 * (different.length + 1), 'the first one is still known');
  });

  it('need neither network nor repository once the archive is cached', async () => {
    const server = await chartRepository();
    const chart = { repository: `${server.url}/charts` };
    await rendererWith().render(request(chart), signal);
    await server[Symbol.asyncDispose]();
    const objects = await rendererWith().render(request(chart), signal);
    assert.equal(find(objects, 'Service').metadata.name, 'edge');
  });
});
