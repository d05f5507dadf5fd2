/**
 * Loaded into a process that is to be measured, which runs with --expose-gc: on SIGUSR2 it collects its garbage and
 * writes a line with what it holds. Resident memory follows the heap only when freed pages are given back, which V8
 * does in its own time; collecting more than once makes it do so.
 */
const COLLECTIONS = 4;
const PAUSE_MILLISECONDS = 250;

process.on('SIGUSR2', () => void report());

async function report(): Promise<void> {
  for (let collection = 0; collection < COLLECTIONS; collection += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
  process.stderr.write(`memory ${JSON.stringify(process.memoryUsage())}\n`);
}
