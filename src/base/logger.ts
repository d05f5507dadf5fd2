/** Fields of a log line. Values of type `Secret` print as `[redacted]`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured logging: a constant message and fields. Implemented by pino in the server. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  child(fields: LogFields): Logger;
}

/** A logger that discards everything, for tests and tools. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child() {
    return silentLogger;
  },
};
