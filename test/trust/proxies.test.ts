/** Peers behind a company's proxy: each is reached through it, by a name that it alone resolves, or says what it did. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';
import { type ProxyChoice, proxyName } from '../../src/base/network/proxy.ts';
import { type ConnectProxy, startConnectProxy } from '../../src/base/network/testing/connect-proxy.ts';
import { run } from '../../src/base/programs/process.ts';
import { Secret } from '../../src/base/secret.ts';
import { createCertificateAuthority, issueCertificate } from '../../src/base/tls/x509.ts';
import { NautesError } from '../../src/errors/errors.ts';
import { HostClient } from '../../src/git-host/host-client.ts';
import { openGitStore } from '../../src/git-store/index.ts';
import { save, usualOptions } from '../../src/git-store/testing/fixtures.ts';
import { type GitHttpServer, startGitHttpServer } from '../../src/git-store/testing/git-http-server.ts';
import { type AddressPolicy, defaultAddressPolicy } from '../../src/kube/transport/address.ts';
import { Transport as KubeTransport } from '../../src/kube/transport/transport.ts';
import { download } from '../../src/render/download.ts';
import { loadConfiguration } from '../../src/server/configuration/load.ts';
import { type ProxiedPeer, proxyOf } from '../../src/server/configuration/proxies.ts';
import { VaultTransport } from '../../src/vault/transport.ts';

const signal = AbortSignal.timeout(60_000);
const authority = createCertificateAuthority({ commonName: 'authority' });
const NAMES = ['git.corp.example', 'api.corp.example', 'peer.corp.example'] as const;

describe('behind a proxy that alone resolves names', () => {
  let directory: string;
  let authorityFile: string;
  let peer: Server;
  let git: GitHttpServer;
  let proxy: ConnectProxy;
  let count = 0;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-proxy-'));
    authorityFile = join(directory, 'authority.pem');
    await writeFile(authorityFile, authority.certificate);
    const leaf = issueCertificate(authority, { commonName: 'server', dnsNames: [...NAMES], usages: ['server'] });
    const tls = { cert: leaf.certificate, key: leaf.privateKey.reveal() };
    peer = createServer(tls, (_request, response) => void response.end('{"major":"1"}')).listen(0, '127.0.0.1');
    await once(peer, 'listening');
    git = await startGitHttpServer({ root: directory, username: 'nautes', password: 'token', tls });
    const peerPort = (peer.address() as AddressInfo).port;
    proxy = await startConnectProxy({
      'git.corp.example': Number(new URL(git.url('x')).port),
      'api.corp.example': peerPort,
      'peer.corp.example': peerPort,
    });
  });
  beforeEach(() => {
    proxy.refuse(undefined);
    proxy.targets.length = 0;
    proxy.authorizations.length = 0;
  });
  after(async () => {
    proxy.close();
    peer.closeAllConnections();
    peer.close();
    await git.close();
    await rm(directory, { recursive: true });
  });

  const choiceOf = async (key: ProxiedPeer, environment: Record<string, string> = { HTTPS_PROXY: proxy.url }) =>
    proxyOf(await loadConfiguration({ environment }), key, environment);

  async function openStore(choose: ProxyChoice) {
    count += 1;
    await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', join(directory, `${count}.git`)]);
    const url = `https://git.corp.example/${count}.git`;
    const chosen = choose(new URL(url));
    const credentials = async () => ({ username: 'nautes', password: new Secret('token') });
    const environment = { GIT_SSL_CAINFO: authorityFile };
    return openGitStore(
      {
        ...usualOptions,
        directory: join(directory, `clone-${count}`),
        remote: { url, credentials, environment, ...(chosen === undefined ? {} : { proxy: chosen }) },
        fetchIntervalMilliseconds: 60_000,
        committer: { name: 'Nautes', email: 'nautes@example.org' },
        logger: silentLogger,
      },
      signal,
    );
  }

  async function askCluster(proxyChoice: ProxyChoice, host = 'api.corp.example', more: Partial<AddressPolicy> = {}) {
    const transport = new KubeTransport({
      server: `https://${host}:6443`,
      certificateAuthority: authority.certificate,
      material: undefined,
      addresses: { ...defaultAddressPolicy, ...more, proxy: proxyChoice },
      limits: { connectTimeout: 2000 },
    });
    return transport.request({ method: 'GET', path: '/version' }, signal).finally(() => transport.close());
  }

  const peers: Readonly<Record<string, (choose: ProxyChoice) => Promise<unknown>>> = {
    clusters: (choose) => askCluster(choose),
    management: (choose) => askCluster(choose),
    vault: async (choose) => {
      const vault = new VaultTransport({
        address: 'https://peer.corp.example',
        authorities: [authority.certificate],
        proxy: choose,
      });
      try {
        await vault.send({ method: 'GET', path: 'sys/health' }, signal);
      } finally {
        await vault.close();
      }
    },
    identity: async (choose) => {
      const client = new HostClient({
        url: 'https://peer.corp.example',
        host: 'GitLab',
        requestsPerMinute: 100,
        certificateAuthorities: [authority.certificate],
        proxy: choose,
        limits: { retryDelay: 1 },
      });
      try {
        await client.get('/version', { kind: 'bearer', token: new Secret('t') }, signal);
      } finally {
        await client.close();
      }
    },
    catalog: async (choose) => {
      const limits = { maximumBytes: 1000, timeoutMilliseconds: 10_000 };
      const options = { ...limits, certificateAuthorities: authority.certificate, proxy: choose };
      await download('https://peer.corp.example/chart.tgz', 'chart', options, signal);
    },
    git: async (choose) => {
      const store = await openStore(choose);
      try {
        await save(store, 'one');
      } finally {
        await store.close();
      }
    },
  };

  for (const [key, ask] of Object.entries(peers)) {
    it(`${key}: reached through the one of the environment, or of its own key, and named when it refuses`, async () => {
      await ask(await choiceOf(key as ProxiedPeer));
      assert.match(proxy.targets.at(-1) ?? '', /^(git|api|peer)\.corp\.example:(443|6443)$/);
      const own = `NAUTES_PROXIES_${key.toUpperCase()}`;
      await ask(await choiceOf(key as ProxiedPeer, { [own]: proxy.url }));
      const asked = proxy.targets.length;
      await assert.rejects(ask(await choiceOf(key as ProxiedPeer, { HTTPS_PROXY: proxy.url, [own]: 'none' })));
      assert.equal(proxy.targets.length, asked, 'not asked with none');
      for (const [status, words] of [
        [407, /the proxy 127\.0\.0\.1:\d+ requires a user and a password, or refuses those it was given \(407\)/],
        [403, /the proxy 127\.0\.0\.1:\d+ does not allow the connection \(403\)/],
        [502, /the proxy 127\.0\.0\.1:\d+ did not make the connection \(502\)/],
      ] as const) {
        proxy.refuse(status);
        await assert.rejects(ask(await choiceOf(key as ProxiedPeer)), (error: unknown) => {
          assert.ok(error instanceof NautesError, String(error));
          assert.match(error.message, words);
          return true;
        });
      }
    });
  }

  it('says the same of a push as of a fetch, and tries what stays refused once', async () => {
    const store = await openStore(await choiceOf('git'));
    try {
      proxy.refuse(407);
      proxy.targets.length = 0;
      await assert.rejects(save(store, 'one'), { reason: 'ConfigRepoProxyRefused' });
      assert.equal(proxy.targets.length, 1);
      await assert.rejects(store.refresh(signal), { reason: 'ConfigRepoProxyRefused', message: /\(407\)/ });
      proxy.refuse(undefined);
      await save(store, 'one');
    } finally {
      await store.close();
    }
  });

  it('gets the credentials of a file or of the variable, and shows them nowhere', async () => {
    const file = join(directory, 'credentials');
    await writeFile(file, 'user:can@ry\n');
    const expected = `Basic ${Buffer.from('user:can@ry').toString('base64')}`;
    const fromFile = { NAUTES_PROXIES_URL: proxy.url, NAUTES_PROXIES_CREDENTIALS_FILE: file };
    const fromVariable = { https_proxy: proxy.url.replace('://', '://user:can%40ry@') };
    for (const environment of [fromFile, fromVariable]) {
      proxy.authorizations.length = 0;
      await askCluster(await choiceOf('clusters', environment));
      const store = await openStore(await choiceOf('git', environment));
      try {
        await save(store, 'one');
      } finally {
        await store.close();
      }
      // curl offers them at the first question, as we do
      assert.deepEqual(new Set(proxy.authorizations), new Set([expected]));
      proxy.refuse(407);
      const failed = await askCluster(await choiceOf('clusters', environment)).then(() => '', String);
      assert.doesNotMatch(failed, /can@ry|can%40ry|user:/i);
      proxy.refuse(undefined);
    }
  });

  it('does not carry requests to addresses that no cluster may have', async () => {
    const choose = await choiceOf('clusters');
    for (const host of ['169.254.169.254', 'metadata.google.internal', 'api.localhost', '0.0.0.0']) {
      await assert.rejects(askCluster(choose, host), { reason: 'ClusterAddressRefused' }, host);
    }
    const isOwn = { ownService: () => ({ id: 'network.failed' }) as never };
    await assert.rejects(askCluster(choose, 'api.corp.example', isOwn), { reason: 'ClusterAddressRefused' });
    assert.deepEqual(proxy.targets, []);
  });

  it('says that the proxy is not reached, or none', async () => {
    const gone = createTcpServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const port = (gone.address() as AddressInfo).port;
    await new Promise((resolve) => gone.close(resolve));
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
    const words = new RegExp(`the proxy 127\\.0\\.0\\.1:${port} is not reached: nothing accepts connections there`);
    await assert.rejects(askCluster(await choiceOf('clusters', environment)), {
      reason: 'ClusterProxyFailed',
      message: words,
    });
    await assert.rejects(openStore(await choiceOf('git', environment)), {
      reason: 'ConfigRepoUnavailable',
      message: words,
    });
    const talker = createTcpServer((socket) => void socket.on('error', () => {}).end('220 mail\r\n\r\n')).listen(
      0,
      '127.0.0.1',
    );
    await once(talker, 'listening');
    const other = { HTTPS_PROXY: `http://127.0.0.1:${(talker.address() as AddressInfo).port}` };
    await assert.rejects(askCluster(await choiceOf('clusters', other)), /it does not speak HTTP/);
    talker.close();
  });
});

describe('the configuration of proxies', () => {
  const load = (environment: Record<string, string>) => loadConfiguration({ environment });

  it('is refused at the start by the name of the key or variable, without what stands there', async () => {
    for (const [environment, words] of [
      [{ HTTPS_PROXY: 'socks5://user:canary@proxy' }, /HTTPS_PROXY.*not SOCKS/],
      [{ all_proxy: 'socks5h://user:canary@proxy' }, /all_proxy.*not SOCKS/],
      [{ NAUTES_PROXIES_URL: 'http://user:canary@proxy' }, /proxies\.url.*credentialsFile/],
      [{ NAUTES_PROXIES_CLUSTERS: 'http://a b' }, /proxies\.clusters/],
      [{ NAUTES_PROXIES_URL: 'http://p', NAUTES_PROXIES_CREDENTIALS_FILE: '/nonexistent' }, /proxies\.credentialsFile/],
    ] as const) {
      await assert.rejects(load(environment), (error: unknown) => {
        assert.ok(error instanceof NautesError && error.reason === 'ConfigurationInvalid', String(error));
        assert.match(error.message, words);
        assert.doesNotMatch(error.message, /canary/);
        return true;
      });
    }
  });

  it('takes the exceptions of the key, else of the environment', async () => {
    const environment = { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'a.example' };
    const choose = await proxyOf(await load(environment), 'vault', environment);
    assert.equal(choose(new URL('https://x.a.example')), undefined);
    const found = choose(new URL('https://b.example'));
    assert.equal(found && proxyName(found), 'proxy:3128');
    const keyed = { ...environment, NAUTES_PROXIES_EXCEPTIONS: 'b.example' };
    const other = await proxyOf(await load(keyed), 'vault', keyed);
    assert.equal(other(new URL('https://b.example')), undefined);
    assert.notEqual(other(new URL('https://a.example')), undefined);
  });
});
