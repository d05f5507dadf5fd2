import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parseFault } from './cluster/faults.ts';
import type { Sandbox, SandboxCluster } from './sandbox-api.ts';

/** A running control endpoint. */
export interface ControlEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

const MAXIMUM_BODY_BYTES = 64 * 1024;
const CLUSTER_PATH = /^\/clusters\/(\d+)(?:\/(faults|counters|compact))?$/;

/** A request that cannot be carried out. */
class ControlError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Serves the control of a sandbox on a free port of the loopback address, without authentication: it can do
 * nothing but disturb simulated clusters.
 */
export async function startControlEndpoint(sandbox: Sandbox): Promise<ControlEndpoint> {
  const server = createServer((request, response) => {
    answer(sandbox, request).then(
      (value) => send(response, 200, value),
      (error: unknown) => {
        const code = error instanceof ControlError ? error.code : 400;
        send(response, code, { message: error instanceof Error ? error.message : String(error) });
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, code: number, value: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(value)}\n`);
}

async function answer(sandbox: Sandbox, request: IncomingMessage): Promise<unknown> {
  const path = new URL(request.url ?? '/', 'http://control.invalid').pathname;
  if (path === '/clusters') {
    if (request.method === 'POST') return describe(await sandbox.addCluster());
    return sandbox.clusters.map(describe);
  }
  const found = CLUSTER_PATH.exec(path);
  const cluster = sandbox.clusters[Number(found?.[1]) - 1];
  if (found === null || cluster === undefined) throw new ControlError(404, `there is no ${path}`);
  switch (`${request.method} ${found[2] ?? ''}`) {
    case 'GET ':
      return describe(cluster);
    case 'GET faults':
      return cluster.faults.all;
    case 'POST faults':
      return setFaults(cluster, await readJson(request));
    case 'DELETE faults':
      return setFaults(cluster, []);
    case 'GET counters':
      return counters(cluster);
    case 'POST compact':
      cluster.compact();
      return {};
    default:
      throw new ControlError(405, `${request.method} is not possible on ${path}`);
  }
}

function describe(cluster: SandboxCluster): unknown {
  const { index, name, server } = cluster;
  return { index, name, server, faults: cluster.faults.all, counters: counters(cluster) };
}

function counters({ counters: { requests, connections, openConnections, openWatches } }: SandboxCluster): unknown {
  return { requests, connections, openConnections, openWatches };
}

/** One fault or a list of them replaces all injected faults. */
async function setFaults(cluster: SandboxCluster, value: unknown): Promise<unknown> {
  const faults = (Array.isArray(value) ? value : [value]).map(parseFault);
  cluster.faults.set(faults);
  await cluster.settled();
  return cluster.faults.all;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAXIMUM_BODY_BYTES) throw new ControlError(413, 'the body is too large');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
}
