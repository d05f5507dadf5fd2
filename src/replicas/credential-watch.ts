import { KubeApiError } from '../kube/index.ts';
import type { OwnClock } from './own-clock.ts';
import { DURATION_MILLISECONDS } from './protocol.ts';

/**
 * Notices that the API server does not know this process any more, such as the Pod that was removed: its token is
 * refused, and stays so. An API server that has just started may refuse good tokens for a moment.
 */
export class CredentialWatch {
  readonly #clock: Pick<OwnClock, 'now'>;
  readonly #onRefused: (seconds: number) => void;
  #since: number | undefined;
  #isTold = false;

  constructor(clock: Pick<OwnClock, 'now'>, onRefused: (seconds: number) => void) {
    this.#clock = clock;
    this.#onRefused = onRefused;
  }

  /** A request has failed, or succeeded (`undefined`). */
  note(error: unknown): void {
    if (!(error instanceof KubeApiError) || error.httpStatus !== 401) {
      if (error === undefined || error instanceof KubeApiError) this.#since = undefined;
      return;
    }
    const now = this.#clock.now();
    this.#since ??= now;
    if (this.#isTold || now - this.#since < DURATION_MILLISECONDS) return;
    this.#isTold = true;
    this.#onRefused(DURATION_MILLISECONDS / 1000);
  }
}
