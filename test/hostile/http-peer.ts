import type { IncomingMessage, ServerResponse } from 'node:http';
import { tell } from './http-lies.ts';
import { type AlterLie, type Lie, Lies } from './lie.ts';
import { HostileListener } from './listener.ts';
import { type HostilePeer, MAXIMUM_REMEMBERED, type PeerRequest } from './peer.ts';
import { expand, put } from './value.ts';

/** The honest answer to a request, e.g. of a double that stands behind the peer. */
export interface HonestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export interface Honesty {
  /** Answers, also bit by bit. */
  pass(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** The whole answer, for one that is altered. */
  answer(request: IncomingMessage): Promise<HonestAnswer>;
}

export interface HttpPeerOptions {
  readonly honesty: Honesty;
  /** Default true. */
  readonly tls?: boolean;
  /** An address of loopback; default 127.0.0.1. */
  readonly address?: string;
}

/** A peer that speaks HTTP. What it knows of its subject is what stands behind it. */
export class HttpPeer implements HostilePeer {
  readonly #honesty: Honesty;
  readonly #lies = new Lies();
  readonly #requests: PeerRequest[] = [];
  #listener: HostileListener | undefined;

  private constructor(honesty: Honesty) {
    this.#honesty = honesty;
  }

  static async start({ honesty, ...place }: HttpPeerOptions): Promise<HttpPeer> {
    const peer = new HttpPeer(honesty);
    const lies = peer.#lies;
    const handler = (request: IncomingMessage, response: ServerResponse): void => void peer.#handle(request, response);
    peer.#listener = await HostileListener.start({ lies, handler, ...place });
    return peer;
  }

  get url(): string {
    return this.#listener?.url ?? '';
  }

  get certificateAuthority(): string {
    return this.#listener?.certificateAuthority ?? '';
  }

  get requests(): readonly PeerRequest[] {
    return this.#requests;
  }

  misbehave(...lies: readonly Lie[]): void {
    const certificate = this.#lies.certificate;
    this.#lies.set(lies);
    if (this.#lies.certificate !== certificate || this.#lies.forConnection() !== undefined) this.#listener?.reset();
  }

  async close(): Promise<void> {
    await this.#listener?.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {}); // the other side has left
    request.on('error', () => {});
    const [method, target] = [request.method ?? 'GET', request.url ?? '/'];
    this.#requests.push({ method, target });
    if (this.#requests.length > MAXIMUM_REMEMBERED) this.#requests.shift();
    const lies = this.#lies.forRequest(`${method} ${target}`);
    const own = lies.find((lie) => lie.kind !== 'alter');
    const honestly = (): Promise<void> => this.#honesty.pass(request, response);
    try {
      if (own !== undefined) await tell(own, { request, response, counter: this.#lies, honestly });
      else if (lies.length > 0) await this.#alter(lies as readonly AlterLie[], request, response);
      else await honestly();
    } catch {
      response.destroy(); // what stands behind it has gone
    }
  }

  async #alter(lies: readonly AlterLie[], request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, headers, body } = await this.#honesty.answer(request);
    const kept = Object.entries(headers).filter(([name]) => !DROPPED.has(name));
    const altered = jsonOf(body);
    for (const { at, to } of lies) put(altered, at, () => expand(to, this.#lies));
    const text = altered === undefined ? body : Buffer.from(JSON.stringify(altered));
    response.writeHead(status, Object.fromEntries(kept) as Record<string, string>).end(text);
  }
}

/** An altered answer has another length and another tag. */
const DROPPED: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'etag', 'connection']);

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
