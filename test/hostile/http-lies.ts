import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { sleep } from '../../src/base/async/timing.ts';
import type { AnswerLie, Lie, RawLie, ResetLie, StreamLie } from './lie.ts';
import { type Counter, textOf } from './value.ts';

/** One request, and what it takes to answer it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly counter: Counter;
  /** Answers as an honest peer does. */
  readonly honestly: () => Promise<void>;
}

/** Answers with a lie that says itself what the answer is. Resolves when there is nothing more to send. */
export async function tell(lie: Exclude<Lie, { kind: 'alter' }>, exchange: Exchange): Promise<void> {
  switch (lie.kind) {
    case 'answer':
      return answer(lie, exchange);
    case 'stream':
      return await stream(lie, exchange);
    case 'raw':
      return await raw(lie, exchange);
    case 'reset':
      return reset(lie, exchange);
    case 'silent':
      if (lie.reads) exchange.request.resume();
      return;
    case 'certificate':
      return await exchange.honestly();
  }
}

function answer({ status = 200, headers = {}, body = '' }: AnswerLie, { request, response, counter }: Exchange): void {
  request.resume();
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(textOf(body, counter));
}

async function stream(lie: StreamLie, { request, response, counter }: Exchange): Promise<void> {
  request.resume();
  response.writeHead(lie.status ?? 200, { 'content-type': 'application/json', ...lie.headers });
  response.flushHeaders();
  if (lie.head !== undefined) await send(response, textOf(lie.head, counter));
  for (let sent = 0; sent < (lie.parts ?? Number.POSITIVE_INFINITY) && !response.destroyed; sent += 1) {
    if (lie.milliseconds !== undefined && sent > 0) await sleep(lie.milliseconds);
    await send(response, textOf(lie.part, counter));
  }
  if (!response.destroyed) response.end();
}

async function raw(lie: RawLie, { request, counter, honestly }: Exchange): Promise<void> {
  const { socket } = request;
  request.resume();
  const count = lie.repeat === 0 ? Number.POSITIVE_INFINITY : (lie.repeat ?? 1);
  for (let sent = 0; sent < count && !socket.destroyed; sent += 1) {
    if (lie.milliseconds !== undefined && sent > 0) await sleep(lie.milliseconds);
    await send(socket, textOf(lie.text, counter));
  }
  if (lie.after === 'honest') return await honestly();
  if (lie.after !== 'hang') socket.end();
}

function reset({ at }: ResetLie, { request, response }: Exchange): void {
  const { socket } = request;
  if (at === 'headers') response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
  if (at === 'headers') response.flushHeaders();
  if (at === 'body') response.writeHead(200, { 'content-type': 'application/json' }).write('{"kind":');
  setImmediate(() => destroy(socket));
}

/** With a reset where the connection can be reset: the one under TLS cannot. */
function destroy(socket: Socket): void {
  socket.destroy();
}

/** Sends in the speed in which it is taken; returns when the other side has left. */
async function send(to: Writable, text: string): Promise<void> {
  if (to.destroyed || to.write(text, 'latin1')) return await new Promise((resolve) => setImmediate(resolve));
  const gone = new AbortController();
  const closed = once(to, 'close', { signal: gone.signal });
  await Promise.race([once(to, 'drain', { signal: gone.signal }), closed]).catch(() => {});
  gone.abort();
  closed.catch(() => {});
}
