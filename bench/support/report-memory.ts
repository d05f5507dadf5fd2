/**
 * Loaded into a process that is to be measured, which runs with --expose-gc: on SIGUSR2 it collects its garbage and
 * writes a line with what it holds. V8 keeps the pages of what it has freed, some hundred megabytes after a busy time,
 * to use them again; it gives them back when it is told that there is no other memory, as here.
 */
const COLLECTIONS = 3;
const PAUSE_MILLISECONDS = 250;

process.on('SIGUSR2', () => void report());

async function report(): Promise<void> {
  for (let collection = 0; collection < COLLECTIONS; collection += 1) {
    await globalThis.gc?.({ type: 'major', execution: 'async', flavor: 'last-resort' });
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
  process.stderr.write(`memory ${JSON.stringify(process.memoryUsage())}\n`);
}
