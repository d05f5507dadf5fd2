import assert from 'node:assert/strict';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sleep } from '../../src/base/async/timing.ts';
import { freePort } from '../net/ports.ts';
import { startUntilReady, waitUntil } from './startup.ts';
import { SupervisedProcess } from './supervised-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

let directory: string;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nautes-supervised-'));
});

after(async () => {
  await rm(directory, { recursive: true });
});

describe('SupervisedProcess', () => {
  it('runs until it is killed, and leaves no process then', async () => {
    const sleeper = await startScript('sleeper', 'exec sleep 1000');
    assert.equal(sleeper.running, true);
    await sleeper.kill();
    assert.equal(sleeper.running, false);
    assert.throws(() => process.kill(-sleeper.processGroup, 0), { code: 'ESRCH' });
    await sleeper.kill();
  });

  it('passes arguments as they are', async () => {
    const echo = await startScript('echo', 'printf "<%s>" "$@"', ['a b', '$HOME', "it's", '--', '']);
    await whenEnded(echo);
    assert.equal(await echo.logTail(), "<a b><$HOME><it's><--><>");
  });

  it('leaves no process when the program ends by itself', async () => {
    const brief = await startScript('brief', 'echo done; exit 3');
    await whenEnded(brief);
    assert.throws(() => process.kill(-brief.processGroup, 0), { code: 'ESRCH' });
    assert.equal(await brief.logTail(), 'done');
  });
});

describe('startUntilReady', () => {
  it('reports the last output of a program that exits', async () => {
    const start = () => startScript('broken', 'echo "unknown flag: --x" >&2; exit 1');
    await assert.rejects(startUntilReady({ start, ready: async () => false }), /broken ended:\nunknown flag: --x/);
  });

  it('tries again when another process took the port', async () => {
    let starts = 0;
    const start = () => {
      starts += 1;
      return startScript(
        'listener',
        starts < 3 ? 'echo "bind: address already in use"; exit 1' : 'exec sleep 1000',
        [],
        starts,
      );
    };
    const started = await startUntilReady({ start, ready: async () => starts === 3 });
    assert.equal(started.running, true);
    await started.kill();
  });

  it('kills the program when the signal aborts', async () => {
    let sleeper: SupervisedProcess | undefined;
    const start = async () => (sleeper = await startScript('never-ready', 'exec sleep 1000'));
    const signal = AbortSignal.timeout(100);
    await assert.rejects(startUntilReady({ start, ready: async () => false, signal }), /abort/i);
    assert.equal(sleeper?.running, false);
  });
});

describe('temporaryDirectory', () => {
  it('is removed with its content', async () => {
    const temporary = await temporaryDirectory('nautes-test-');
    await writeFile(join(temporary.path, 'file'), '');
    await temporary[Symbol.asyncDispose]();
    await assert.rejects(access(temporary.path), { code: 'ENOENT' });
  });
});

describe('waitUntil', () => {
  it('resolves when the condition holds', async () => {
    let calls = 0;
    await waitUntil('three calls', async () => (calls += 1) === 3, { processes: [] });
    assert.equal(calls, 3);
  });
});

describe('freePort', () => {
  it('finds a port that stays clear of node ports and of those the system gives away', async () => {
    const port = await freePort('127.0.0.1');
    assert.ok(port >= 18_000 && port < 30_000, String(port));
  });
});

async function startScript(
  name: string,
  script: string,
  args: readonly string[] = [],
  serial = 0,
): Promise<SupervisedProcess> {
  const logFile = join(directory, `${name}-${serial}.log`);
  return SupervisedProcess.start({ name, program: '/bin/sh', args: ['-c', script, 'sh', ...args], logFile });
}

async function whenEnded(supervised: SupervisedProcess): Promise<void> {
  while (supervised.running) await sleep(10);
}
