import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { listenFailure } from './api.ts';

describe('listenFailure', () => {
  it('names the key and the address when another process has the port', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const bound = holder.address();
    assert.ok(typeof bound === 'object' && bound !== null);
    const second = createServer().listen(bound.port, '127.0.0.1');
    const [error]: unknown[] = await once(second, 'error');
    await new Promise((resolve) => holder.close(resolve));

    const failure = listenFailure('listen', `127.0.0.1:${bound.port}`, error);
    assert.ok(failure instanceof NautesError);
    assert.equal(failure.reason, 'ConfigurationInvalid');
    assert.match(failure.message, /listen: 127\.0\.0\.1:[0-9]+ is in use by another process$/);
  });

  it('leaves other errors unchanged', () => {
    const error = new Error('else');
    assert.equal(listenFailure('listen', '127.0.0.1:1', error), error);
  });
});
