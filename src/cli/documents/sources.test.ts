import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readSources } from './sources.ts';

describe('files with documents', () => {
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-sources-'));
  });
  after(() => rm(directory, { recursive: true }));

  it('are read in UTF-8 and in UTF-16, as PowerShell redirects output', async () => {
    const text = 'kind: Cluster # 集群\n';
    const bytes = {
      'utf8.yaml': Buffer.from(text),
      'little.yaml': Buffer.from(`\uFEFF${text}`, 'utf16le'),
      'big.yaml': Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
    };
    for (const [name, content] of Object.entries(bytes)) {
      const file = join(directory, name);
      await writeFile(file, content);
      const [source] = await readSources([file], false, () => Promise.resolve(''));
      assert.equal(source?.text, text, name);
    }
  });

  it('are not fetched from an address, and that is said', async () => {
    const reading = readSources(['https://example.org/one.yaml'], false, () => Promise.resolve(''));
    await assert.rejects(reading, /it is an address, which is not fetched: curl/);
  });
});
