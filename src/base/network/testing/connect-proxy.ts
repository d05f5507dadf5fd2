import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A proxy on loopback for `CONNECT`, the only one that resolves its names. */
export interface ConnectProxy {
  readonly url: string;
  /** `host:port`. */
  readonly name: string;
  /** Targets that were asked for, in order. */
  readonly targets: string[];
  /** Values of `Proxy-Authorization`, one a target. */
  readonly authorizations: (string | undefined)[];
  /** Answers this status instead of connecting; `undefined`: connects. */
  refuse(status: number | undefined): void;
  close(): void;
}

/** @param ports of this machine by the name that stands for them */
export async function startConnectProxy(ports: Readonly<Record<string, number>>): Promise<ConnectProxy> {
  const targets: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  let refusal: number | undefined;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  const server = createServer((request, response) => void response.writeHead(refusal ?? 501).end(request.url));
  server.on('connection', keep);
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    const target = request.url ?? '';
    targets.push(target);
    authorizations.push(request.headers['proxy-authorization']);
    const port = ports[target.replace(/:\d+$/, '')];
    const status = refusal ?? (port === undefined ? 502 : 200);
    if (status !== 200 || port === undefined) {
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const peer = keep(connect(port, '127.0.0.1'));
    peer.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      peer.pipe(socket).pipe(peer);
    });
    peer.on('close', () => socket.destroy());
    socket.on('close', () => peer.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${name}`,
    name,
    targets,
    authorizations,
    refuse: (status) => {
      refusal = status;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
