import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { run } from '../../src/base/programs/process.ts';
import { createCertificateAuthority, issueCertificate } from '../../src/base/tls/x509.ts';
import { inlineKubeconfig, refuseUnusable } from '../../src/cli/kubeconfig/inline.ts';
import { readKubeconfigs, selectContext } from '../../src/cli/kubeconfig/select.ts';
import { NautesError } from '../../src/errors/errors.ts';
import { loopbackAddressPolicy } from '../../src/kube/transport/address.ts';
import { Transport } from '../../src/kube/transport/transport.ts';
import { readKubeconfig } from '../../src/kube/kubeconfig/kubeconfig.ts';
import { proofOf } from '../../src/kubeconfig/client-rules.ts';
import { textOf } from '../../src/kubeconfig/entry.ts';
import { parseApiServer } from '../../src/resources/cluster/api-server.ts';
import { kubectlPath } from '../../tools/kubectl/kubectl.ts';

const root = createCertificateAuthority({ commonName: 'root' });
const intermediate = issueCertificate(root, { commonName: 'intermediate', usages: [], isAuthority: true });
const served = issueCertificate(intermediate, {
  commonName: 'server',
  ipAddresses: ['127.0.0.1'],
  dnsNames: ['localhost', 'kubernetes.default'],
  usages: ['server'],
});
const admin = issueCertificate(root, { commonName: 'admin', organizations: ['system:masters'], usages: ['client'] });
const another = issueCertificate(root, { commonName: 'another', usages: ['client'] });

/** PEM texts that kubeconfigs may hold. */
export const pem = {
  root: root.certificate,
  intermediate: intermediate.certificate,
  served: served.certificate,
  other: createCertificateAuthority({ commonName: 'other' }).certificate,
  admin: admin.certificate,
  adminKey: admin.privateKey.reveal(),
  anotherKey: another.privateKey.reveal(),
} as const;

/** What an API server was shown. */
export interface Presented {
  readonly path: string;
  /** Absent without the header. */
  readonly authorization?: string;
  /** Common name of the client certificate; absent without one. */
  readonly certificate?: string;
}

export type Outcome = { readonly presented: Presented } | { readonly refusal: string };

/** An API server that notes what it is shown, and the two clients that are compared on it. */
export class ClientComparison implements AsyncDisposable {
  readonly directory: string;
  readonly #kubectl: string;
  readonly #server: Server;
  #presented: Presented | undefined;

  private constructor(directory: string, kubectl: string) {
    this.directory = directory;
    this.#kubectl = kubectl;
    const tls = {
      cert: `${served.certificate}${intermediate.certificate}`,
      key: served.privateKey.reveal(),
      ca: root.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    };
    this.#server = createServer(tls, (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      const { authorization } = request.headers;
      this.#presented = {
        path: (request.url ?? '').replace(/\?.*/, ''),
        ...(authorization === undefined ? {} : { authorization }),
        ...(subject === undefined ? {} : { certificate: String(subject.CN) }),
      };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ major: '1', minor: '36', gitVersion: 'v1.36.4' }));
    });
    this.#server.on('tlsClientError', () => {});
  }

  static async open(): Promise<ClientComparison> {
    const comparison = new ClientComparison(await mkdtemp(join(tmpdir(), 'nautes-client-go-')), await kubectlPath());
    comparison.#server.listen(0, '127.0.0.1');
    await once(comparison.#server, 'listening');
    return comparison;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The path of a file with the text, below the directory. */
  async file(name: string, text: string | Uint8Array): Promise<string> {
    const path = join(this.directory, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  }

  /** What `kubectl version` shows the server. */
  async theirs(file: string): Promise<Outcome> {
    this.#presented = undefined;
    const environment = { HOME: this.directory, KUBECONFIG: file, PATH: '/usr/bin:/bin' };
    const { code, stderr } = await run(this.#kubectl, ['version', '--request-timeout=10s'], { environment });
    if (this.#presented !== undefined && code === 0) return { presented: this.#presented };
    return { refusal: stderr.trim() || 'no request' };
  }

  /** What the server of Nautes shows the server of a kubeconfig that the command line sends it. */
  async ours(file: string): Promise<Outcome> {
    this.#presented = undefined;
    try {
      const selected = selectContext(await readKubeconfigs(undefined, { KUBECONFIG: file }), undefined);
      refuseUnusable(selected);
      if (proofOf(selected.user) === 'program') return { refusal: 'program: an account is made for it' };
      const { credential, findings } = readKubeconfig(await inlineKubeconfig(selected));
      const [finding] = findings;
      if (finding !== undefined || credential === undefined) throw finding ?? new Error('nothing was found');
      const server = parseApiServer(textOf(selected.cluster, 'server').trim()).url;
      const transport = new Transport({ server, ...credential, addresses: loopbackAddressPolicy });
      const request = { method: 'GET', path: '/version' } as const;
      await transport.request(request, AbortSignal.timeout(10_000)).finally(() => transport.close());
    } catch (error) {
      if (!(error instanceof NautesError)) throw error;
      return { refusal: `${error.reason}: ${error.message}` };
    }
    return this.#presented === undefined ? { refusal: 'no request' } : { presented: this.#presented };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.directory, { recursive: true });
  }
}
