import { sleep } from '../../base/async/timing.ts';
import type { Logger } from '../../base/logger.ts';
import { isAbort } from '../../errors/errors.ts';
import { describeRight, missingRights } from '../../management/index.ts';
import type { Publishing } from '../../publish/index.ts';

/** A management cluster that does not answer is asked again after this time. */
const RETRY_MILLISECONDS = 30_000;
const ANSWER_MILLISECONDS = 20_000;

/** Looks once, as soon as the management cluster answers, whether it grants what publishing takes; names what is missing. */
export class PublishingRights {
  readonly #publishing: Publishing;
  readonly #logger: Logger;
  readonly #closing = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(publishing: Publishing, logger: Logger) {
    this.#publishing = publishing;
    this.#logger = logger;
  }

  start(): void {
    this.#running = this.#untilAnswered().catch((error: unknown) => {
      if (!isAbort(error)) this.#logger.error({ error }, 'the rights for publishing could not be checked');
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #untilAnswered(): Promise<void> {
    const { signal } = this.#closing;
    for (;;) {
      try {
        await this.#check(AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MILLISECONDS)]));
        return;
      } catch (error) {
        signal.throwIfAborted();
        this.#logger.warn({ error }, 'the management cluster does not say yet what it grants');
      }
      await sleep(RETRY_MILLISECONDS, signal);
    }
  }

  async #check(signal: AbortSignal): Promise<void> {
    const { management, selected } = this.#publishing;
    if (management === undefined || selected.length === 0) return;
    const client = await management.client(signal);
    for (const { name, rights } of selected) {
      const missing = (await missingRights(client, rights, signal)).map(describeRight);
      const fields = { publication: name, cluster: management.describe };
      if (missing.length === 0) this.#logger.info(fields, 'the management cluster grants what publishing takes');
      else this.#logger.error({ ...fields, missing }, 'the management cluster does not grant what publishing takes');
    }
  }
}
