import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A smart HTTP Git server on loopback for tests and benchmarks: `git http-backend` behind basic authentication. */
export interface GitHttpServer {
  /** URL of a repository below the root. */
  url(repository: string): string;
  /** Requests that were answered 401. */
  readonly rejected: number;
  /** How many pushes are carried out without their answer reaching the client. */
  loseReplies(count: number): void;
  /** Takes requests and does not answer them. */
  setHanging(hanging: boolean): void;
  /** Number of pushes that reached the server. */
  readonly pushes: number;
  /** Refuses connections, or takes them again at the same port. */
  setReachable(reachable: boolean): Promise<void>;
  close(): Promise<void>;
}

export interface GitHttpServerOptions {
  /** Directory with the bare repositories. */
  readonly root: string;
  readonly username: string;
  readonly password: string;
  /** PEM; plain HTTP without it. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export async function startGitHttpServer(options: GitHttpServerOptions): Promise<GitHttpServer> {
  const expected = `Basic ${Buffer.from(`${options.username}:${options.password}`).toString('base64')}`;
  const state = { rejected: 0, lost: 0, pushes: 0, hanging: false };
  const handle: RequestListener = (request, response) => {
    if (request.headers.authorization !== expected) {
      state.rejected += 1;
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    if (state.hanging) return;
    const isPush = request.method === 'POST' && (request.url ?? '').includes('git-receive-pack');
    if (isPush) state.pushes += 1;
    const isLost = isPush && state.lost > 0;
    if (isLost) state.lost -= 1;
    void serveGit({ root: options.root, user: options.username, isLost }, request, response);
  };
  const { tls } = options;
  const server = tls === undefined ? createServer(handle) : createTlsServer(tls, handle);
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: (repository) => `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/${repository}`,
    get rejected() {
      return state.rejected;
    },
    get pushes() {
      return state.pushes;
    },
    loseReplies: (count) => {
      state.lost = count;
    },
    setHanging: (hanging) => {
      state.hanging = hanging;
    },
    setReachable: (reachable) => (reachable ? listen(port) : stop()),
    close: stop,
  };
}

export interface GitBackendOptions {
  /** Directory with the bare repositories. */
  readonly root: string;
  /** Below the root; that of the request by default. */
  readonly path?: string;
  /** Who it is carried out for; needed for pushes. */
  readonly user: string;
  /** Carries the request out without giving its answer. */
  readonly isLost?: boolean;
  /** Runs between the work and its answer, so that whoever was answered finds it done. */
  readonly beforeAnswer?: () => Promise<void>;
  /** For hooks. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** One request through the CGI program of git; resolves when it has been carried out. */
export async function serveGit(
  options: GitBackendOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_PROJECT_ROOT: options.root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: options.path ?? url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_USER: options.user, // switches pushing on
      ...options.environment,
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  backend.stdin.on('error', () => {});
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(backend, 'close');
  await options.beforeAnswer?.();
  if (options.isLost === true) response.destroy();
  else sendOutput(Buffer.concat(chunks), response);
}

function sendOutput(output: Buffer, response: ServerResponse): void {
  const end = output.indexOf('\r\n\r\n');
  for (const line of output.toString('latin1', 0, end).split('\r\n')) {
    const [name = '', value = ''] = line.split(': ', 2);
    if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.end(output.subarray(end + 4));
}
