import { message as say, verbatim } from '../messages/message.ts';
import { clusterKey } from '../resources/cluster/cluster-key.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { NautesError } from '../errors/errors.ts';
import type { NewEvent } from '../resources/event.ts';
import { FakeEvents } from './testing/fake-state.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

const event = (cluster: string, message: string): NewEvent => ({
  ...clusterKey(cluster),
  incarnation: 'i',
  type: 'Normal',
  reason: 'Tested',
  message: verbatim(message),
  subject: '',
});

/** A client of server-sent events that shows what it got. */
class StreamClient implements Disposable {
  readonly socket: Socket;
  /** Messages of the events so far, `reset` for a reset. */
  readonly events: string[] = [];
  /** The first and the last of what came, as it came. */
  head = '';
  text = '';
  #rest = '';
  #changed = Promise.withResolvers<void>();

  constructor(port: number, target: string, headers: readonly string[] = []) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setEncoding('utf8');
    this.socket.on('data', (chunk) => this.#take(String(chunk)));
    this.socket.on('close', () => this.#announce());
    this.socket.on('error', () => {});
    const lines = [`GET ${target} HTTP/1.1`, 'Host: x', 'Authorization: Bearer reader-token', ...headers];
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  }

  async until(condition: (client: this) => boolean): Promise<void> {
    while (!condition(this)) {
      assert.equal(this.socket.closed, false, 'the stream was closed');
      await this.#changed.promise;
    }
  }

  async opened(): Promise<void> {
    await this.until(({ head }) => head.includes('retry: '));
    await delay(5); // the store has answered
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #take(chunk: string): void {
    if (this.head.length < 1000) this.head += chunk;
    this.text = (this.text + chunk).slice(-5000);
    const blocks = (this.#rest + chunk).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const message = /"message":"([^"]*)"/.exec(block)?.[1];
      if (block.includes('event: reset')) this.events.push('reset');
      else if (message !== undefined) this.events.push(message);
    }
    this.#announce();
  }

  #announce(): void {
    const changed = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    changed.resolve();
  }
}

async function addEvents(api: TestServer, cluster: string, messages: readonly string[]): Promise<void> {
  for (const message of messages) await api.events.add(event(cluster, message));
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of buffers that something still refers to. */
function memoryInUse(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

const REFUSAL = {
  caller: 'reader',
  action: say('verb.read'),
  missing: say('NoAuthorization.tokenUnknown'),
  needed: say('needed.acceptedToken'),
  grant: say('grant.sendToken'),
};

const OF_A = '/api/v1/clusters/a/events';

describe('event streams', () => {
  it('give new events of one cluster, or of all', async () => {
    await using api = await startTestServer();
    await addEvents(api, 'a', ['old']);
    using one = new StreamClient(api.port, OF_A);
    using all = new StreamClient(api.port, '/api/v1/events');
    await Promise.all([one.opened(), all.opened()]);
    await addEvents(api, 'b', ['b1']);
    await addEvents(api, 'a', ['a1']);
    await one.until(({ events }) => events.length === 1);
    await all.until(({ events }) => events.length === 2);
    assert.deepEqual(one.events, ['a1']);
    assert.deepEqual(all.events, ['b1', 'a1']);
    assert.match(one.text, /\r\ncontent-type: text\/event-stream\r\n/i);
    assert.match(one.text, /id: 3\ndata: \{"id":3,"cluster":"a".*\}\n\n/);
  });

  it('continue after the id of the last event, given as a header or in the query', async () => {
    await using api = await startTestServer();
    await addEvents(api, 'a', ['one', 'two', 'three']);
    using byHeader = new StreamClient(api.port, `${OF_A}?after=0`, ['Last-Event-ID: 2']);
    using byQuery = new StreamClient(api.port, `${OF_A}?after=1`);
    using whole = new StreamClient(api.port, `${OF_A}?after=0`);
    await byHeader.until(({ events }) => events.length === 1);
    await byQuery.until(({ events }) => events.length === 2);
    await whole.until(({ events }) => events.length === 3);
    assert.deepEqual([byHeader.events, byQuery.events], [['three'], ['two', 'three']]);
  });

  it('tell a client that asks for nothing old where it stands, so that it can come back', async () => {
    await using api = await startTestServer();
    await addEvents(api, 'a', ['one', 'two']);
    using client = new StreamClient(api.port, OF_A);
    await client.until(({ text }) => text.includes('id: 2\n\n'));
    assert.deepEqual(client.events, []);
  });

  it('reset a client that has missed events, and one that is ahead', async () => {
    const log = new FakeEvents(3);
    await using api = await startTestServer({}, { events: log });
    for (const message of ['one', 'two', 'three', 'four', 'five']) await log.add(event('a', message));
    using late = new StreamClient(api.port, `${OF_A}?after=1`);
    using ahead = new StreamClient(api.port, `${OF_A}?after=900`);
    using inTime = new StreamClient(api.port, `${OF_A}?after=2`);
    await late.until(({ events }) => events.length === 4);
    await inTime.until(({ events }) => events.length === 3);
    assert.deepEqual(late.events, ['reset', 'three', 'four', 'five']);
    assert.deepEqual(inTime.events, ['three', 'four', 'five']);
    await ahead.until(({ events }) => events.length === 4);
    assert.deepEqual(ahead.events, ['reset', 'three', 'four', 'five']);
    assert.match(ahead.text, /event: reset\ndata: \{"latest":5\}\n\n/);
  });

  it('lose and double nothing while events come in from all sides', async () => {
    await using api = await startTestServer();
    const messages = Array.from({ length: 600 }, (_, index) => `m${index}`);
    const writing = addEvents(api, 'a', messages.slice(0, 300));
    using client = new StreamClient(api.port, `${OF_A}?after=0`);
    await writing;
    await client.opened();
    for (const message of messages.slice(300)) {
      await api.events.add(event('a', message));
      if (message.endsWith('0')) await delay(0);
    }
    await client.until(({ events }) => events.includes('m599'));
    const seen = client.events.filter((message) => message !== 'reset');
    assert.equal(new Set(seen).size, seen.length);
    assert.deepEqual(seen, messages.slice(messages.indexOf(seen[0] ?? '')));
  });

  it('keep nothing for a client that does not read, and give it all when it does', async () => {
    const log = new FakeEvents(100_000);
    await using api = await startTestServer({}, { events: log });
    using slow = new StreamClient(api.port, `${OF_A}?after=0`);
    using fast = new StreamClient(api.port, `${OF_A}?after=0`);
    await Promise.all([slow.opened(), fast.opened()]);
    slow.socket.pause();
    const filling = 'x'.repeat(10_000);
    const before = memoryInUse();
    for (let index = 0; index < 3000; index += 1) {
      await log.add({ ...event('a', `m${index}`), reason: filling });
      if (index % 20 === 0) await fast.until(({ events }) => events.length >= index);
    }
    await fast.until(({ events }) => events.length === 3000);
    const held = memoryInUse() - before;
    assert.ok(held < 20_000_000, `${held} bytes are held for 30 MB that the client has not read`);
    slow.socket.resume();
    await slow.until(({ events }) => events.length === 3000);
    assert.equal(new Set(slow.events).size, 3000);
  });

  it('close a client that takes nothing for too long, and beat for the others', async () => {
    const log = new FakeEvents(100_000);
    await using api = await startTestServer({ eventHeartbeat: 30, eventStall: 100 }, { events: log });
    using stuck = new StreamClient(api.port, `${OF_A}?after=0`);
    using idle = new StreamClient(api.port, '/api/v1/clusters/b/events');
    await Promise.all([stuck.opened(), idle.opened()]);
    const closed = once(stuck.socket, 'close');
    stuck.socket.pause();
    const filling = 'x'.repeat(100_000);
    for (let index = 0; index < 100; index += 1) await log.add({ ...event('a', `m${index}`), reason: filling });
    await idle.until(({ text }) => text.split(': keep-alive').length > 8);
    stuck.socket.resume();
    await closed;
    assert.equal(idle.socket.closed, false);
  });

  it('share one subscription and end it with the last client', async () => {
    await using api = await startTestServer();
    const clients = Array.from({ length: 150 }, () => new StreamClient(api.port, OF_A));
    await Promise.all(clients.map((client) => client.opened()));
    assert.equal(api.events.listeners, 1);
    await addEvents(api, 'a', ['hello']);
    await Promise.all(clients.map((client) => client.until(({ events }) => events.length === 1)));
    for (const client of clients) client.socket.destroy();
    while (api.events.listeners > 0) await delay(5);
  });

  it('are refused beyond the limits', async () => {
    await using api = await startTestServer({ eventStreamsPerCaller: 1 });
    using first = new StreamClient(api.port, OF_A);
    await first.opened();
    const refused = await api.send({ target: OF_A, token: 'reader-token' });
    assert.equal(refused.status, 429);
    assert.equal(refused.json().reason, 'TOO_MANY_STREAMS');
    assert.equal(refused.headers['retry-after'], '15');
    const malformed = await api.send({ target: `${OF_A}?after=x` });
    assert.equal(malformed.status, 400);
  });

  it('end at a heartbeat after their caller may read no longer', async () => {
    await using api = await startTestServer({ eventHeartbeat: 20 });
    for (const reason of ['NoAuthorization', 'Unauthenticated'] as const) {
      api.registry.interfere = async () => {};
      using client = new StreamClient(api.port, OF_A);
      await client.opened();
      api.registry.interfere = async (useCase) => {
        if (useCase === 'authorizeRead') throw new NautesError(reason, REFUSAL);
      };
      await once(client.socket, 'end');
      assert.match(client.text, /\r\n0\r\n\r\n$/, 'the stream ends as HTTP wants it');
    }
  });

  it('continue while it cannot be determined whether their caller may read, which is asked once at a time', async () => {
    await using api = await startTestServer({ eventHeartbeat: 20 });
    using failing = new StreamClient(api.port, OF_A);
    await failing.opened();
    let [asked, asking, most] = [0, 0, 0];
    api.registry.interfere = async (useCase, _caller, signal) => {
      if (useCase !== 'authorizeRead') return;
      assert.equal(signal.aborted, false, 'the signal is not the one of the request that began the stream');
      [asked, asking] = [asked + 1, asking + 1];
      most = Math.max(most, asking);
      await delay(50);
      asking -= 1;
      throw new NautesError('DeadlineExceeded', { seconds: 20 });
    };
    await failing.until(({ text }) => text.split(': keep-alive').length > 12 && asked > 2);
    assert.equal(most, 1);
    await addEvents(api, 'a', ['still there']);
    await failing.until(({ events }) => events.length === 1);
  });

  it('end when they are old, and when the server closes', async () => {
    const api = await startTestServer({ eventHeartbeat: 20, eventStreamAge: 50 });
    using old = new StreamClient(api.port, OF_A);
    await once(old.socket, 'end');
    assert.match(old.text, /\r\n0\r\n\r\n$/, 'the stream ends as HTTP wants it');
    const longLived = await startTestServer();
    using open = new StreamClient(longLived.port, OF_A);
    await open.opened();
    await longLived.server.close();
    await open.until(({ text }) => text.endsWith('\r\n0\r\n\r\n'));
    await api.server.close();
  });
});

describe('pages of events', () => {
  it('are answered to who accepts JSON', async () => {
    await using api = await startTestServer();
    await addEvents(api, 'a', ['one', 'two', 'three']);
    await addEvents(api, 'b', ['other']);
    const get = async (target: string) => (await api.send({ target, headers: { accept: 'application/json' } })).json();
    const messages = (reply: Record<string, unknown>) =>
      (reply.items as { message: string }[]).map(({ message }) => message);
    assert.deepEqual(messages(await get(OF_A)), ['one', 'two', 'three']);
    const part = await get('/api/v1/events?after=1&limit=2');
    assert.deepEqual(messages(part), ['two', 'three']);
    assert.equal(part.latest, 4);
    assert.equal(part.complete, true);
  });
});
