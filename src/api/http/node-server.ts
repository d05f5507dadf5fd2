import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { Secret } from '../../base/secret.ts';
import { limitConnectionsPerAddress } from './connections-per-address.ts';
import type { ApiLimits } from './limits.ts';
import { withPipelineLimit } from './pipelining.ts';

/** What HTTPS is served with, PEM. */
export interface ApiTls {
  readonly certificate: string;
  readonly key: Secret;
}

/** A server of Node with these limits; many requests behind each other on a connection end it. */
export function createNodeServer(handler: RequestListener, tls: ApiTls | undefined, limits: ApiLimits): Server {
  const limited = withPipelineLimit(handler);
  const settings = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeout,
    requestTimeout: limits.requestTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    connectionsCheckingInterval: Math.max(100, Math.min(limits.headersTimeout / 2, 5000)),
  };
  const server =
    tls === undefined
      ? createServer(settings, limited)
      : createTlsServer({ ...settings, ...secureOptions(tls) }, limited);
  server.maxHeadersCount = limits.headerCount;
  server.maxConnections = limits.connections;
  limitConnectionsPerAddress(server, limits.connectionsPerAddress);
  server.timeout = limits.stallTimeout; // event streams have heartbeats
  return server;
}

export function secureOptions({ certificate, key }: ApiTls): SecureContextOptions {
  return { cert: certificate, key: key.reveal(), minVersion: 'TLSv1.2' };
}

/** Answers what is not HTTP, too large or too slow, as far as the peer still listens. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  if (socket.writable && error.code !== 'ECONNRESET') {
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  } else socket.destroy();
}
