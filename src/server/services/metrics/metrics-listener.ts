import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MetricsText, Readiness } from '../../../api/index.ts';
import type { Logger } from '../../../base/logger.ts';

const REQUEST_TIMEOUT_MILLISECONDS = 5_000;
const MAXIMUM_CONNECTIONS = 20;

export interface MetricsListenerOptions {
  readonly metrics: () => Promise<MetricsText>;
  readonly readiness: () => Promise<Readiness>;
  readonly logger: Logger;
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/**
 * Metrics at `GET /metrics` on their own address, for scrapers without a token; beside them `GET /healthz` and
 * `GET /readyz`, for probes of a process that serves no API.
 */
export class MetricsListener {
  readonly #server: Server;

  constructor({ metrics, readiness, logger }: MetricsListenerOptions) {
    const answers: Readonly<Record<string, () => Promise<Answer>>> = {
      '/metrics': async () => ({ status: 200, ...(await metrics()) }),
      '/healthz': async () => json(200, { status: 'ok' }),
      '/readyz': async () => {
        const { ready, checks, reasons } = await readiness();
        return json(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', checks, reasons });
      },
    };
    const settings = { requestTimeout: REQUEST_TIMEOUT_MILLISECONDS, headersTimeout: REQUEST_TIMEOUT_MILLISECONDS };
    this.#server = createServer(settings, ({ method, url = '' }, response) => {
      const answer = method === 'GET' && Object.hasOwn(answers, url) ? answers[url] : undefined;
      if (answer === undefined) return send(response, NOT_FOUND);
      answer().then(
        (found) => send(response, found),
        (error: unknown) => {
          logger.error({ error, path: url }, 'metrics or readiness cannot be read');
          response.writeHead(503).end();
        },
      );
    });
    this.#server.maxConnections = MAXIMUM_CONNECTIONS;
  }

  /** Resolves with the URL of the metrics. */
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

const NOT_FOUND: Answer = { status: 404, contentType: 'text/plain; charset=utf-8', text: '404 page not found\n' };

function json(status: number, body: object): Answer {
  return { status, contentType: 'application/json; charset=utf-8', text: `${JSON.stringify(body)}\n` };
}

function send(response: ServerResponse, { status, contentType, text }: Answer): void {
  response.writeHead(status, { 'content-type': contentType }).end(text);
}
