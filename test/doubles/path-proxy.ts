import { once } from 'node:events';
import { request as forward } from 'node:https';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stringifyYaml } from '../../src/base/yaml.ts';
import { createCertificateAuthority, issueCertificate } from '../../src/base/tls/x509.ts';

/** The cluster behind the proxy: where, whom it trusts, and the token by which the proxy itself is known there. */
export interface ProxiedCluster {
  readonly server: string;
  readonly certificateAuthority: string;
  readonly adminToken: string;
}

/** What it does with a token of a ServiceAccount of the cluster: Rancher refuses it until that is switched on. */
export type ForeignTokens = 'passed' | 'refused';

/**
 * A proxy in the manner of Rancher: an API server below a path, with logins of its own. It shows a certificate of its own
 * authority, knows one token of a user and goes on as administrator for it.
 */
export class PathProxy implements AsyncDisposable {
  static readonly TOKEN = 'kubeconfig-u-abcde:0123456789';
  readonly path = '/k8s/clusters/c-m-7x2kq';
  readonly certificateAuthority: string;
  foreignTokens: ForeignTokens;
  /** The UID that the namespace kube-system has through it: that of a cluster of which the one behind it is a copy. */
  identity: string | undefined;
  /** Paths that were asked for outside {@link path}. */
  readonly strayed: string[] = [];
  readonly #server: Server;

  private constructor(target: ProxiedCluster, foreignTokens: ForeignTokens) {
    const authority = createCertificateAuthority({ commonName: 'proxy' });
    const issued = issueCertificate(authority, {
      commonName: 'proxy',
      ipAddresses: ['127.0.0.1'],
      usages: ['server'],
    });
    this.certificateAuthority = authority.certificate;
    this.foreignTokens = foreignTokens;
    const tls = { cert: issued.certificate, key: issued.privateKey.reveal() };
    this.#server = createServer(tls, (request, response) => this.#answer(target, request, response));
  }

  static async start(target: ProxiedCluster, foreignTokens: ForeignTokens = 'passed'): Promise<PathProxy> {
    const proxy = new PathProxy(target, foreignTokens);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get server(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}${this.path}`;
  }

  /** As the proxy's own page gives it to a user. */
  kubeconfig(): string {
    const cluster = {
      server: this.server,
      'certificate-authority-data': Buffer.from(this.certificateAuthority).toString('base64'),
    };
    return stringifyYaml({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'downstream', cluster }],
      users: [{ name: 'downstream', user: { token: PathProxy.TOKEN } }],
      contexts: [{ name: 'downstream', context: { cluster: 'downstream', user: 'downstream' } }],
      'current-context': 'downstream',
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(target: ProxiedCluster, request: IncomingMessage, response: ServerResponse): void {
    const { url = '', headers, method } = request;
    if (!url.startsWith(`${this.path}/`)) {
      this.strayed.push(url);
      response.writeHead(404).end('404 page not found');
      return;
    }
    const own = headers.authorization === `Bearer ${PathProxy.TOKEN}`;
    if (!own && this.foreignTokens === 'refused') {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ type: 'error', status: '401', message: 'must authenticate' }));
      return;
    }
    const authorization = own ? `Bearer ${target.adminToken}` : headers.authorization;
    const onward = forward(`${target.server}${url.slice(this.path.length)}`, {
      method,
      ca: target.certificateAuthority,
      headers: { ...headers, authorization, host: new URL(target.server).host },
    });
    onward.on('error', () => response.destroy());
    onward.on('response', (answer) => {
      answer.on('error', () => response.destroy());
      const { identity } = this;
      if (
        identity !== undefined &&
        request.method === 'GET' &&
        /\/api\/v1\/namespaces(\/kube-system)?(\?|$)/.test(url)
      ) {
        rewrite(answer, response, identity).catch(() => response.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    response.on('close', () => onward.destroy());
    request.on('error', () => onward.destroy());
    request.pipe(onward);
  }
}

interface NamedObject {
  readonly metadata?: { readonly name?: string; uid?: string };
}

/** Gives the Namespace kube-system, alone or in a list, the UID. */
async function rewrite(answer: IncomingMessage, response: ServerResponse, identity: string): Promise<void> {
  const content = JSON.parse((await answer.toArray()).join('')) as NamedObject & { readonly items?: NamedObject[] };
  for (const { metadata } of [content, ...(content.items ?? [])]) {
    if (metadata?.name === 'kube-system') metadata.uid = identity;
  }
  response.writeHead(answer.statusCode ?? 502, { 'content-type': 'application/json' }).end(JSON.stringify(content));
}
