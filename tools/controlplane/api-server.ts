import type { CertificateWithKey } from '../../src/base/tls/x509.ts';
import { type ApiReply, sendRequest } from './api-client.ts';
import { type ApiServerArguments, apiServerArguments } from './components.ts';
import { kubeconfig } from './kubeconfig.ts';
import { type ClientOptions, issueClient } from './pki.ts';
import { freePort } from '../net/ports.ts';
import { startUntilReady } from './startup.ts';
import { SupervisedProcess } from './supervised-process.ts';

export interface ApiServerOptions extends Omit<ApiServerArguments, 'port'> {
  readonly program: string;
  readonly logFile: string;
  /** Default: a free one. */
  readonly fixedPort?: number;
}

const ADMINISTRATOR: ClientOptions = { user: 'kubernetes-admin', groups: ['system:masters'] };

/** The API server's process, which can be killed and started again on the same port. */
export class ApiServer implements AsyncDisposable {
  readonly #options: ApiServerOptions;
  readonly #administrator: CertificateWithKey;
  #port = 0;
  #process: SupervisedProcess | undefined;

  private constructor(options: ApiServerOptions) {
    this.#options = options;
    this.#administrator = issueClient(options.pki.authority, ADMINISTRATOR);
  }

  /** Resolves when it is ready. */
  static async start(options: ApiServerOptions, signal?: AbortSignal): Promise<ApiServer> {
    const apiServer = new ApiServer(options);
    const { fixedPort, address } = options;
    await apiServer.#start(async () => fixedPort ?? freePort(address), signal);
    return apiServer;
  }

  get url(): string {
    return `https://${this.#options.address}:${this.#port}`;
  }

  get process(): SupervisedProcess | undefined {
    return this.#process;
  }

  /** PEM of the authority of its present certificate. */
  get caCertificate(): string {
    return this.#options.pki.servingAuthority;
  }

  /** @param caCertificate PEM of the authorities that the client is to trust; the present one by default */
  kubeconfigFor(client: ClientOptions | { token: string } = ADMINISTRATOR, caCertificate = this.caCertificate): string {
    const { authority } = this.#options.pki;
    const credential = 'token' in client ? client : { certificate: issueClient(authority, client) };
    return kubeconfig({
      server: this.url,
      caCertificate,
      credential,
    });
  }

  /** One request as administrator. */
  request(method: string, path: string, body?: unknown): Promise<ApiReply> {
    const credentials = { authority: this.caCertificate, client: this.#administrator };
    return sendRequest(credentials, { method, url: `${this.url}${path}`, body });
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
    this.#process = undefined;
  }

  async restart(signal?: AbortSignal): Promise<void> {
    await this.kill();
    await this.#start(async () => this.#port, signal);
  }

  /** Kills it and starts it again with a new certificate. */
  async replaceCertificate(signal?: AbortSignal): Promise<void> {
    await this.kill();
    await this.#options.pki.renewApiServer();
    await this.restart(signal);
  }

  /** Kills it and starts it again with a certificate of another authority. */
  async replaceAuthority(signal?: AbortSignal): Promise<void> {
    await this.kill();
    await this.#options.pki.replaceServingAuthority();
    await this.restart(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #start(choosePort: () => Promise<number>, signal: AbortSignal | undefined): Promise<void> {
    this.#process = await startUntilReady({
      signal,
      start: async () => {
        this.#port = await choosePort();
        return SupervisedProcess.start({
          name: 'kube-apiserver',
          program: this.#options.program,
          args: apiServerArguments({ ...this.#options, port: this.#port }),
          logFile: this.#options.logFile,
        });
      },
      ready: async () => (await this.request('GET', '/readyz')).status === 200,
    });
  }
}
