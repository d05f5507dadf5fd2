import type { Logger } from '../../base/logger.ts';
import type { OpenedTls, ServerTls } from './tls.ts';

/** How often certificate and key are looked at, in milliseconds. Small files, and changes are rare. */
const LOOK_MILLISECONDS = 30_000;

export interface TlsRenewalOptions {
  readonly tls: OpenedTls;
  /** Serves with another certificate from now on. */
  readonly apply: (tls: ServerTls) => void;
  readonly logger: Logger;
  readonly lookMilliseconds?: number;
}

/**
 * Keeps the certificate that is served up to date. Files are compared by content rather than watched: that works for
 * links that are moved, as Kubernetes does with mounted secrets. What cannot be used leaves the old one in place.
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
      logger.info({}, 'HTTPS is served with a new certificate');
    } catch (error) {
      if (!this.#isBroken) logger.warn({ error }, 'the new certificate cannot be used: the old one is served');
      this.#isBroken = true;
    }
  }
}
