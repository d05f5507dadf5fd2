/**
 * Loaded into a process that is to be measured: writes a line for each time that its event loop stood still, with the
 * milliseconds that passed and those that the thread itself computed meanwhile. On a busy machine a thread also waits for
 * its turn, which is not its own doing.
 */
const INTERVAL_MILLISECONDS = 10;
const WORTH_TELLING_MILLISECONDS = 50;

let last = performance.now();
let computed = ofThread();

setInterval(() => {
  const [now, cpu] = [performance.now(), ofThread()];
  const [passed, own] = [now - last - INTERVAL_MILLISECONDS, cpu - computed];
  [last, computed] = [now, cpu];
  if (passed < WORTH_TELLING_MILLISECONDS) return;
  const stall = { at: Date.now(), passed: Math.round(passed), own: Math.round(Math.min(own, passed)) };
  process.stderr.write(`stall ${JSON.stringify(stall)}\n`);
}, INTERVAL_MILLISECONDS).unref();

function ofThread(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
