import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createCertificateAuthority } from '../../src/base/tls/x509.ts';
import { certificateOf } from './certificates.ts';
import type { Lies } from './lie.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface ListenerOptions {
  readonly lies: Lies;
  readonly handler: RequestHandler;
  /** Default 127.0.0.1. */
  readonly address?: string;
  /** Default true. */
  readonly tls?: boolean;
}

/** A port on loopback whose connections can go wrong at every stage. HTTP/1.1. */
export class HostileListener {
  readonly #options: ListenerOptions;
  readonly #authority = createCertificateAuthority({ commonName: 'hostile-ca' });
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #http: HttpServer | undefined;
  #certificate: string | undefined;

  private constructor(options: ListenerOptions) {
    this.#options = options;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  static async start(options: ListenerOptions): Promise<HostileListener> {
    const listener = new HostileListener(options);
    listener.#server.listen(0, listener.#address);
    await once(listener.#server, 'listening');
    return listener;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `${this.#options.tls === false ? 'http' : 'https'}://${this.#address}:${port}`;
  }

  get certificateAuthority(): string {
    return this.#options.tls === false ? '' : this.#authority.certificate;
  }

  get #address(): string {
    return this.#options.address ?? '127.0.0.1';
  }

  /** Ends all connections: the next ones meet what the peer says now. */
  reset(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.reset();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {}); // the other side has left
    socket.once('close', () => this.#sockets.delete(socket));
    const lie = this.#options.lies.forConnection();
    if (lie === 'connect') socket.resetAndDestroy();
    else if (lie === 'handshake') socket.once('data', () => socket.resetAndDestroy());
    else this.#secure().emit('connection', socket);
  }

  #secure(): HttpServer {
    const { lies, handler, tls } = this.#options;
    const certificate = lies.certificate ?? 'honest';
    if (this.#http !== undefined && this.#certificate === certificate) return this.#http;
    this.#certificate = certificate;
    this.#http = tls === false ? createHttpServer(handler) : this.#overTls();
    this.#http.on('clientError', (_, socket) => socket.destroy());
    return this.#http;
  }

  #overTls(): HttpServer {
    const { lies, handler } = this.#options;
    const { certificate, privateKey } = certificateOf(this.#authority, this.#address, lies.certificate);
    const server = createHttpsServer({ cert: certificate, key: privateKey.reveal() }, handler);
    server.on('tlsClientError', () => {});
    return server;
  }
}
