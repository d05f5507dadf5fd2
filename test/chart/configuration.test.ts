import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadConfiguration } from '../../src/server/configuration/load.ts';
import { type ChartValues, helmMissing, NAMESPACE, renderChart } from './helm.ts';

const REMOTE = 'https://git.example/platform/config.git';
const SHARED = { storage: 'kubernetes', git: { remote: REMOTE } };
const existingSecrets = {
  gitToken: { name: 'git' },
  gitSsh: { name: 'ssh' },
  proxy: { name: 'proxy' },
  webhook: { name: 'hook' },
  sealingKey: { name: 'key' },
  tls: { name: 'certificate' },
};

/** Values, and what the server then reads; what is not named has the server's default. */
const table: readonly (readonly [string, ChartValues, Readonly<Record<string, unknown>>])[] = [
  [
    'no values',
    {},
    {
      dataDirectory: '/var/lib/nautes',
      listen: '0.0.0.0:8000',
      'metrics.listen': '0.0.0.0:9090',
      storage: 'embedded',
      'management.inCluster': false,
      'log.format': 'json',
    },
  ],
  [
    'Secrets that exist',
    { existingSecrets, config: { git: { remote: REMOTE } } },
    {
      'git.remote': REMOTE,
      'git.tokenFile': '/etc/nautes/secrets/git/token',
      'git.sshKeyFile': '/etc/nautes/secrets/ssh/key',
      'git.knownHostsFile': '/etc/nautes/secrets/ssh/known_hosts',
      'proxies.credentialsFile': '/etc/nautes/secrets/proxy/credentials',
      'webhooks.secretFile': '/etc/nautes/secrets/webhook/secret',
      'secrets.keyFile': '/etc/nautes/secrets/sealing/key',
      'tls.mode': 'files',
      'tls.certificateFile': '/etc/nautes/secrets/tls/tls.crt',
      'tls.keyFile': '/etc/nautes/secrets/tls/tls.key',
    },
  ],
  [
    'three replicas',
    { replicas: 3, config: SHARED },
    { storage: 'kubernetes', 'management.inCluster': true, 'management.namespace': NAMESPACE },
  ],
  ['split roles', { roles: 'split', config: SHARED }, { storage: 'kubernetes', role: 'all' }],
  [
    'a management cluster by kubeconfig',
    { config: { ...SHARED, management: { kubeconfig: '/etc/management/kubeconfig' } } },
    { 'management.inCluster': false, 'management.kubeconfig': '/etc/management/kubeconfig' },
  ],
  [
    'publishing from one Pod',
    { config: { management: { publish: { argocd: { enabled: true, namespace: 'gitops' } } } } },
    {
      storage: 'embedded',
      'management.inCluster': true,
      'management.namespace': NAMESPACE,
      'management.publish.argocd.namespace': 'gitops',
    },
  ],
  [
    'publishing to a registered cluster',
    { config: { management: { cluster: 'tenant', publish: { argocd: { enabled: true } } } } },
    { 'management.inCluster': false, 'management.cluster': 'tenant' },
  ],
  [
    'keys of the server',
    { config: { log: { level: 'debug' }, identity: { provider: 'gitlab' }, tls: { mode: 'auto', names: ['a', 'b'] } } },
    { 'log.level': 'debug', 'log.format': 'json', 'identity.provider': 'gitlab', 'tls.names': ['a', 'b'] },
  ],
];

describe('the configuration that the chart makes is accepted by the server', { skip: helmMissing }, () => {
  for (const [what, values, expected] of table) {
    it(`with ${what}`, async () => {
      const read = await readAsServer((await renderChart(values)).configuration);
      const found = Object.keys(expected).map((key) => [key, key.split('.').reduce<unknown>(field, read)]);
      assert.deepEqual(Object.fromEntries(found), expected);
    });
  }
});

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

async function readAsServer(text: string): Promise<unknown> {
  const directory = await mkdtemp(join(tmpdir(), 'nautes-chart-'));
  try {
    const file = join(directory, 'nautes.yaml');
    await writeFile(file, text);
    return await loadConfiguration({ file, environment: {} });
  } finally {
    await rm(directory, { recursive: true });
  }
}
