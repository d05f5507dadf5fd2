import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sha256 } from '../base/hash.ts';
import type { KubeObject } from '../kube-objects/kube-object.ts';
import { parseManifest } from '../kube-objects/manifest.ts';
import { ParsedSources } from './parsed-sources.ts';

describe('parsed sources', () => {
  let parent: string;
  let directory: string;
  let parses = 0;

  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'nautes-parsed-'));
    directory = join(parent, 'parsed');
  });
  after(() => rm(parent, { recursive: true }));

  function manifest(name: string): string {
    return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;
  }

  /** Simulates a restart. */
  async function objectsOf(text: string): Promise<KubeObject[]> {
    return await new ParsedSources(directory).objects(sha256(text), () => {
      parses += 1;
      return Promise.resolve(parseManifest(text));
    });
  }

  it('are parsed once, also across a restart', async () => {
    const first = await objectsOf(manifest('one'));
    assert.deepEqual(await objectsOf(manifest('one')), first);
    assert.equal(parses, 1);
    const other = await objectsOf(manifest('two'));
    assert.deepEqual([other[0]?.metadata.name, parses], ['two', 2]);
  });

  it('are parsed again when the cached copy is damaged, truncated or empty', async () => {
    const whole = await objectsOf(manifest('three'));
    const [file = ''] = (await newestFirst()).map((name) => join(directory, name));
    const content = await readFile(file, 'utf8');
    for (const damaged of [content.replace('three', 'thief'), content.slice(0, -5), '', '{}']) {
      const earlier = parses;
      await writeFile(file, damaged);
      assert.deepEqual(await objectsOf(manifest('three')), whole);
      assert.equal(parses, earlier + 1, JSON.stringify(damaged));
    }
  });

  it('are returned although the cache is not writable', async () => {
    const blocked = join(parent, 'file');
    await writeFile(blocked, '');
    const objects = await new ParsedSources(join(blocked, 'parsed')).objects(sha256(manifest('four')), () =>
      Promise.resolve(parseManifest(manifest('four'))),
    );
    assert.equal(objects[0]?.metadata.name, 'four');
  });

  it('a failure of the parser is passed on and not cached', async () => {
    const kept = await readdir(directory);
    const failing = new ParsedSources(directory).objects('x', () => Promise.reject(new Error('no manifest')));
    await assert.rejects(failing, /no manifest/);
    assert.deepEqual(await readdir(directory), kept);
  });

  it('the least recently used ones are evicted', async () => {
    const [newest = ''] = await newestFirst();
    const long = new Date(Date.now() - 3_600_000);
    for (const name of await readdir(directory)) if (name !== newest) await utimes(join(directory, name), long, long);
    for (let index = 0; index < 99; index += 1) await objectsOf(manifest(`many-${index}`));
    const names = await readdir(directory);
    assert.equal(names.length, 100);
    assert.ok(names.includes(newest));
  });

  async function newestFirst(): Promise<readonly string[]> {
    const names = await readdir(directory);
    const times = new Map<string, number>();
    for (const name of names) times.set(name, (await stat(join(directory, name))).mtimeMs);
    return names.toSorted((left, right) => (times.get(right) ?? 0) - (times.get(left) ?? 0));
  }
});
