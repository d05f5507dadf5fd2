import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Logger, LogFields } from '../../base/logger.ts';
import { closeAll } from './closing.ts';

function recordingLogger(errors: unknown[]): Logger {
  const logger: Logger = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (fields: LogFields) => errors.push(fields['error']),
    child: () => logger,
  };
  return logger;
}

describe('closing the parts', () => {
  it('closes in the reverse order and logs each part that fails', async () => {
    const closed: string[] = [];
    const errors: unknown[] = [];
    const opened = new AsyncDisposableStack();
    const failing = (name: string) => () => {
      closed.push(name);
      throw new Error(name);
    };
    opened.defer(failing('lock'));
    opened.defer(async () => {
      closed.push('store');
    });
    opened.defer(failing('api'));
    await closeAll(opened, recordingLogger(errors));
    assert.deepEqual(closed, ['api', 'store', 'lock']);
    assert.deepEqual(
      errors.map((error) => (error instanceof Error ? error.message : error)),
      ['api', 'lock'],
    );
  });

  it('does nothing the second time', async () => {
    let count = 0;
    const opened = new AsyncDisposableStack();
    opened.defer(() => {
      count += 1;
    });
    await closeAll(opened, recordingLogger([]));
    await closeAll(opened, recordingLogger([]));
    assert.equal(count, 1);
  });
});
