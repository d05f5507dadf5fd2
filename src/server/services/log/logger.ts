import { pino, type Logger as PinoLogger } from 'pino';
import type { LogFields, Logger } from '../../../base/logger.ts';
import type { Configuration } from '../../configuration/configuration.ts';
import { type ErrorStream, LogOutput } from './log-output.ts';
import { plainLine, safeJsonLine } from './plain-line.ts';

type LogSettings = Configuration['log'];

/**
 * Writes to standard error; standard output is for the results of commands. JSON lines for a log store, plain lines on a
 * terminal unless the format is configured.
 */
export function createLogger({ level, format }: LogSettings, stream: ErrorStream = process.stderr): Logger {
  const isPlain = format === 'auto' ? stream.isTTY === true : format === 'plain';
  const output = new LogOutput(stream, isPlain ? (line) => plainLine(JSON.parse(line)) : safeJsonLine);
  const target = pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: pino.stdSerializers.err },
      formatters: { level: (label) => ({ level: label }) },
    },
    output,
  );
  return wrap(target);
}

function wrap(target: PinoLogger): Logger {
  return {
    debug: (fields: LogFields, message: string) => target.debug(fields, message),
    info: (fields: LogFields, message: string) => target.info(fields, message),
    warn: (fields: LogFields, message: string) => target.warn(fields, message),
    error: (fields: LogFields, message: string) => target.error(fields, message),
    child: (fields: LogFields) => wrap(target.child(fields)),
  };
}
