import type { FastifyReply, FastifyRequest } from 'fastify';
import { NautesError } from '../../errors/errors.ts';
import { Secret } from '../../base/secret.ts';
import { readCookie, sessionCookieName, setCookie } from './cookies.ts';
import { isFromOwnPage } from './own-page.ts';
import { Seal } from './seal.ts';

/** Longest session in milliseconds; it ends before when its token does. */
export const SESSION_MILLISECONDS = 12 * 60 * 60 * 1000;

/** A login of a browser: the token it stands for, and when it ends (milliseconds since 1970). */
export interface Session {
  readonly token: Secret;
  readonly endsAt: number;
}

/**
 * Sessions of browsers. A session is a sealed cookie with the token in it and nothing is kept here: every server that has the key
 * can open it, so that sessions outlive a restart and hold at every replica. The token is authenticated with each request,
 * so that a session ends with its token.
 */
export class Sessions {
  readonly #key: () => Promise<Secret<Uint8Array>>;
  #seal: Promise<Seal> | undefined;

  /** @param key the root key of what is sealed; made at the first use where there is none */
  constructor(key: () => Promise<Secret<Uint8Array>>) {
    this.#key = key;
  }

  /**
   * The session that a request comes with: `undefined` without a cookie of ours, or with `Authorization`.
   * @throws CrossOrigin when it is not from a page of ours, SessionEnded
   */
  async of(request: FastifyRequest): Promise<Session | undefined> {
    const sealed = sealedSession(request);
    if (sealed === undefined) return undefined;
    if (!isFromOwnPage(request)) throw new NautesError('CrossOrigin');
    const session = await this.#open(sealed);
    if (session === undefined) throw new NautesError('SessionEnded');
    return session;
  }

  /** Has the browser keep a session. */
  async begin(request: FastifyRequest, reply: FastifyReply, { token, endsAt }: Session): Promise<void> {
    const text = JSON.stringify({ version: 1, token: token.reveal(), endsAt });
    const value = (await this.seal()).seal('console-session', text);
    const maxAge = Math.max(0, Math.floor((endsAt - Date.now()) / 1000));
    addCookie(reply, setCookie(request, sessionCookieName(request), value, { maxAge, sameSite: 'Strict' }));
  }

  /** Has the browser forget its session. */
  end(request: FastifyRequest, reply: FastifyReply): void {
    addCookie(reply, setCookie(request, sessionCookieName(request), '', { maxAge: 0, sameSite: 'Strict' }));
  }

  seal(): Promise<Seal> {
    this.#seal ??= this.#makeSeal();
    return this.#seal;
  }

  async #makeSeal(): Promise<Seal> {
    try {
      return new Seal(await this.#key());
    } catch (error) {
      this.#seal = undefined; // tried again with the next request
      throw error;
    }
  }

  async #open(sealed: string): Promise<Session | undefined> {
    const text = (await this.seal()).open('console-session', sealed);
    if (text === undefined) return undefined;
    const { version, token, endsAt } = JSON.parse(text) as Readonly<Record<string, unknown>>; // sealed by us
    if (version !== 1 || typeof token !== 'string' || typeof endsAt !== 'number') return undefined;
    return Date.now() < endsAt ? { token: new Secret(token), endsAt } : undefined;
  }
}

/** The cookie that stands for a token in this request. */
export function sealedSession(request: FastifyRequest): string | undefined {
  if (request.headers.authorization !== undefined) return undefined;
  return readCookie(request, sessionCookieName(request));
}

/** Sets a cookie besides those that the reply sets already. */
export function addCookie(reply: FastifyReply, cookie: string): void {
  const before = reply.getHeader('set-cookie');
  const others = before === undefined ? [] : [before].flat().map(String);
  void reply.removeHeader('set-cookie').header('set-cookie', [...others, cookie]);
}
