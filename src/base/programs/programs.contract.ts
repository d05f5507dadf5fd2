import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { canLimitPrograms } from './limits.ts';
import { run } from './process.ts';
import type { Programs } from './programs.ts';

/** The contract of every implementation of {@link Programs}. */
export function describeProgramsContract(kind: string, open: () => Programs): void {
  describe(`programs ${kind}`, () => {
    let programs: Programs;
    let directory = '';
    before(async () => {
      programs = open();
      directory = await realpath(await mkdtemp(join(tmpdir(), 'nautes-programs-')));
    });
    after(async () => {
      await programs.close();
      await rm(directory, { recursive: true });
    });

    const shell = (script: string, more: Parameters<typeof run>[2] = {}) =>
      run('/bin/sh', ['-c', script], { programs, ...more });

    it('give their stdout, stderr and exit code', async () => {
      const { code, stdout, stderr } = await shell('echo out; echo err >&2; exit 7');
      assert.deepEqual([code, stdout.toString(), stderr], [7, 'out\n', 'err\n']);
    });

    it('pass arguments unchanged', async () => {
      const { stdout } = await run('/bin/echo', ['a  b', '$HOME', '; id', ''], { programs });
      assert.equal(stdout.toString(), 'a  b $HOME ; id \n');
    });

    it('read their input to its end, of any bytes and any length', async () => {
      const input = Buffer.alloc(3_000_000, Buffer.from([0, 255, 10, 128]));
      const { stdout } = await run('/bin/cat', [], { programs, input });
      assert.ok(stdout.equals(input));
    });

    it('may end without reading their input', async () => {
      assert.equal((await shell('exit 0', { input: Buffer.alloc(1_000_000) })).code, 0);
    });

    it('see the variables and the directory that were given, and no other variables', async () => {
      const { stdout } = await shell('pwd; echo "$GIVEN-$HOME"', {
        directory,
        environment: { GIVEN: 'x', HOME: undefined },
      });
      assert.equal(stdout.toString(), `${directory}\nx-\n`);
    });

    it('can be written to and read from in turns', async () => {
      const heard: string[] = [];
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const program = programs.start(
        '/bin/cat',
        [],
        {},
        {
          onOutput(chunk) {
            heard.push(chunk.toString());
            if (heard.length === 1) program.write(Buffer.from('again'));
            else program.endInput();
          },
          onError: () => {},
          onEnd: resolve,
          onFailure: reject,
        },
      );
      program.write(Buffer.from('once'));
      assert.equal(await promise, 0);
      assert.deepEqual(heard, ['once', 'again']);
    });

    it('run in parallel, each with its own output', async () => {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) => shell(`sleep 0.0${index % 5}; echo ${index}`)),
      );
      assert.deepEqual(
        results.map(({ stdout }) => Number(stdout.toString())),
        results.map((_, index) => index),
      );
    });

    it('fail when the program or directory does not exist', async () => {
      await assert.rejects(run('/nowhere/program', [], { programs }), { code: 'ENOENT' });
      await assert.rejects(shell('true', { directory: join(directory, 'nowhere') }), { code: 'ENOENT' });
    });

    it('fail when an argument has a zero byte, without affecting others', async () => {
      const other = shell('sleep 0.1; echo done');
      await assert.rejects(run('/bin/echo', ['a\0b'], { programs }), { code: 'ERR_INVALID_ARG_VALUE' });
      assert.equal((await other).stdout.toString(), 'done\n');
    });

    it('are killed when the signal aborts', async () => {
      const stop = new AbortController();
      const rejected = assert.rejects(shell(`sleep 30; touch ${directory}/late`, { signal: stop.signal }), {
        name: 'AbortError',
      });
      setTimeout(() => stop.abort(), 50);
      await rejected;
      await assert.rejects(shell('true', { signal: stop.signal }), { name: 'AbortError' });
    });

    it('have the code -1 when a signal ends them', async () => {
      assert.equal((await shell('kill -9 $$')).code, -1);
    });

    it('end at their limits, with those that they start', { skip: !canLimitPrograms() && 'no prlimit' }, async () => {
      const limits = { memoryBytes: 64 * 1024 * 1024, fileBytes: 1024 * 1024 };
      const greedy = await shell('head -c 200000000 /dev/zero | tail -c 199000000 | wc -c', { limits });
      assert.equal(Number(greedy.stdout.toString()), 0);
      const long = await shell(`head -c 2000000 /dev/zero > ${directory}/long; wc -c < ${directory}/long`, { limits });
      assert.equal(Number(long.stdout.toString()), 1024 * 1024);
    });

    it('are killed when they print too much', async () => {
      await assert.rejects(run('yes', [], { programs, maximumOutput: 10_000 }), /printed more than 10000 bytes/);
    });
  });
}
