/**
 * Random operations under random faults, then the question whether everything agrees.
 *
 *     node test/fault-run/main.ts [--seed SEED] [--steps N] [--workers N] [--virtual N] [--callers N] [--hostile N] [--replicas N] [--log FILE]
 *
 * The seed decides every operation and every fault and is printed; a run with the same seed does the same. When things
 * meet is up to the machine: a failure that hangs on it may need some runs to come again.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { faultRun } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: randomBytes(4).toString('hex') },
    steps: { type: 'string', default: '60' },
    workers: { type: 'string', default: '5' },
    virtual: { type: 'string', default: '3' },
    callers: { type: 'string', default: '3' },
    hostile: { type: 'string', default: '2' },
    replicas: { type: 'string', default: '1' },
    restart: { type: 'boolean', default: false },
    log: { type: 'string' },
  },
});
const { seed, steps, workers, virtual, callers, hostile, replicas, restart } = values;
const clusters = `--workers ${workers} --virtual ${virtual} --hostile ${hostile}`;
const counts = `--steps ${steps} ${clusters} --callers ${callers} --replicas ${replicas}`;
const replay = `node test/fault-run/main.ts --seed ${seed} ${counts}`;
console.log(replay);
const started = Date.now();
const report = await faultRun({
  seed,
  steps: Number(steps),
  workers: Number(workers),
  virtual: Number(virtual),
  callers: Number(callers),
  hostile: Number(hostile),
  replicas: Number(replicas),
  restartBeforeCalm: restart,
  patience: 180_000,
  progress: (message) => console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(7)} s  ${message}`),
});
if (values.log !== undefined) {
  await writeFile(values.log, `${report.deeds.join('\n')}\n\n${report.log}\n${report.answers.join('\n')}\n`);
}
console.log(report.summary);
for (const problem of report.problems) console.log(`PROBLEM ${problem}`);
process.exitCode = report.problems.length === 0 ? 0 : 1;
