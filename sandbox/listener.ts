import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import type { CertificateWithKey } from '../src/base/tls/x509.ts';
import type { HttpRequest, HttpResponse } from './base/http.ts';
import type { Counters } from './base/counters.ts';
import type { Faults } from './cluster/faults.ts';

export interface ListenerOptions {
  /** Called at the first connection, and after the certificate was to be replaced. */
  readonly serverCertificate: () => CertificateWithKey;
  /** PEM of the authority of client certificates. */
  readonly certificateAuthority: string;
  readonly handler: (request: HttpRequest, response: HttpResponse) => void;
  readonly faults: Faults;
  readonly counters: Counters;
}

export interface ListenAddress {
  readonly address: string;
  readonly port: number;
}

/** Streams that one HTTP/2 connection may have open. */
const MAXIMUM_STREAMS = 250;

/** The door of one cluster: a port, with TLS, HTTP/1.1 and HTTP/2 behind it from the first connection on. */
export class ClusterListener {
  readonly #options: ListenerOptions;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #secure: Http2SecureServer | undefined;
  #at: ListenAddress | undefined;
  #change: Promise<void> = Promise.resolve();

  constructor(options: ListenerOptions) {
    this.#options = options;
    options.faults.onChange(() => this.#followFaults());
  }

  /** Rejects when the address cannot be had. Port 0 takes a free one. */
  async listen(at: ListenAddress): Promise<ListenAddress> {
    const server = createServer((socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(at.port, at.address, () => {
        server.off('error', reject);
        resolve();
      });
    });
    const bound = server.address();
    this.#server = server;
    this.#at = { address: at.address, port: typeof bound === 'object' && bound !== null ? bound.port : at.port };
    return this.#at;
  }

  async close(): Promise<void> {
    await this.#change.catch(() => {});
    await this.#stop();
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#reset();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  /** New connections get a new certificate; existing ones are closed. */
  replaceServerCertificate(): void {
    this.#secure = undefined;
    this.#reset();
  }

  /** Ends all connections at once. */
  #reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#sockets.clear();
  }

  #followFaults(): void {
    const { faults } = this.#options;
    this.#change = this.#change.then(async () => {
      if (faults.has('unreachable')) await this.#stop();
      else if (this.#server === undefined && this.#at !== undefined) await this.listen(this.#at);
      if (faults.has('hang')) this.#reset();
    });
    this.#change.catch(() => {});
  }

  /** Resolves when faults that were set are in force. */
  async settled(): Promise<void> {
    await this.#change;
  }

  #accept(socket: Socket): void {
    const { counters, faults } = this.#options;
    counters.connections++;
    counters.openConnections++;
    this.#sockets.add(socket);
    socket.on('error', () => {}); // the peer went away
    socket.once('close', () => {
      counters.openConnections--;
      this.#sockets.delete(socket);
    });
    if (faults.has('hang')) socket.resume();
    else this.#secureServer().emit('connection', socket);
  }

  #secureServer(): Http2SecureServer {
    if (this.#secure !== undefined) return this.#secure;
    const { certificate, privateKey } = this.#options.serverCertificate();
    const server = createSecureServer({
      allowHTTP1: true,
      cert: certificate,
      key: privateKey.reveal(),
      ca: this.#options.certificateAuthority,
      requestCert: true,
      rejectUnauthorized: false,
      settings: { maxConcurrentStreams: MAXIMUM_STREAMS },
    });
    server.on(
      'request',
      (request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse) => {
        this.#options.handler(request, response);
      },
    );
    server.on('sessionError', () => {});
    server.on('tlsClientError', () => {});
    this.#secure = server;
    return server;
  }
}
