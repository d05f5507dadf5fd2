import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createCertificateAuthority, issueCertificate } from '../../../src/base/tls/x509.ts';
import { type Body, permissionDenied, type VaultAnswer, VaultFailure } from './errors.ts';
import { VaultFaults } from './faults.ts';
import { type HandledRequest, VaultState } from './state.ts';

export interface VaultDoubleOptions {
  /** HTTPS with a certificate of an authority made for the occasion. Default false. */
  readonly tls?: boolean;
  /** What it knows, shared with the other nodes of the same Vault. Default: of its own, empty. */
  readonly state?: VaultState;
  /** Requests are answered in this namespace alone. */
  readonly namespace?: string;
}

/** A request as it arrived. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** True when it presented a token. */
  readonly hadToken: boolean;
}

const MAXIMUM_BODY_BYTES = 32 * 1024 * 1024;

/**
 * Vault as far as Nautes uses it: KV of version 2 with check-and-set, policies, tokens, AppRole, Kubernetes and JWT
 * logins, auth mounts; in memory, on loopback. `parity.real.test.ts` compares its answers with those of a real one.
 * What a real one does not do on demand is in {@link faults}.
 */
export class VaultDouble implements AsyncDisposable {
  readonly address: string;
  /** PEM; empty without TLS. */
  readonly caCertificate: string;
  readonly state: VaultState;
  readonly faults = new VaultFaults();
  readonly seen: SeenRequest[] = [];
  readonly #server: Server;
  readonly #namespace: string;

  private constructor(server: Server, options: VaultDoubleOptions, address: string, caCertificate: string) {
    this.#server = server;
    this.address = address;
    this.caCertificate = caCertificate;
    this.state = options.state ?? new VaultState();
    this.#namespace = options.namespace ?? '';
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async start(options: VaultDoubleOptions = {}): Promise<VaultDouble> {
    const isSecure = options.tls === true;
    const authority = createCertificateAuthority({ commonName: 'Vault double' });
    const { certificate, privateKey } = issueCertificate(authority, {
      commonName: 'vault',
      ipAddresses: ['127.0.0.1'],
      usages: ['server'],
    });
    const server: Server = isSecure ? createTlsServer({ cert: certificate, key: privateKey.reveal() }) : createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const address = `${isSecure ? 'https' : 'http'}://127.0.0.1:${port}`;
    return new VaultDouble(server, options, address, isSecure ? authority.certificate : '');
  }

  get rootToken(): string {
    return this.state.rootToken;
  }

  /** A request with the root token, past the network and the faults. */
  async request(method: string, path: string, body: unknown = {}, token = this.rootToken): Promise<VaultAnswer> {
    const isList = path.endsWith('?list=true');
    const target = isList ? path.replace('?list=true', '/') : path;
    try {
      return await this.state.handle({ method, path: target, body: body as Body, token, isList });
    } catch (error) {
      if (error instanceof VaultFailure) return { status: error.status, data: undefined };
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://vault.invalid');
    const arrived = readTarget(request, url);
    const { method, path, token, isList } = arrived;
    this.seen.push({ method: isList ? 'LIST' : method, path, hadToken: token !== '' });
    try {
      const body = await readBody(request);
      if (path === 'sys/health') return this.#health(url.searchParams, response);
      if (this.#interfere(url, response)) return;
      await this.faults.onRequest?.(method, path);
      this.#refuse(request, `${method} ${path}`);
      reply(response, await this.state.handle({ ...arrived, body }));
    } catch (error) {
      const failure = error instanceof VaultFailure ? error : new VaultFailure(500, 'internal error');
      send(response, failure.status, { errors: failure.errors });
    }
  }

  /** @throws VaultFailure 403 for another namespace and for what is denied */
  #refuse({ headers }: IncomingMessage, what: string): void {
    if (String(headers['x-vault-namespace'] ?? '') !== this.#namespace) throw permissionDenied();
    if (this.faults.denied.some((pattern) => pattern.test(what))) throw permissionDenied();
  }

  /** Answers in the way of a fault; true when it did. */
  #interfere(url: URL, response: ServerResponse): boolean {
    const { sealed, uninitialized, standby, audit, throttled, broken } = this.faults;
    if (broken !== undefined) response.writeHead(broken, { 'content-type': 'text/html' }).end('<html>no JSON</html>');
    else if (sealed || uninitialized) send(response, 503, { errors: ['Vault is sealed'] });
    else if (standby === '') {
      send(response, 500, { errors: ['local node not active but active cluster node not found'] });
    } else if (standby !== undefined) {
      response.writeHead(307, { location: `${standby}${url.pathname}${url.search}` }).end();
    } else if (throttled) {
      response.setHeader('retry-after', '2');
      send(response, 429, { errors: ['request path "x": rate limit quota exceeded'] });
    } else if (audit === 'fails') send(response, 500, { errors: ['internal error'] });
    else if (audit !== 'hangs') return false; // a request that hangs is never answered
    return true;
  }

  #health(query: URLSearchParams, response: ServerResponse): void {
    const { sealed, uninitialized, standby } = this.faults;
    const status = uninitialized ? 501 : sealed ? 503 : standby === undefined || query.has('standbyok') ? 200 : 429;
    send(response, status, { initialized: !uninitialized, sealed, standby: standby !== undefined });
  }
}

function readTarget({ method: given = 'GET', headers }: IncomingMessage, url: URL): Omit<HandledRequest, 'body'> {
  const isList = given === 'LIST' || url.searchParams.get('list') === 'true';
  const path = decodeURIComponent(url.pathname).replace(/^\/v1\//, '');
  return {
    path: isList && !path.endsWith('/') ? `${path}/` : path, // as Vault does before it looks at policies
    method: { PUT: 'POST', LIST: 'GET' }[given] ?? given,
    isList,
    token: String(headers['x-vault-token'] ?? ''),
  };
}

async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAXIMUM_BODY_BYTES) throw new VaultFailure(413, 'request body too large');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : (JSON.parse(text) as Body);
}

function reply(response: ServerResponse, { status, data, auth }: VaultAnswer): void {
  if (status === 204) {
    response.writeHead(204).end();
    return;
  }
  const envelope = { request_id: randomBytes(8).toString('hex'), lease_id: '', renewable: false, lease_duration: 0 };
  send(response, status, { ...envelope, data: data ?? null, wrap_info: null, warnings: null, auth: auth ?? null });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}
