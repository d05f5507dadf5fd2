import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/** Requests of one connection that may be under way; clients of this API send one after the answer to the other. */
export const MAXIMUM_PIPELINED = 8;

/**
 * Passes requests on until so many of one connection wait for their answers; one more ends the connection. Node hands over
 * every request that a connection has sent, whether or not those before it were answered.
 */
export function withPipelineLimit(handler: RequestListener, maximum = MAXIMUM_PIPELINED): RequestListener {
  const underWay = new WeakMap<Socket, number>();
  return (request, response) => {
    const { socket } = request;
    if (socket.destroyed) return;
    const count = (underWay.get(socket) ?? 0) + 1;
    if (count > maximum) {
      socket.destroy();
      return;
    }
    underWay.set(socket, count);
    response.once('close', () => underWay.set(socket, (underWay.get(socket) ?? 1) - 1));
    handler(request, response);
  };
}
