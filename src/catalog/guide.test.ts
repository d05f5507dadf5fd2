import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { clusterFactNames } from './fact-names.ts';
import { loadCatalog } from './load-catalog.ts';

const root = join(import.meta.dirname, '../..');
const GUIDE = join(root, 'docs/catalogue.md');
const CHINESE_GUIDE = join(root, 'docs/zh-CN/catalogue.md');

describe('the guide to the catalogue', () => {
  it('has examples that can be loaded', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nautes-guide-test-'));
    try {
      const examples = [...(await readFile(GUIDE, 'utf8')).matchAll(/^```yaml\n(components:[^]*?)^```/gm)];
      assert.equal(examples.length, 2);
      const files = examples.map((_, index) => join(directory, `${index}.yaml`));
      await Promise.all(examples.map(([, example = ''], index) => writeFile(files[index] ?? '', example)));
      const catalog = await loadCatalog(files);
      assert.equal(catalog.defaultFor('multiTenant')?.name, 'capsule');
      assert.equal(catalog.component('argocd')?.namespace, 'gitops');
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('names every fact', async () => {
    const guide = await readFile(GUIDE, 'utf8');
    for (const name of clusterFactNames) assert.ok(guide.includes(`\`${name}\``), name);
  });

  for (const page of [GUIDE, CHINESE_GUIDE]) {
    it(`names every component and its version: ${relative(root, page)}`, async () => {
      const guide = await readFile(page, 'utf8');
      for (const { name, version } of (await loadCatalog()).components()) {
        assert.match(guide, new RegExp(`^\\| \`${name}\` \\|.*${version.replaceAll('.', '\\.')}`, 'm'));
      }
    });
  }
});
