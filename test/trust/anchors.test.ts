/** Which certificates are anchors of trust, for every peer with an authority of its own: those that Go takes for one. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { Secret } from '../../src/base/secret.ts';
import { type CertificateWithKey, createCertificateAuthority, issueCertificate } from '../../src/base/tls/x509.ts';
import { Transport as ApiTransport } from '../../src/client/transport.ts';
import { HostClient } from '../../src/git-host/host-client.ts';
import { loopbackAddressPolicy } from '../../src/kube/transport/address.ts';
import { Transport as KubeTransport } from '../../src/kube/transport/transport.ts';
import { download } from '../../src/render/download.ts';
import { VaultTransport } from '../../src/vault/transport.ts';
import { isPlatformSupported, kubectlPath } from '../../tools/kubectl/kubectl.ts';

const signal = AbortSignal.timeout(60_000);
const names = { commonName: 'server', ipAddresses: ['127.0.0.1'] };

const root = createCertificateAuthority({ commonName: 'root' });
const intermediate = issueCertificate(root, { commonName: 'intermediate', usages: [], isAuthority: true });
const leaf = issueCertificate(intermediate, { ...names, usages: ['server'] });
const other = createCertificateAuthority({ commonName: 'other' });

const VERSION = JSON.stringify({ major: '1', minor: '36', gitVersion: 'v1.36.4' });

/** A peer that trusts the certificates of a PEM text; resolves when it got an answer, whatever it says. */
type Peer = (url: string, authority: string, directory: string) => Promise<unknown>;

const fileOf = async (directory: string, text: string): Promise<string> => {
  const file = join(directory, 'ca.pem');
  await writeFile(file, text);
  return file;
};

const peers: Readonly<Record<string, Peer>> = {
  'a cluster': async (server, certificateAuthority) => {
    const transport = new KubeTransport({
      server,
      certificateAuthority,
      material: undefined,
      addresses: loopbackAddressPolicy,
    });
    await transport.request({ method: 'GET', path: '/version' }, signal).finally(() => transport.close());
  },
  Vault: async (address, authority) => {
    const vault = new VaultTransport({ address, authorities: [authority] });
    try {
      await vault.send({ method: 'GET', path: 'sys/health' }, signal);
    } finally {
      await vault.close();
    }
  },
  'GitLab or Gitea': async (url, authority) => {
    const limits = { retryDelay: 1 };
    const options = { url, host: 'GitLab', requestsPerMinute: 100, certificateAuthorities: [authority], limits };
    const client = new HostClient(options);
    try {
      await client.get('/version', { kind: 'bearer', token: new Secret('t') }, signal);
    } finally {
      await client.close();
    }
  },
  'git over HTTPS': async (url, authority, directory) => {
    const environment = {
      ...process.env,
      GIT_SSL_CAINFO: await fileOf(directory, authority),
      GIT_TERMINAL_PROMPT: '0',
    };
    const { stderr } = await run('git', ['ls-remote', '--', `${url}/config.git`], { environment });
    assert.doesNotMatch(stderr, /certificate/i);
  },
  'a download': async (url, authority) => {
    const options = { certificateAuthorities: authority, maximumBytes: 1000, timeoutMilliseconds: 10_000 };
    await download(`${url}/chart.tgz`, 'chart', options, signal);
  },
  'the command line with --ca-file': async (server, certificateAuthority) => {
    const transport = new ApiTransport({ server, certificateAuthority, userAgent: 'test' });
    await transport.send({ method: 'GET', path: '/version', signal }).finally(() => transport.close());
  },
};

describe('anchors of trust', () => {
  let directory: string;
  const servers: Server[] = [];
  let alone: string;
  let withChain: string;

  async function serve({ certificate, privateKey }: CertificateWithKey, chain = ''): Promise<string> {
    const tls = { cert: `${certificate}${chain}`, key: privateKey.reveal() };
    const server = createServer(tls, (_request, response) => void response.end(VERSION)).listen(0, '127.0.0.1');
    server.on('tlsClientError', () => {});
    servers.push(server);
    await once(server, 'listening');
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-trust-'));
    alone = await serve(leaf);
    withChain = await serve(leaf, intermediate.certificate);
  });
  after(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await rm(directory, { recursive: true });
  });

  for (const [name, ask] of Object.entries(peers)) {
    it(`${name}: an intermediate authority and the server's own certificate are anchors, another authority is not`, async () => {
      await ask(alone, intermediate.certificate, directory);
      await ask(withChain, intermediate.certificate, directory);
      await ask(alone, leaf.certificate, directory);
      await ask(withChain, root.certificate, directory);
      await ask(alone, `${other.certificate}${intermediate.certificate}`, directory);
      await assert.rejects(ask(alone, other.certificate, directory));
      await assert.rejects(ask(alone, root.certificate, directory), 'the chain has a gap');
    });
  }

  it('kubectl has the same anchors', {
    skip: isPlatformSupported() ? false : 'kubectl is brought for Linux',
  }, async () => {
    const kubectl = await kubectlPath();
    const code = async (server: string, authority: string): Promise<number | null> => {
      const file = await fileOf(directory, authority);
      const args = [
        'version',
        '-s',
        server,
        '--certificate-authority',
        file,
        '--token',
        't',
        '--kubeconfig',
        '/dev/null',
      ];
      return (await run(kubectl, args, { environment: { HOME: directory } })).code;
    };
    assert.equal(await code(alone, intermediate.certificate), 0);
    assert.equal(await code(alone, leaf.certificate), 0);
    assert.equal(await code(withChain, root.certificate), 0);
    assert.notEqual(await code(alone, root.certificate), 0);
    assert.notEqual(await code(alone, other.certificate), 0);
  });
});
