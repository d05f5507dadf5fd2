import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { canLimitPrograms } from './limits.ts';
import { run } from './process.ts';
import { sleep } from '../async/timing.ts';
import { directPrograms } from './direct-programs.ts';
import { HostedPrograms } from './hosted-programs.ts';
import { describeProgramsContract } from './programs.contract.ts';

describeProgramsContract('of this process', () => directPrograms);
describeProgramsContract('of a small process', () => new HostedPrograms());

async function parentOf(programs: HostedPrograms): Promise<number> {
  return Number((await run('/bin/sh', ['-c', 'echo $PPID'], { programs })).stdout.toString());
}

/** Whether it runs; on Linux a zombie does not. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  return !/\) Z /.test(stat);
}

describe('program host', () => {
  it('is a separate process, and has exited after closing', async () => {
    const programs = new HostedPrograms();
    const host = await parentOf(programs);
    assert.notEqual(host, process.pid);
    await programs.close();
    assert.ok(!(await isAlive(host)));
    assert.throws(() => programs.start('true', [], {}, { onOutput() {}, onError() {}, onEnd() {}, onFailure() {} }));
  });

  it('is replaced when it is killed; the exit codes of its programs are lost', async () => {
    const programs = new HostedPrograms();
    const host = await parentOf(programs);
    const lost = run('/bin/sleep', ['0.2'], { programs });
    process.kill(host, 'SIGKILL');
    assert.equal((await lost).code, -1);
    const next = await parentOf(programs);
    assert.notEqual(next, host);
    await programs.close();
  });

  it('leaves no program that has limits when it is killed', { skip: !canLimitPrograms() && 'no prlimit' }, async () => {
    const programs = new HostedPrograms();
    const host = await parentOf(programs);
    const printed = Promise.withResolvers<number>();
    programs.start(
      '/bin/sh',
      ['-c', 'echo $$; exec sleep 300'],
      { limits: { memoryBytes: 64 * 1024 * 1024 } },
      {
        onOutput: (chunk) => printed.resolve(Number(chunk.toString())),
        onError() {},
        onEnd() {},
        onFailure: printed.reject,
      },
    );
    const program = await printed.promise;
    process.kill(host, 'SIGKILL');
    while (await isAlive(program)) await sleep(20);
    await programs.close();
  });

  it('ignores signals from the terminal', async () => {
    const programs = new HostedPrograms();
    const host = await parentOf(programs);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(host, signal);
    assert.equal(await parentOf(programs), host);
    await programs.close();
  });

  it('kills programs with those that they have started', async () => {
    const programs = new HostedPrograms();
    const stop = new AbortController();
    const printed = Promise.withResolvers<number>();
    const program = programs.start(
      '/bin/sh',
      ['-c', 'sleep 300 & echo $!; wait'],
      {},
      {
        onOutput: (chunk) => printed.resolve(Number(chunk.toString())),
        onError() {},
        onEnd: () => stop.abort(),
        onFailure: printed.reject,
      },
    );
    const grandchild = await printed.promise;
    assert.ok(await isAlive(grandchild));
    program.kill('SIGKILL');
    while (await isAlive(grandchild)) await sleep(20);
    while (!stop.signal.aborted) await sleep(20);
    await programs.close();
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`and its programs, with those that they have started, end when the parent ends by ${signal}`, async () => {
      const script = `
        import { HostedPrograms } from '${import.meta.resolve('./hosted-programs.ts')}';
        const programs = new HostedPrograms();
        programs.start('/bin/sh', ['-c', 'trap "" TERM; sleep 300 & echo $PPID $$ $!; wait; wait'], {}, {
          onOutput: (chunk) => process.stdout.write(chunk), onError() {}, onEnd() {}, onFailure() {} });`;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
      const started = chunk.toString().trim().split(' ').map(Number);
      assert.equal(started.length, 3);
      child.kill(signal);
      for (const pid of started) while (await isAlive(pid)) await sleep(20);
    });
  }

  it('neither keeps its parent alive nor outlives it', async () => {
    const script = `
      import { HostedPrograms } from '${import.meta.resolve('./hosted-programs.ts')}';
      import { run } from '${import.meta.resolve('./process.ts')}';
      const programs = new HostedPrograms();
      const { stdout } = await run('/bin/sh', ['-c', 'sleep 0.1; echo $PPID'], { programs });
      console.log(stdout.toString());`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    assert.deepEqual(await once(child, 'close'), [0, null]);
    const host = Number(printed);
    assert.ok(host > 1);
    while (await isAlive(host)) await sleep(20);
  });
});
