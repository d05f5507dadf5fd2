import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { action } from '../../messages/action.ts';
import { message } from '../../messages/message.ts';
import { MAXIMUM_REMEMBERED_CHANGES } from '../../registry/fleet/changed-names.ts';
import { fakeRow } from '../testing/fake-fleet.ts';
import { startTestServer, type TestReply, type TestServer } from '../testing/test-server.ts';

const FLEET = '/api/v1/fleet';

interface Sent {
  readonly event: string;
  readonly id: string;
  readonly data: {
    readonly rows?: readonly { readonly name: string; readonly phase: string }[];
    readonly gone?: string[];
  };
}

/** A client of the stream that shows what it got. */
class FleetClient implements Disposable {
  readonly socket: Socket;
  readonly sent: Sent[] = [];
  text = '';
  #rest = '';

  constructor(port: number, headers: readonly string[] = [], target = FLEET) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setEncoding('utf8');
    this.socket.on('error', () => {});
    this.socket.on('data', (chunk) => this.#take(String(chunk)));
    const lines = [
      `GET ${target} HTTP/1.1`,
      'Host: x',
      'Authorization: Bearer reader-token',
      'Accept: text/event-stream',
    ];
    this.socket.write(`${[...lines, ...headers].join('\r\n')}\r\n\r\n`);
  }

  async until(condition: (client: this) => boolean): Promise<void> {
    while (!condition(this)) await once(this.socket, 'data');
  }

  opened(): Promise<void> {
    return this.until(({ text }) => text.includes('retry: '));
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #take(chunk: string): void {
    this.text += chunk;
    const blocks = (this.#rest + chunk).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, event = ''] = /event: (.*)/.exec(block) ?? [];
      const [, id = ''] = /id: (.*)/.exec(block) ?? [];
      const [, data] = /data: (.*)/.exec(block) ?? [];
      if (data !== undefined) this.sent.push({ event, id, data: JSON.parse(data) as Sent['data'] });
    }
  }
}

describe('the snapshot of all clusters', () => {
  it('has a row for each in the order of names, in the language that was asked for', async () => {
    await using api = await startTestServer();
    const failed = { reason: 'Pending', message: message('Pending'), action: action('LogInAgain') };
    api.fleet.set(fakeRow('b', { phase: 'Ready' }), fakeRow('a', failed));
    const reply = await api.send({ target: FLEET });
    const { items, revision } = reply.json() as { items: Record<string, unknown>[]; revision: string };
    assert.deepEqual(
      items.map(({ name }) => name),
      ['a', 'b'],
    );
    assert.equal(revision, 'f1ee7000-1');
    const chinese = await api.send({ target: FLEET, headers: { 'accept-language': 'zh-CN' } });
    assert.notEqual((chinese.json().items as typeof items)[0]?.['message'], items[0]?.['message']);
    assert.notEqual(chinese.headers.etag, reply.headers.etag);
  });

  it('is not sent again to a client that has it, and is when a row has changed', async () => {
    await using api = await startTestServer();
    api.fleet.set(fakeRow('a'));
    const first = await api.send({ target: FLEET });
    const again = (): Promise<TestReply> =>
      api.send({ target: FLEET, headers: { 'if-none-match': `W/${String(first.headers.etag)}` } });
    assert.equal((await again()).status, 304);
    api.fleet.set(fakeRow('a', { phase: 'Ready' }));
    const changed = await again();
    assert.equal(changed.status, 200);
    assert.equal((changed.json().items as { phase: string }[])[0]?.phase, 'Ready');
  });

  it('needs a token', async () => {
    await using api = await startTestServer();
    assert.equal((await api.send({ target: FLEET, token: null })).status, 401);
  });
});

describe('the stream of all clusters', () => {
  const following = async (api: TestServer, headers: readonly string[] = []): Promise<FleetClient> => {
    const client = new FleetClient(api.port, headers);
    await client.opened();
    return client;
  };

  it('tells of rows that come, change and go, with the revision as id', async () => {
    await using api = await startTestServer();
    using client = await following(api);
    api.fleet.set(fakeRow('a'), fakeRow('b'));
    api.fleet.remove('a');
    await client.until(({ sent }) => sent.length === 2);
    const [came, went] = client.sent;
    assert.deepEqual(
      came?.data.rows?.map(({ name }) => name),
      ['a', 'b'],
    );
    assert.deepEqual(went, { event: 'rows', id: 'f1ee7000-2', data: { rows: [], gone: ['a'] } });
  });

  it('begins with what has changed since the revision of the client, each cluster once', async () => {
    await using api = await startTestServer();
    api.fleet.set(fakeRow('a'), fakeRow('b'));
    const { revision } = (await api.send({ target: FLEET })).json();
    api.fleet.set(fakeRow('a', { phase: 'Degraded' }));
    api.fleet.set(fakeRow('a', { phase: 'Ready' }));
    using client = new FleetClient(api.port, [`Last-Event-ID: ${String(revision)}`]);
    using other = new FleetClient(api.port, [], `${FLEET}?after=${String(revision)}`);
    for (const each of [client, other]) {
      await each.until(({ sent }) => sent.length === 1);
      assert.deepEqual(
        each.sent[0]?.data.rows?.map(({ name, phase }) => [name, phase]),
        [['a', 'Ready']],
      );
      assert.equal(each.sent[0]?.id, 'f1ee7000-3');
    }
  });

  const unknown = {
    'another process': 'abcd0000-1',
    'the future': 'f1ee7000-99',
    'no kind': 'x'.repeat(5000),
  };
  for (const [name, revision] of Object.entries(unknown)) {
    it(`says to read the snapshot again after a revision of ${name}, and goes on from now`, async () => {
      await using api = await startTestServer();
      api.fleet.set(fakeRow('a'));
      using client = await following(api, [`Last-Event-ID: ${revision}`]);
      api.fleet.set(fakeRow('b'));
      await client.until(({ sent }) => sent.length === 2);
      assert.deepEqual(
        client.sent.map(({ event }) => event),
        ['reset', 'rows'],
      );
      assert.deepEqual(
        client.sent[1]?.data.rows?.map((row) => row.name),
        ['b'],
      );
    });
  }

  it('says so after more changes than are remembered', async () => {
    await using api = await startTestServer();
    for (let index = 0; index < 2 * MAXIMUM_REMEMBERED_CHANGES + 1; index += 1) api.fleet.set(fakeRow('a'));
    using client = await following(api, ['Last-Event-ID: f1ee7000-1']);
    await client.until(({ sent }) => sent.length === 1);
    assert.equal(client.sent[0]?.event, 'reset');
  });

  it('leaves no subscription behind', async () => {
    await using api = await startTestServer();
    const client = await following(api);
    assert.equal(api.fleet.listeners, 1);
    const closed = once(client.socket, 'close');
    client.socket.destroy();
    await closed;
    while (api.fleet.listeners > 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(api.server.eventStreams, 0);
  });

  it('is counted with the streams of events', async () => {
    await using api = await startTestServer({ eventStreamsPerCaller: 1 });
    using client = await following(api);
    const headers = { accept: 'text/event-stream' };
    for (const target of [FLEET, '/api/v1/events']) {
      assert.equal((await api.send({ target, headers, token: 'reader-token' })).status, 429);
    }
    assert.equal(client.socket.destroyed, false);
  });

  it('gives a client that took nothing for a while the last state, and not what was between', async () => {
    await using api = await startTestServer();
    using client = await following(api);
    client.socket.pause();
    const rows = (phase: 'Pending' | 'Ready') =>
      Array.from({ length: 500 }, (_, index) => fakeRow(`cluster-${index}`, { phase, reason: 'x'.repeat(2000) }));
    for (let round = 0; round < 30; round += 1) api.fleet.set(...rows('Pending'));
    api.fleet.set(...rows('Ready'));
    client.socket.resume();
    await client.until(({ sent }) => sent.at(-1)?.id === 'f1ee7000-31');
    const last = client.sent.at(-1);
    assert.ok(client.sent.length < 31, 'not all of them');
    assert.ok(last?.event === 'reset' || last?.data.rows?.every(({ phase }) => phase === 'Ready'));
  });
});
