import type { TLSSocket } from 'node:tls';

/** So long after a certificate was verified, sessions that began then are resumed. Milliseconds. */
const VERIFIED_MILLISECONDS = 3_600_000;
/** A session as it is kept; tickets of API servers have 2 KB, with a client certificate 4. */
const MAXIMUM_SESSION_BYTES = 16 * 1024;

/**
 * The last TLS session with one server as one credential reaches it, to be resumed by its next connection: no certificate
 * is sent, verified and looked into then (RFC 8446, 2.2). It holds a secret and is kept in memory only. A server that does
 * not know it any more makes a new one, and after an hour the certificate is verified again in any case.
 */
export class TlsSessions {
  #session: Buffer | undefined;
  #verifiedAt = 0;

  /** To be resumed; `undefined` when there is none, or its certificate was verified too long ago. */
  get current(): Buffer | undefined {
    return performance.now() - this.#verifiedAt < VERIFIED_MILLISECONDS ? this.#session : undefined;
  }

  /** Takes what the server gives the connection to be resumed with. */
  follow(socket: TLSSocket): void {
    socket.once('secureConnect', () => {
      if (socket.isSessionReused() || !socket.authorized) return;
      this.#session = undefined;
      this.#verifiedAt = performance.now();
    });
    socket.on('session', (session: Buffer) => {
      if (socket.authorized && session.length <= MAXIMUM_SESSION_BYTES) this.#session = session;
    });
  }
}
