import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent as TlsAgent, request as requestTls } from 'node:https';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { join } from 'node:path';
import { freePort } from '../net/ports.ts';
import { startUntilReady } from '../controlplane/startup.ts';
import { SupervisedProcess } from '../controlplane/supervised-process.ts';
import { temporaryDirectory } from '../controlplane/temporary-directory.ts';
import { VAULT_NOT_BUILT, vaultBinary } from './binary.ts';

export { VAULT_NOT_BUILT, vaultBinary } from './binary.ts';

export interface VaultServerOptions {
  /** Serve HTTPS with a certificate of a new authority. Default false. */
  readonly tls?: boolean;
  readonly signal?: AbortSignal;
}

export interface VaultReply {
  readonly status: number;
  /** The JSON body; `undefined` when there is none. */
  readonly body: unknown;
}

/** A development server of Vault on loopback, in memory; from {@link startVault}. */
export interface VaultServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, or `https://…`. */
  readonly address: string;
  /** PEM of the authority; empty without TLS. */
  readonly caCertificate: string;
  readonly rootToken: string;
  /** Contains the log and files of a test, until the end. */
  readonly directory: string;
  /** Seals it, or unseals it again; its data stays. */
  setSealed(sealed: boolean): Promise<void>;
  /** One request with the root token, past everything of ours. */
  request(method: string, path: string, body?: unknown, token?: string): Promise<VaultReply>;
  stop(): Promise<void>;
}

const ADDRESS = '127.0.0.1';
/** Vault 1.15 was written for a Go that took certificates with negative serial numbers. */
const COMPATIBILITY = 'GODEBUG=x509negativeserial=1';

/**
 * Starts Vault in development mode: unsealed, in memory, with the KV engine of version 2 at `secret/`. It ends with this
 * process, however that ends.
 * @throws Error when it is not built, or with the end of its log when it does not come up
 */
export async function startVault(options: VaultServerOptions = {}): Promise<VaultServer> {
  const program = await vaultBinary();
  if (program === undefined) throw new Error(VAULT_NOT_BUILT);
  await using starting = new AsyncDisposableStack();
  const directory = starting.use(await temporaryDirectory('nautes-vault-')).path;
  const rootToken = `root-${randomBytes(12).toString('hex')}`;
  const authorityFile = join(directory, 'vault-ca.pem');
  let address = '';
  const process = await startUntilReady({
    ...options,
    async start() {
      const port = await freePort(ADDRESS);
      address = `${options.tls === true ? 'https' : 'http'}://${ADDRESS}:${port}`;
      return SupervisedProcess.start({
        name: 'vault',
        program: '/usr/bin/env',
        args: [
          '-i',
          COMPATIBILITY,
          `HOME=${directory}`,
          program,
          'server',
          '-dev',
          '-dev-no-store-token',
          `-dev-listen-address=${ADDRESS}:${port}`,
          `-dev-root-token-id=${rootToken}`,
          '-log-level=warn',
          ...(options.tls === true ? ['-dev-tls', `-dev-tls-cert-dir=${directory}`] : []),
        ],
        logFile: join(directory, 'vault.log'),
      });
    },
    async ready() {
      const endpoint = { address, caCertificate: await authority() };
      const reply = await send(endpoint, 'GET', 'sys/health').catch(() => undefined);
      return reply?.status === 200;
    },
  });
  starting.defer(() => process.kill());

  async function authority(): Promise<string> {
    return options.tls === true ? readFile(authorityFile, 'utf8').catch(() => '') : '';
  }

  const caCertificate = await authority();
  const resources = starting.move();
  const stop = (): Promise<void> => resources.disposeAsync();
  const setSealed = async (sealed: boolean): Promise<void> => {
    const endpoint = { address, caCertificate, token: rootToken };
    const log = await readFile(join(directory, 'vault.log'), 'utf8');
    const key = /^Unseal Key: (\S+)$/m.exec(log)?.[1];
    const [path, body] = sealed ? ['sys/seal', {}] : ['sys/unseal', { key }];
    const reply = await send(endpoint, 'POST', path, body);
    if (reply.status >= 300) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  };
  return {
    address,
    caCertificate,
    rootToken,
    directory,
    setSealed,
    request: (method, path, body, token = rootToken) => send({ address, caCertificate, token }, method, path, body),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

interface Endpoint {
  readonly address: string;
  /** PEM; empty for plain HTTP. */
  readonly caCertificate: string;
  readonly token?: string;
}

async function send(endpoint: Endpoint, method: string, path: string, body?: unknown): Promise<VaultReply> {
  const { address, caCertificate, token = '' } = endpoint;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { ...(token === '' ? {} : { 'x-vault-token': token }), 'x-vault-request': 'true' };
    const url = `${address}/v1/${path}`;
    const request =
      caCertificate === ''
        ? requestPlain(url, { method, headers })
        : requestTls(url, { method, headers, agent: new TlsAgent({ ca: caCertificate }) });
    request.once('response', resolve).once('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of response) chunks.push(chunk as Uint8Array);
  const text = Buffer.concat(chunks).toString('utf8').trim();
  return { status: response.statusCode ?? 0, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}
