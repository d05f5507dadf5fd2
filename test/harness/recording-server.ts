import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { planView } from './views.ts';

export interface RecordedRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As JSON; `null` without a body. */
  readonly body: unknown;
}

export interface RecordingOptions {
  /** Paths that the description of the API has. */
  readonly serves?: readonly string[];
  /** The description of the API, instead of one with these paths. */
  readonly description?: object;
  /** Answers instead of a 200 with a message; true when it did. */
  readonly answer?: (request: RecordedRequest, response: ServerResponse) => boolean;
}

/** Fits whatever is listed, also events. */
const EMPTY_PAGE = { items: [], complete: true, latest: 0 };

const EVENTS = 'text/event-stream';

/** Writes down what it is asked and says yes to everything; no cluster is registered. The description of the API is not written down. */
export class RecordingServer implements AsyncDisposable {
  readonly requests: RecordedRequest[] = [];
  /** Told of each request before it is answered. */
  onRequest: (request: RecordedRequest) => void = () => {};
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start({ serves = [], description, answer }: RecordingOptions = {}): Promise<RecordingServer> {
    const server = createServer();
    const recording = new RecordingServer(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request;
        const text = Buffer.concat(chunks).toString();
        const recorded = { method, path, headers, body: text === '' ? null : (JSON.parse(text) as unknown) };
        response.setHeader('content-type', headers.accept === EVENTS ? EVENTS : 'application/json');
        if (path === '/openapi.json') {
          const paths = Object.fromEntries(serves.map((one) => [one, {}]));
          response.end(JSON.stringify(description ?? { paths }));
          return;
        }
        recording.requests.push(recorded);
        recording.onRequest(recorded);
        if (answer?.(recorded, response) === true) return;
        if (method === 'GET' && /^\/api\/v1\/clusters\/[^/?]+$/.test(path)) {
          response.statusCode = 404;
          const message = 'nothing is registered';
          response.end(JSON.stringify({ code: 404, reason: 'CLUSTER_NOT_FOUND', message, metadata: {} }));
          return;
        }
        if (method === 'POST' && path.split('?')[0]?.endsWith('/plan') === true) {
          response.end(JSON.stringify(planView()));
          return;
        }
        response.end(JSON.stringify(method === 'GET' ? EMPTY_PAGE : { message: 'Successfully done' }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return recording;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
