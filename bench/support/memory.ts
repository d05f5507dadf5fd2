import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '../../src/base/async/timing.ts';

/** Environment of a node process that {@link settledMemory} can measure. */
export const measurable: Readonly<Record<string, string>> = {
  NODE_OPTIONS: `--expose-gc --import=${join(import.meta.dirname, 'report-memory.ts')}`,
};

const TIMEOUT_MILLISECONDS = 30_000;

export interface ProcessMemory {
  /** Resident memory after garbage collection, from the kernel. */
  readonly residentBytes: number;
  /** V8's heap after garbage collection. */
  readonly heapBytes: number;
  /** Buffers outside the heap. */
  readonly externalBytes: number;
}

/** Triggers garbage collection and returns the remaining memory. */
export async function settledMemory(process_: {
  readonly pid: number | undefined;
  readonly output: string;
}): Promise<ProcessMemory> {
  const { pid } = process_;
  if (pid === undefined) throw new Error('there is no process to measure');
  const before = process_.output.length;
  process.kill(pid, 'SIGUSR2');
  const deadline = Date.now() + TIMEOUT_MILLISECONDS;
  for (;;) {
    const line = /^memory (\{.*\})$/m.exec(process_.output.slice(before));
    if (line?.[1] !== undefined) {
      const usage = JSON.parse(line[1]) as NodeJS.MemoryUsage;
      return { residentBytes: await residentBytes(pid), heapBytes: usage.heapUsed, externalBytes: usage.external };
    }
    if (Date.now() > deadline) throw new Error('the process does not report its memory');
    await sleep(100);
  }
}

/** `VmRSS` of the process. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
