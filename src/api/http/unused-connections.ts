import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';

/**
 * Connections that have not carried a request yet. Clients open them in advance, and Node counts them as busy when a
 * server closes (`closeIdleConnections` knows only those that have answered one).
 */
export class UnusedConnections {
  readonly #sockets = new Set<Socket>();

  constructor(server: Server | SecureServer) {
    // With TLS the connection that carries requests is the secured one.
    const opened = 'setSecureContext' in server ? 'secureConnection' : 'connection';
    server.on(opened, (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.prependListener('request', ({ socket }: { socket: Socket }) => this.#sockets.delete(socket));
  }

  /** Ends them. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
