import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { produceOnce } from './user-cache.ts';

describe('produceOnce', () => {
  let parent: string;

  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'nautes-cache-'));
  });

  after(async () => {
    await rm(parent, { recursive: true });
  });

  it('produces once and then reuses the result', async () => {
    const directory = join(parent, 'once');
    let productions = 0;
    const produce = async (temporary: string) => {
      productions += 1;
      await writeFile(join(temporary, 'file'), 'content');
    };
    await produceOnce(directory, produce);
    await produceOnce(directory, produce);
    assert.equal(productions, 1);
    assert.equal(await readFile(join(directory, 'file'), 'utf8'), 'content');
  });

  it('leaves nothing behind when the production fails, and tries again the next time', async () => {
    const directory = join(parent, 'failing');
    await assert.rejects(
      produceOnce(directory, async (temporary) => {
        await writeFile(join(temporary, 'half'), '');
        throw new Error('no network');
      }),
      /no network/,
    );
    assert.deepEqual(await namesWith('failing'), []);
    await produceOnce(directory, async (temporary) => writeFile(join(temporary, 'file'), ''));
    assert.deepEqual(await readdir(directory), ['file']);
  });

  it('produces once for several processes at a time', async () => {
    const directory = join(parent, 'shared');
    const log = join(parent, 'log');
    const program = `
      import { appendFile, writeFile } from 'node:fs/promises';
      import { produceOnce } from ${JSON.stringify(join(import.meta.dirname, 'user-cache.ts'))};
      await produceOnce(${JSON.stringify(directory)}, async (temporary) => {
        await appendFile(${JSON.stringify(log)}, 'produced\\n');
        await new Promise((resolve) => setTimeout(resolve, 300));
        await writeFile(temporary + '/file', '');
      });`;
    const codes = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
        const [code] = (await once(child, 'exit')) as [number];
        return code;
      }),
    );
    assert.deepEqual(codes, [0, 0, 0, 0]);
    assert.equal(await readFile(log, 'utf8'), 'produced\n');
    assert.deepEqual(await namesWith('shared'), ['shared']);
  });

  it('takes over from a process that died', async () => {
    const directory = join(parent, 'dead');
    await writeFile(`${directory}.lock`, '');
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(`${directory}.lock`, longAgo, longAgo);
    let waited = 0;
    await produceOnce(directory, async () => {}, { onWait: () => (waited += 1) });
    assert.equal(waited, 1);
    assert.deepEqual(await namesWith('dead'), ['dead']);
  });

  it('stops waiting when the signal aborts', async () => {
    const directory = join(parent, 'held');
    await writeFile(`${directory}.lock`, '');
    await assert.rejects(
      produceOnce(directory, async () => {}, { signal: AbortSignal.timeout(20) }),
      {
        name: 'AbortError',
      },
    );
  });

  async function namesWith(prefix: string): Promise<string[]> {
    return (await readdir(parent)).filter((name) => name.startsWith(prefix));
  }
});
