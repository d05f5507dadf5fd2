import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { COMMAND } from '../harness/command-line.ts';
import { waitUntil } from '../harness/wait-until.ts';

const skip = process.platform !== 'linux' && 'it has no /proc';

describe('the memory of the process', { skip }, () => {
  it('is left in no core file, and opened to no debugger by a signal', async () => {
    // It waits for a token on its standard input.
    const child = spawn(COMMAND, ['login', 'http://127.0.0.1:9'], { stdio: ['pipe', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += String(chunk);
    });
    const proc = `/proc/${child.pid}`;
    // The shell has become Node, which has installed its handlers.
    await waitUntil('Node runs', async () => {
      const caught = /SigCgt:\s*(\S+)/.exec(await readFile(`${proc}/status`, 'utf8'))?.[1] ?? '0';
      return /[^0]/.test(caught) && (await readFile(`${proc}/cmdline`, 'utf8')).includes('src/cli/main')
        ? true
        : undefined;
    });
    assert.match(await readFile(`${proc}/limits`, 'utf8'), /^Max core file size +0 +0 /m);
    child.kill('SIGUSR1');
    child.stdin.end('a-token\n');
    await once(child, 'close');
    assert.doesNotMatch(stderr, /Debugger/);
  });
});
