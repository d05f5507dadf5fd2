import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { CLUSTER_KIND } from '../../resources/cluster/cluster-key.ts';
import { registrationOf } from '../testing/samples.ts';
import { openState, withFile } from './testing/database-file.ts';

const ROUNDS = 20;
const ENTRIES = 60;

describe('state in SQLite after a crash', () => {
  it('has everything it said to have stored when the process got SIGKILL', () =>
    withFile(async (file) => {
      const lines = await linesUntilKilled(startWriter(file), ROUNDS);
      const { status, events, inventory, close } = await openState(file);
      try {
        const last = Number(lines.at(-1));
        assert.ok(last >= ROUNDS);
        const count = (await inventory.list(registrationOf('a'))).length;
        assert.ok(count >= last * ENTRIES && count % ENTRIES === 0, `${count} entries after ${last} rounds`);
        assert.ok((await events.after(0, { kind: CLUSTER_KIND }, 1000)).latest >= last);
        assert.ok((await status.get(registrationOf('a'))) !== undefined);
      } finally {
        await close();
      }
    }));
});

const WRITER = `
  const { openState } = await import(process.argv[1]);
  const { entryOf, eventOf, registrationOf, statusOf } = await import(process.argv[2]);
  const { status, events, inventory } = await openState(process.argv[3]);
  const one = registrationOf('a');
  for (let count = 1; ; count += 1) {
    const entries = Array.from({ length: ${ENTRIES} }, (_, index) => entryOf(count + '-' + index));
    await Promise.all([inventory.put(one, entries), events.add(eventOf('a')), status.put(one, statusOf('a'))]);
    process.stdout.write(count + '\\n');
  }
`;

/** A process that writes without end and prints each round once it is stored. */
function startWriter(file: string): ChildProcess {
  const modules = ['./testing/database-file.ts', '../testing/samples.ts'].map(
    (path) => new URL(path, import.meta.url).href,
  );
  return spawn(process.execPath, ['--input-type=module', '--eval', WRITER, '--', ...modules, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function linesUntilKilled(child: ChildProcess, count: number): Promise<string[]> {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output.split('\n').length > count) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return output.split('\n').slice(0, -1);
}
