import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a process and an address, and can keep everything that is sent. */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #isCut = false;

  private constructor(target: URL) {
    this.#server = createServer((inner) => {
      const outer = connect({ host: target.hostname, port: Number(target.port) });
      const pair = [inner, outer] as const;
      this.#pairs.add(pair);
      inner.pipe(outer);
      outer.pipe(inner);
      for (const socket of pair) {
        socket.on('error', () => {});
        socket.once('close', () => {
          this.#pairs.delete(pair);
          for (const other of pair) other.destroy();
        });
      }
      if (this.#isCut) keep(pair);
    });
  }

  static async start(target: URL): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy is closed');
    return address.port;
  }

  /** Nothing passes any more, and nobody is told: what a partition of the network looks like. */
  cut(): void {
    this.#isCut = true;
    for (const pair of this.#pairs) keep(pair);
  }

  /** New connections pass again; those of before are gone. */
  heal(): void {
    this.#isCut = false;
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function keep([inner, outer]: readonly [Socket, Socket]): void {
  inner.unpipe(outer);
  outer.unpipe(inner);
  inner.pause();
  outer.pause();
}
