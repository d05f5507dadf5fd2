const REDACTED = '[redacted]';

/** What `util.inspect` asks for; by name, because the class runs in browsers too. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * A value that must never be printed: a token, a private key, a kubeconfig.
 * Every implicit conversion (string, JSON, template, `util.inspect`) yields `[redacted]`;
 * only {@link Secret.reveal} gives the value, so that each use can be found by searching for it.
 *
 * Not promised: the value is not wiped from memory.
 */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [INSPECT](): string {
    return REDACTED;
  }
}
