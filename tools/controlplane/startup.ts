import { sleep, withDeadline } from '../../src/base/async/timing.ts';
import type { SupervisedProcess } from './supervised-process.ts';

const POLL_MILLISECONDS = 50;
/** Two processors under the load of other tests take their time. */
const READY_SECONDS = 120;
const ATTEMPTS = 5;
const PORT_TAKEN = /address already in use/;

interface Startup {
  /** Starts the process, on ports that were free a moment ago. */
  start(): Promise<SupervisedProcess>;
  ready(): Promise<boolean>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts a process and waits until it is ready; restarts it when its port was taken.
 * @throws Error with the end of its log when it ends or does not become ready
 */
export async function startUntilReady(startup: Startup): Promise<SupervisedProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const started = await startup.start();
    try {
      await waitUntil(`${started.name} to be ready`, () => startup.ready(), {
        signal: startup.signal,
        processes: [started],
      });
      return started;
    } catch (error) {
      const portTaken = !started.running && PORT_TAKEN.test(await started.logTail());
      await started.kill();
      if (attempt === ATTEMPTS || !portTaken) throw error;
    }
  }
}

interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Their end ends the waiting. */
  readonly processes: readonly SupervisedProcess[];
}

/**
 * Polls until the condition holds.
 * @throws Error with the end of a log when a process ends or two minutes pass
 */
export async function waitUntil(what: string, condition: () => Promise<boolean>, options: WaitOptions): Promise<void> {
  const deadline = withDeadline(undefined, READY_SECONDS * 1000);
  while (!(await condition())) {
    options.signal?.throwIfAborted();
    const ended = options.processes.find((process) => !process.running);
    if (ended !== undefined) throw new Error(`${ended.name} ended:\n${await ended.logTail()}`);
    if (deadline.aborted) {
      const tails = await Promise.all(options.processes.map((process) => process.logTail()));
      throw new Error(`waited ${READY_SECONDS} s for ${what}:\n${tails.join('\n')}`);
    }
    await sleep(POLL_MILLISECONDS, options.signal);
  }
}
