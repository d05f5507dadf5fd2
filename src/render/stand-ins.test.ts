import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadCatalog } from '../catalog/load-catalog.ts';
import { type KubeObject, objectKey, referenceOf } from '../kube-objects/kube-object.ts';
import { upstreamCatalog, type UpstreamCatalog } from '../../test/harness/upstream-catalog.ts';
import { clusterFacts } from './facts.ts';
import { Renderer } from './renderer.ts';
import { SourceLoader } from './sources.ts';
import { testCluster } from './testing/cluster.ts';

const STAND_INS = join(import.meta.dirname, '../../sandbox/stand-ins/catalog.yaml');
const signal = new AbortController().signal;

let directory: string;
let renderer: Renderer;
let upstream: UpstreamCatalog;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nautes-stand-ins-test-'));
  upstream = await upstreamCatalog();
  renderer = new Renderer({ sources: new SourceLoader({ directory }), helm: () => Promise.resolve(undefined) });
});

after(async () => {
  renderer.close();
  await upstream.remove();
  await rm(directory, { recursive: true });
});

/** Every component with its default namespace, rendered with one file on top of the built-in catalogue. */
async function renderAll(
  file: string,
  components?: readonly string[],
): Promise<ReadonlyMap<string, readonly KubeObject[]>> {
  const catalog = await loadCatalog([file]);
  const facts = { ...clusterFacts(testCluster('c1'), { vault: { address: '' } }), 'virtualCluster.nodePort': '31456' };
  const result = new Map<string, readonly KubeObject[]>();
  for (const definition of catalog.components()) {
    if (components?.includes(definition.name) === false) continue;
    const choice = { name: definition.name, namespace: definition.namespace, additions: { host: 'argocd.example' } };
    result.set(
      definition.name,
      await renderer.render({ definition, choice, facts, kubernetesVersion: '1.36.4' }, signal),
    );
  }
  return result;
}

describe('the stand-ins', () => {
  it('can be rendered with the patches of the built-in catalogue, and are marked as stand-ins', async () => {
    const catalog = await loadCatalog([STAND_INS]);
    for (const { name, version } of catalog.components()) assert.match(version, /-stand-in$/, name);
    const rendered = await renderAll(STAND_INS);
    const keys = [...rendered.values()].flat().map((object) => objectKey(referenceOf(object)));
    assert.equal(new Set(keys).size, keys.length, 'no object is there twice');
  });

  it('are small, as a demo starts with them', async () => {
    const objects = [...(await renderAll(STAND_INS)).values()].flat();
    assert.ok(JSON.stringify(objects).length < 60_000);
  });

  it('reference images that do not exist, so that they cannot be mistaken for the components', async () => {
    const text = JSON.stringify([...(await renderAll(STAND_INS)).values()]);
    for (const [, image] of text.matchAll(/"image":"([^"]+)"/g)) assert.match(image ?? '', /^registry\.example\//);
  });

  it('have the workloads of the published components, and no kinds that those do not have', async (context) => {
    if (upstream.unavailable !== undefined) return context.skip(upstream.unavailable);
    const [own, published] = [await renderAll(STAND_INS), await renderAll(upstream.file, upstream.components)];
    for (const [component, objects] of published) {
      const namesOf = (of: readonly KubeObject[] | undefined, kinds: readonly string[]): string[] =>
        (of ?? []).filter(({ kind }) => kinds.includes(kind)).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      const workloads = ['Deployment', 'StatefulSet', 'DaemonSet'];
      assert.deepEqual(
        namesOf(own.get(component), workloads).toSorted(),
        namesOf(objects, workloads)
          .map((name) => name.replace(/vc1$/, 'vcluster'))
          .toSorted(),
        component,
      );
      const definitions = namesOf(objects, ['CustomResourceDefinition']);
      for (const name of namesOf(own.get(component), ['CustomResourceDefinition'])) {
        assert.ok(definitions.includes(name), `${component} publishes no ${name}`);
      }
    }
  });
});
