import { Pool } from 'undici';
import { createCertificateAuthority, issueCertificate } from '../../src/base/tls/x509.ts';
import { kubeconfig } from '../../sandbox/kubeconfig.ts';

/** Saves new workers through the HTTP API, each at an address of its own on loopback that is never asked. */
export class SaveClient {
  readonly #pool: Pool;
  readonly #token: string;
  readonly #authority = createCertificateAuthority({ commonName: 'benchmark-ca' });
  readonly #certificate = issueCertificate(this.#authority, { commonName: 'admin', usages: ['client'] });

  constructor(url: string, token: string, callers: number) {
    this.#pool = new Pool(url, { connections: callers });
    this.#token = token;
  }

  async save(name: string, index: number): Promise<void> {
    const reply = await this.#pool.request({
      method: 'POST',
      path: `/api/v1/clusters/${name}?insecure_skip_check=true`,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      body: JSON.stringify(this.#body(name, index)),
    });
    const text = await reply.body.text();
    if (reply.statusCode !== 200) throw new Error(`${name} was answered ${reply.statusCode}: ${text}`);
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  #body(name: string, index: number): Record<string, string> {
    const server = `https://127.${100 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}:6443`;
    return {
      api_server: server,
      cluster_kind: 'kubernetes',
      cluster_type: 'physical',
      usage: 'worker',
      kubeconfig: kubeconfig({
        name,
        server,
        certificateAuthority: this.#authority.certificate,
        credential: {
          certificate: this.#certificate.certificate,
          privateKey: this.#certificate.privateKey.reveal(),
        },
      }),
    };
  }
}
