/** The API on a registry in memory, in a thread of its own that measures how long its event loop stands. */
import { parentPort } from 'node:worker_threads';
import { startTestServer } from '../../../src/api/testing/test-server.ts';

/** What the thread tells: first its port, at the end what it measured. CPU of this thread in microseconds. */
export type LoopReport =
  | { readonly kind: 'listening'; readonly port: number }
  | {
      readonly kind: 'measured';
      /** Parsing a body of the largest size natively. */
      readonly unit: number;
      /** Longest that one turn of the loop took. */
      readonly longest: number;
      /** Of all turns that took longer than {@link STALL_UNITS} units. */
      readonly stood: number;
      readonly total: number;
    };

/** A turn of the loop that takes more than this stands in the way of others. */
export const STALL_UNITS = 6;
const TICK_MILLISECONDS = 1;

const port = parentPort;
if (port !== null) {
  const api = await startTestServer();
  const unit = unitOfWork();
  const turns: number[] = [];
  let last = cpu();
  const timer = setInterval(() => {
    const now = cpu();
    turns.push(now - last);
    last = now;
  }, TICK_MILLISECONDS);
  process.stdin.resume().once('end', () => {
    clearInterval(timer);
    const sum = (some: readonly number[]): number => some.reduce((all, one) => all + one, 0);
    const stood = sum(turns.filter((turn) => turn > STALL_UNITS * unit));
    const longest = turns.reduce((most, turn) => Math.max(most, turn), 0);
    port.postMessage({ kind: 'measured', unit, longest, stood, total: sum(turns) } satisfies LoopReport);
    api[Symbol.asyncDispose]().then(undefined, (error: unknown) => {
      throw error;
    });
  });
  port.postMessage({ kind: 'listening', port: api.port } satisfies LoopReport);
}

function cpu(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

/** The median of a few, after the first that warm up. */
function unitOfWork(): number {
  const body = `[${'0,'.repeat(512 * 1024 - 2)}0]`;
  const times = Array.from({ length: 9 }, () => {
    const before = cpu();
    JSON.parse(body);
    return cpu() - before;
  });
  return Math.max(1_000, times.slice(2).sort((left, right) => left - right)[3] ?? 0);
}
