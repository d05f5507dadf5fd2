import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { lockDirectory } from './directory-lock.ts';
import { NautesError } from '../../errors/errors.ts';

const HOLDER = `
  const { lockDirectory } = await import(process.argv[1]);
  await lockDirectory(process.argv[2]);
  console.log('locked');
  setInterval(() => {}, 1000);
`;

/** A second process that holds the lock until it is killed. */
async function startHolder(directory: string): Promise<ChildProcess> {
  const module = new URL('./directory-lock.ts', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', HOLDER, '--', module, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  assert.ok(child.stdout);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  assert.equal(line.toString(), 'locked\n');
  return child;
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

const lockedBy = (pid: number | undefined) => (error: unknown) => {
  assert.ok(error instanceof NautesError);
  assert.equal(error.reason, 'DataDirectoryLocked');
  assert.match(error.message, new RegExp(`process ${pid}$`));
  return true;
};

describe('lock of a data directory', () => {
  let root = '';
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'nautes-lock-'));
  });
  after(() => rm(root, { recursive: true, force: true }));

  it('is refused to a second holder in the same process, and released by close', async () => {
    const directory = join(root, 'same-process');
    const lock = await lockDirectory(directory);
    await assert.rejects(lockDirectory(directory), lockedBy(process.pid));
    await lock.close();
    await lock.close();
    const again = await lockDirectory(directory);
    await again.close();
    assert.deepEqual(await readdir(directory), ['lock']);
  });

  it('is refused with the id of the holder, and available after its SIGKILL', async () => {
    const directory = join(root, 'killed');
    const holder = await startHolder(directory);
    try {
      await assert.rejects(lockDirectory(directory), lockedBy(holder.pid));
    } finally {
      await stop(holder, 'SIGKILL');
    }
    const lock = await lockDirectory(directory);
    await assert.rejects(lockDirectory(directory), lockedBy(process.pid));
    await lock.close();
  });

  it('goes to exactly one of concurrent callers', async () => {
    const directory = join(root, 'many');
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => lockDirectory(directory)));
    const winners = results.filter((result) => result.status === 'fulfilled');
    assert.equal(winners.length, 1);
    for (const winner of winners) await winner.value.close();
  });

  it('is refused with the problem when the directory cannot be created', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');
    await assert.rejects(lockDirectory(join(file, 'data')), { reason: 'DataDirectoryUnusable' });
  });

  it('is refused with the problem when the lock file is something else', async () => {
    const directory = join(root, 'foreign');
    const lock = await lockDirectory(directory);
    await lock.close();
    await writeFile(join(directory, 'lock'), 'x'.repeat(4096));
    await assert.rejects(lockDirectory(directory), { reason: 'DataDirectoryUnusable' });
  });
});
