import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { Secret } from '../../../base/secret.ts';
import { MAXIMUM_PENDING_BYTES } from './log-output.ts';
import { createLogger } from './logger.ts';

/** Standard error with a reader that takes lines only while it is not stopped. */
class Reader extends EventEmitter {
  readonly lines: string[] = [];
  readonly isTTY: boolean;
  isStopped = false;
  writableLength = 0;

  constructor(isTTY = false) {
    super();
    this.isTTY = isTTY;
  }

  write(text: string): boolean {
    if (this.isStopped) this.writableLength += text.length;
    else this.lines.push(text);
    return !this.isStopped;
  }

  resume(): void {
    this.isStopped = false;
    this.writableLength = 0;
  }
}

describe('the log', () => {
  it('is plain lines on a terminal, JSON elsewhere, and what is configured everywhere', () => {
    const written = (isTTY: boolean, format: 'auto' | 'json' | 'plain'): string => {
      const reader = new Reader(isTTY);
      createLogger({ level: 'info', format }, reader).info({ token: new Secret('abc') }, 'hello');
      return reader.lines.join('');
    };
    assert.match(written(true, 'auto'), /^\S+Z info {2}hello {2}token=\[redacted\]\n$/);
    assert.match(written(false, 'plain'), /^\S+Z info {2}hello/);
    for (const json of [written(false, 'auto'), written(true, 'json')]) {
      const { level, msg, token } = JSON.parse(json);
      assert.deepEqual({ level, msg, token }, { level: 'info', msg: 'hello', token: '[redacted]' });
    }
  });

  it('drops lines while its reader is stopped, and says how many once it reads again', () => {
    const reader = new Reader();
    const logger = createLogger({ level: 'info', format: 'json' }, reader);
    reader.isStopped = true;
    const text = 'x'.repeat(1000);
    for (let line = 0; line < 3000; line += 1) logger.info({}, text);
    assert.ok(reader.writableLength < MAXIMUM_PENDING_BYTES + 2000, `${reader.writableLength} bytes are pending`);
    reader.resume();
    logger.info({}, 'again');
    const [note = '', again = ''] = reader.lines;
    assert.ok(JSON.parse(note).count > 1000);
    assert.equal(JSON.parse(again).msg, 'again');
  });

  it('ends no process when its reader has gone', () => {
    const reader = new Reader();
    const logger = createLogger({ level: 'info', format: 'json' }, reader);
    reader.emit('error', new Error('write EPIPE'));
    logger.info({}, 'unread');
    assert.deepEqual(reader.lines, []);
  });
});
