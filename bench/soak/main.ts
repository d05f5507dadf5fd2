/**
 * Healthy clusters among hostile ones of all kinds, against the same ones alone; prints one table.
 *
 *     node bench/soak/main.ts [--minutes N] [--clusters N] [--hostile N] [--kinds a,b,c]
 *
 * Ends after the minutes (20 by default) whatever happens. Ends with 1 when a figure is not as wanted.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatTable, writeFigures } from '../figure.ts';
import { measureMachineSpeed, speedFigures } from '../support/machine-speed.ts';
import { KINDS, soak } from './soak.ts';

/** What it takes to start and end the processes, besides the two runs. */
const GRACE_MINUTES = 3;
/** Shorter runs tell nothing. */
const LEAST_MINUTES = 1;
/** Processes of a run that is ended have so long. */
const END_MILLISECONDS = 10_000;
const OUTPUT = join(import.meta.dirname, '../out');

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    clusters: { type: 'string', default: '200' },
    hostile: { type: 'string', default: '20' },
    kinds: { type: 'string', default: KINDS.join(',') },
  },
});
const minutes = Number(values.minutes);
if (!(minutes >= LEAST_MINUTES)) throw new Error(`--minutes is a number from ${LEAST_MINUTES}`);
const directory = await mkdtemp(join(tmpdir(), 'nautes-soak-'));
const started = Date.now();
await mkdir(OUTPUT, { recursive: true });
let endProcesses = (): Promise<void> => Promise.resolve();
const overdue = setTimeout(
  () => {
    console.error('soak: it takes too long, and is ended');
    setTimeout(() => process.exit(3), END_MILLISECONDS);
    void endProcesses().then(() => process.exit(3));
  },
  (minutes + GRACE_MINUTES) * 60_000,
);
try {
  const before = measureMachineSpeed();
  const measured = await soak({
    minutes: Math.max(1, minutes - GRACE_MINUTES / 2),
    healthy: Number(values.clusters),
    hostile: Number(values.hostile),
    kinds: values.kinds.split(','),
    directory,
    output: OUTPUT,
    onStarted: (end) => {
      endProcesses = end;
    },
    progress: (message) =>
      console.error(`soak ${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${message}`),
  });
  const figures = [...measured, ...speedFigures(before, measureMachineSpeed())];
  await writeFigures(OUTPUT, 'soak', figures);
  console.log(formatTable(figures));
  if (measured.some(({ met }) => met === false)) process.exitCode = 1;
} finally {
  clearTimeout(overdue);
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}
