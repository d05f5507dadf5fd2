import type { Server } from 'node:net';
import { networkOf } from './token-guard.ts';

/** Ends connections of an address, or of an IPv6 network, that has so many open already. */
export function limitConnectionsPerAddress(server: Server, maximum: number): void {
  const open = new Map<string, number>();
  server.prependListener('connection', (socket) => {
    const origin = networkOf(socket.remoteAddress ?? '');
    const count = open.get(origin) ?? 0;
    if (count >= maximum) {
      socket.destroy();
      return;
    }
    open.set(origin, count + 1);
    socket.once('close', () => {
      const left = (open.get(origin) ?? 1) - 1;
      if (left > 0) open.set(origin, left);
      else open.delete(origin);
    });
  });
}
