import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { HonestAnswer, Honesty } from './http-peer.ts';

export interface Upstream {
  readonly url: string;
  /** PEM; empty without TLS. */
  readonly certificateAuthority: string;
  /** The path and query that are asked for in the place of those of the request. */
  readonly target?: (target: string) => string;
}

/** An honest server behind a peer: what the peer does not lie about is what that says. */
export class Behind implements Honesty {
  readonly #upstream: Upstream;
  readonly #agent: Agent;

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
    this.#agent = new Agent({ keepAlive: true, ca: upstream.certificateAuthority });
  }

  async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#ask(request);
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.flushHeaders(); // of a watch, before its first event
    await pipeline(answer, response);
  }

  async answer(request: IncomingMessage): Promise<HonestAnswer> {
    const answer = await this.#ask(request);
    return { status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer) };
  }

  close(): void {
    this.#agent.destroy();
  }

  async #ask(request: IncomingMessage): Promise<IncomingMessage> {
    const { url, target = (same: string) => same } = this.#upstream;
    const { host: _, ...headers } = request.headers;
    const options = { method: request.method, headers };
    const place = new URL(target(request.url ?? '/'), url);
    const asked =
      place.protocol === 'http:'
        ? httpRequest(place, options)
        : httpsRequest(place, { ...options, agent: this.#agent });
    request.pipe(asked);
    request.once('close', () => (request.complete ? undefined : asked.destroy()));
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return answer;
  }
}
