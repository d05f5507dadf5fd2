import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MetricsText } from '../../../api/index.ts';
import type { Logger } from '../../../base/logger.ts';

const REQUEST_TIMEOUT_MILLISECONDS = 5_000;
const MAXIMUM_CONNECTIONS = 20;

/** Metrics at `GET /metrics` on their own address, for scrapers without a token. */
export class MetricsListener {
  readonly #server: Server;

  constructor(metrics: () => Promise<MetricsText>, logger: Logger) {
    const settings = { requestTimeout: REQUEST_TIMEOUT_MILLISECONDS, headersTimeout: REQUEST_TIMEOUT_MILLISECONDS };
    this.#server = createServer(settings, (request, response) => {
      if (request.method !== 'GET' || request.url !== '/metrics') {
        response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('404 page not found\n');
        return;
      }
      metrics().then(
        ({ contentType, text }) => response.writeHead(200, { 'content-type': contentType }).end(text),
        (error: unknown) => {
          logger.error({ error }, 'metrics cannot be read');
          response.writeHead(503).end();
        },
      );
    });
    this.#server.maxConnections = MAXIMUM_CONNECTIONS;
  }

  /** Resolves with the URL. */
  async listen(address: { readonly host: string; readonly port: number }): Promise<string> {
    this.#server.listen(address);
    await once(this.#server, 'listening');
    const { address: host, family, port } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${host}]` : host}:${port}/metrics`;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
