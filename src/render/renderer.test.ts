import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadCatalog } from '../catalog/load-catalog.ts';
import { clusterFacts } from './facts.ts';
import { Renderer } from './renderer.ts';
import { SourceLoader } from './sources.ts';
import { testCluster } from './testing/cluster.ts';
import { startFileServer } from './testing/file-server.ts';

const MANIFEST = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\n';
const signal = new AbortController().signal;

describe('components that are prepared', () => {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-renderer-'));
  });
  after(() => rm(directory, { recursive: true }));

  async function definitionsOf(manifest: string) {
    const file = join(directory, 'catalog.yaml');
    const component = `{ name: one, category: gateway, version: '1', namespace: one, default: true, sources: [{ manifest: '${manifest}' }] }`;
    await writeFile(file, `components:\n  - ${component}\n`);
    return (await loadCatalog([file])).components().filter(({ name }) => name === 'one');
  }

  const open = (): Renderer =>
    new Renderer({ sources: new SourceLoader({ directory }), helm: () => Promise.resolve(undefined) });

  it('are read then and not again', async () => {
    const manifest = join(directory, 'install.yaml');
    await writeFile(manifest, MANIFEST);
    const [definition] = await definitionsOf(manifest);
    assert.ok(definition);
    const renderer = open();
    await renderer.prepare([definition]);
    await rm(manifest);
    const choice = { name: 'one', namespace: 'one', additions: {} };
    const facts = clusterFacts(testCluster('c1'), { vault: { address: '' } });
    const objects = await renderer.render({ definition, choice, facts, kubernetesVersion: '1.36.4' }, signal);
    assert.deepEqual(
      objects.map(({ metadata }) => metadata.name),
      ['settings'],
    );
    renderer.close();
  });

  it('are not downloaded for it, and one that cannot be read is left to who renders it', async () => {
    await using server = await startFileServer({ '/install.yaml': MANIFEST });
    const renderer = open();
    await renderer.prepare(await definitionsOf(`${server.url}/install.yaml`));
    assert.deepEqual(server.requests, []);
    await renderer.prepare(await definitionsOf(join(directory, 'missing.yaml')));
    renderer.close();
  });
});
