import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { anchorsOf, markdownPages, relativeLinks } from './markdown.ts';

const root = join(import.meta.dirname, '../..');
const CHINESE = 'docs/zh-CN/';
const pages = await markdownPages(root);

/** Pages in English only: those for contributors. */
const isEnglishOnly = (page: string): boolean =>
  ['docs/decisions/', 'docs/contributing/'].some((folder) => page.startsWith(folder));

const read = (page: string): Promise<string> => readFile(join(root, page), 'utf8');

describe('documentation in two languages', () => {
  const english = pages.filter((page) => page.startsWith('docs/') && !page.startsWith(CHINESE) && !isEnglishOnly(page));
  const chinese = pages.filter((page) => page.startsWith(CHINESE));
  const counterparts = english.map(counterpart);

  it('has a Chinese page for each English one and no other', () => {
    assert.deepEqual(chinese, counterparts.toSorted());
  });

  const pairs = [...english.map((page) => [page, counterpart(page)] as const), readmes()];
  for (const [one, other] of pairs) {
    it(`${one} and its counterpart link to each other`, async () => {
      assert.ok((await read(one)).includes(`[简体中文](${relative(dirname(one), other)})`), one);
      assert.ok((await read(other)).includes(`[English](${relative(dirname(other), one)})`), other);
    });

    it(`${one} and its counterpart have the same sections and examples`, async () => {
      assert.deepEqual(outline(await read(other)), outline(await read(one)));
    });
  }
});

function counterpart(page: string): string {
  return page.replace('docs/', CHINESE);
}

function readmes(): readonly [string, string] {
  return ['README.md', 'README.zh-CN.md'];
}

/** Levels of headings, languages of examples and numbers of table rows, in their order. */
function outline(text: string): readonly string[] {
  const lines = text.matchAll(/^(#+) |^(```\w*)$|^(\|)/gm);
  return [...lines].map(([, heading = '', fence = '', row = '']) => heading + fence + row);
}

describe('links in Markdown', () => {
  for (const page of pages) {
    it(`${page}: every relative link leads somewhere`, async () => {
      const broken: string[] = [];
      for (const { text, path, anchor } of relativeLinks(page, await read(page))) {
        const exists = existsSync(join(root, path));
        const hasAnchor = anchor === '' || !exists || !path.endsWith('.md') || anchorsOf(await read(path)).has(anchor);
        if (!exists || !hasAnchor) broken.push(text);
      }
      assert.deepEqual(broken, []);
    });
  }
});
