import { createServer, type Server } from 'node:https';
import { createCertificateAuthority, issueCertificate } from '../../src/base/tls/x509.ts';

/** What a webhook says to a write. */
export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly message: string }
  /** Allowed with a change, in JSON Patch. */
  | { readonly allowed: true; readonly patch: readonly unknown[] }
  /** The webhook does not answer. */
  | 'hang';

/** Decides on the object of a review; the old one where a write deletes. */
export type Judge = (object: Readonly<Record<string, unknown>>) => Verdict;

interface AdmissionReview {
  readonly request: {
    readonly uid: string;
    readonly object: Readonly<Record<string, unknown>> | null;
    readonly oldObject: Readonly<Record<string, unknown>> | null;
  };
}

/** Admission webhooks on loopback, as a real API server calls them by URL. */
export class AdmissionServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #judges: Map<string, Judge>;
  readonly #port: number;
  /** Base64 of PEM. */
  readonly #caBundle: string;
  /** Reviews so far, by name. */
  readonly reviews = new Map<string, number>();

  private constructor(server: Server, judges: Map<string, Judge>, port: number, caBundle: string) {
    this.#server = server;
    this.#judges = judges;
    this.#port = port;
    this.#caBundle = caBundle;
  }

  /** @param judges by the name of the webhook */
  static async start(judges: Readonly<Record<string, Judge>>): Promise<AdmissionServer> {
    const authority = createCertificateAuthority({ commonName: 'admission' });
    const { certificate, privateKey } = issueCertificate(authority, {
      commonName: 'admission',
      ipAddresses: ['127.0.0.1'],
      usages: ['server'],
    });
    const server = createServer({ cert: certificate, key: privateKey.reveal() });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const caBundle = Buffer.from(authority.certificate).toString('base64');
    const running = new AdmissionServer(server, new Map(Object.entries(judges)), port, caBundle);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const name = (request.url ?? '').slice(1).split('?')[0] ?? '';
        const answer = running.#review(name, JSON.parse(Buffer.concat(chunks).toString()) as AdmissionReview);
        if (answer !== undefined) response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
      });
    });
    return running;
  }

  /** Where the API server finds the webhook. */
  clientConfig(name: string): { readonly url: string; readonly caBundle: string } {
    return { url: `https://127.0.0.1:${this.#port}/${name}`, caBundle: this.#caBundle };
  }

  #review(name: string, { request }: AdmissionReview): unknown {
    this.reviews.set(name, (this.reviews.get(name) ?? 0) + 1);
    const verdict = this.#judges.get(name)?.(request.object ?? request.oldObject ?? {}) ?? { allowed: true };
    if (verdict === 'hang') return undefined;
    const response = { uid: request.uid, allowed: verdict.allowed, ...details(verdict) };
    return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function details(verdict: Exclude<Verdict, 'hang'>): Readonly<Record<string, unknown>> {
  if ('message' in verdict) return { status: { code: 403, message: verdict.message } };
  if (!('patch' in verdict)) return {};
  return { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(verdict.patch)).toString('base64') };
}
