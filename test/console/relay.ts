import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** An address of its own before a server: the server may come back at another one, as behind a proxy. */
export class Relay implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly url: string;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param target the URL of the server, asked for each connection */
  static async open(target: () => string): Promise<Relay> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const relay = new Relay(server);
    server.on('connection', (socket) => relay.#join(socket, new URL(target())));
    return relay;
  }

  #join(socket: Socket, { hostname, port }: URL): void {
    const other = connect(Number(port), hostname);
    for (const [one, two] of [
      [socket, other],
      [other, socket],
    ] as const) {
      this.#sockets.add(one);
      one
        .on('error', () => two.destroy())
        .on('close', () => {
          this.#sockets.delete(one);
          two.destroy();
        });
    }
    socket.pipe(other).pipe(socket);
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
