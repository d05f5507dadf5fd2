import { type Clock, systemClock } from '../../base/clock.ts';
import { NautesError } from '../../errors/errors.ts';
import { backoff } from '../../base/async/timing.ts';

/** After so many failures in a row no request is sent for a while. */
export const CIRCUIT_FAILURE_THRESHOLD = 5;
/** The first pause; it doubles up to the longest. */
export const CIRCUIT_INITIAL_PAUSE_MILLISECONDS = 5_000;
export const CIRCUIT_MAXIMUM_PAUSE_MILLISECONDS = 120_000;

/**
 * Keeps a cluster that does not answer from costing a timeout with every request: after some failures in a row it is
 * left alone for a while, then one request is let through as a trial; its success closes the circuit again.
 * Only failures to get any answer count: an HTTP error is an answer.
 */
export class CircuitBreaker {
  readonly #address: string;
  readonly #longestPause: number;
  readonly #clock: Clock;
  #failures = 0;
  #pausedUntil = 0;
  #trial = false;

  constructor(address: string, longestPause = CIRCUIT_MAXIMUM_PAUSE_MILLISECONDS, clock: Clock = systemClock) {
    this.#address = address;
    this.#longestPause = longestPause;
    this.#clock = clock;
  }

  /** @throws NautesError `ClusterCircuitOpen` with the time until the next trial */
  admit(): void {
    if (this.#failures < CIRCUIT_FAILURE_THRESHOLD) return;
    const wait = this.#pausedUntil - this.#clock.now();
    if (wait <= 0 && !this.#trial) {
      this.#trial = true;
      return;
    }
    throw new NautesError(
      'ClusterCircuitOpen',
      { address: this.#address, failures: this.#failures },
      { retryAfterMilliseconds: Math.max(wait, 1000) },
    );
  }

  succeeded(): void {
    this.#failures = 0;
    this.#trial = false;
  }

  failed(): void {
    this.#failures += 1;
    this.#trial = false;
    if (this.#failures < CIRCUIT_FAILURE_THRESHOLD) return;
    this.#pausedUntil =
      this.#clock.now() +
      backoff(this.#failures - CIRCUIT_FAILURE_THRESHOLD, {
        initialMilliseconds: Math.min(CIRCUIT_INITIAL_PAUSE_MILLISECONDS, this.#longestPause),
        maximumMilliseconds: this.#longestPause,
      });
  }

  /** The request ended without saying anything about the cluster, e.g. it was aborted here. */
  abandoned(): void {
    this.#trial = false;
  }
}
