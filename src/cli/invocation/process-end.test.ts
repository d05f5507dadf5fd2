import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { type Logger, type LogFields, silentLogger } from '../../base/logger.ts';
import { type UncaughtErrorSource, untilUncaughtException } from './process-end.ts';

class Source extends EventEmitter implements UncaughtErrorSource {
  exitCode: number | undefined;
}

function logging(): Logger & { readonly logged: unknown[] } {
  const logged: unknown[] = [];
  return { ...silentLogger, logged, error: (fields: LogFields) => void logged.push(fields['error']) };
}

describe('errors that no code catches', () => {
  it('an unhandled rejection is logged with its cause and the server keeps running', async () => {
    const [source, logger] = [new Source(), logging()];
    const mistake = untilUncaughtException(source, logger);
    const cause = new Error('lost');
    source.emit('unhandledRejection', cause);
    assert.deepEqual(logger.logged, [cause]);
    assert.equal(source.exitCode, undefined);
    assert.equal(await Promise.race([mistake, Promise.resolve('continues')]), 'continues');
  });

  it('an uncaught exception is logged, ends the server in order and makes it exit with an error', async () => {
    const [source, logger] = [new Source(), logging()];
    const mistake = untilUncaughtException(source, logger);
    const cause = new Error('broken');
    source.emit('uncaughtException', cause);
    assert.equal(await mistake, 'exception');
    assert.deepEqual(logger.logged, [cause]);
    assert.equal(source.exitCode, 1);
  });
});
