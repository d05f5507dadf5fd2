import type { Logger } from '../../base/logger.ts';
import type { OpenedTls, ServerTls } from './tls.ts';

/** How often certificate and key are checked, in milliseconds. The files are small, and changes are rare. */
const LOOK_MILLISECONDS = 30_000;

export interface TlsRenewalOptions {
  readonly tls: OpenedTls;
  /** Serves another certificate from now on. */
  readonly apply: (tls: ServerTls) => void;
  readonly logger: Logger;
  readonly lookMilliseconds?: number;
}

/**
 * Keeps the served certificate up to date. Files are compared by content rather than watched: that also works for
 * replaced symbolic links, as Kubernetes uses for mounted Secrets. An unusable certificate leaves the old one in place.
 */
export class TlsRenewal {
  readonly #options: TlsRenewalOptions;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | undefined;
  #isBroken = false;

  constructor(options: TlsRenewalOptions) {
    this.#options = options;
    const look = (): void => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined;
      });
    };
    this.#timer = setInterval(look, options.lookMilliseconds ?? LOOK_MILLISECONDS).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { tls, apply, logger } = this.#options;
    try {
      const renewed = await tls.renewed();
      this.#isBroken = false;
      if (renewed === undefined) return;
      apply(renewed);
      logger.info({}, 'serving a new certificate');
    } catch (error) {
      if (!this.#isBroken) logger.warn({ error }, 'the new certificate cannot be used; serving the old one');
      this.#isBroken = true;
    }
  }
}
