import { Agent, request as httpsRequest } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { parseYaml } from '../../src/base/yaml.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../base/json.ts';
import type { SandboxCluster } from '../sandbox-api.ts';

/** An answer of a simulated API server. */
export interface Reply {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as an object; empty when it is none. */
  readonly body: JsonObject;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly contentType?: string;
}

/** A plain HTTP client for tests: every answer is an answer, only a broken connection is an error. */
export interface TestClient {
  call(method: string, path: string, body?: JsonValue, options?: CallOptions): Promise<Reply>;
  /** Server-side apply. */
  apply(path: string, body: JsonValue, query?: string): Promise<Reply>;
  /** The first `count` events of a watch. */
  watch(path: string, count: number): Promise<JsonObject[]>;
  close(): void;
}

/** How long a test waits for anything. */
const PATIENCE_MILLISECONDS = 10_000;

/** What a client needs to know of a cluster. */
export type TestTarget = Pick<SandboxCluster, 'server' | 'certificateAuthority' | 'kubeconfig'>;

/** A client with the certificate of the kubeconfig, or with a token. */
export function testClient(cluster: TestTarget, token?: string): TestClient {
  const kubeconfig = parseYaml(cluster.kubeconfig()) as JsonObject;
  const user = objectAt(arrayAt(kubeconfig, 'users')[0], 'user');
  const decode = (key: string): Buffer => Buffer.from(stringAt(user, key) ?? '', 'base64');
  const credential =
    token === undefined ? { cert: decode('client-certificate-data'), key: decode('client-key-data') } : {};
  const agent = new Agent({ ca: cluster.certificateAuthority, keepAlive: true, ...credential });
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const open = (method: string, path: string, headers: Record<string, string>) =>
    httpsRequest(`${cluster.server}${path}`, { method, agent, headers: { ...authorization, ...headers } });

  async function call(method: string, path: string, body?: JsonValue, options: CallOptions = {}): Promise<Reply> {
    const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    // Node does not send the length of a DELETE's body by itself.
    const length = String(content?.length ?? 0);
    const type: Record<string, string> =
      content === undefined
        ? {}
        : { 'content-type': options.contentType ?? 'application/json', 'content-length': length };
    const request = open(method, path, { ...type, ...options.headers });
    return new Promise((resolve, reject) => {
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('error', reject);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ code: response.statusCode ?? 0, headers: response.headers, text, body: objectIn(text) });
        });
      });
      request.end(content);
    });
  }

  async function watch(path: string, count: number): Promise<JsonObject[]> {
    const request = open('GET', path, {});
    return new Promise((resolve, reject) => {
      let text = '';
      const timer = setTimeout(() => request.destroy(new Error(`only saw ${text}`)), PATIENCE_MILLISECONDS);
      request.on('error', reject);
      request.on('response', (response) => {
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          const lines = text.split('\n').slice(0, -1);
          if (lines.length < count) return;
          clearTimeout(timer);
          resolve(lines.slice(0, count).map(objectIn));
          request.destroy();
        });
      });
      request.end();
    });
  }

  return {
    call,
    watch,
    apply: (path, body, query = 'fieldManager=test') =>
      call('PATCH', `${path}?${query}`, body, { contentType: 'application/apply-patch+yaml' }),
    close: () => agent.destroy(),
  };
}

function objectIn(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Waits until the function gives something else than undefined. */
export async function eventually<T>(what: string, get: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = Date.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const value = await get();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`did not happen: ${what}`);
    await delay(10);
  }
}
