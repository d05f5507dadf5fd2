const REDACTED = '[redacted]';

/** The symbol that `util.inspect` looks up; by name, because the class runs in browsers too. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * A value that must never be printed: a token, a private key, a kubeconfig.
 * Every implicit conversion (string, JSON, template, `util.inspect`) yields `[redacted]`;
 * only {@link Secret.reveal} gives the value, so that each use can be found by searching for it.
 *
 * The value is not wiped from memory.
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
