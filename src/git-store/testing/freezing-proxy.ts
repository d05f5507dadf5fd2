import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands before a server on loopback and can stop forwarding what it says: a connection that stays and is silent. */
export class FreezingProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #limit = Number.POSITIVE_INFINITY;
  /** Bytes of the server on the connection that was made last. */
  lastBytes = 0;

  private constructor(port: number) {
    this.#server = createServer((client) => {
      const server = connect(port, '127.0.0.1');
      const limit = this.#limit;
      let said = 0;
      server.on('data', (bytes: Buffer) => {
        if (said < limit) client.write(bytes.subarray(0, limit - said));
        said += bytes.length;
        this.lastBytes = said;
      });
      client.pipe(server);
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.once('close', () => {
          this.#sockets.delete(socket);
          for (const each of [client, server]) each.destroy();
        });
      }
    });
  }

  /** @param port of the server */
  static async start(port: number): Promise<FreezingProxy> {
    const proxy = new FreezingProxy(port);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Of each connection that is made from now on, so many bytes of the server pass. */
  freezeAfter(bytes: number): void {
    this.#limit = bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
