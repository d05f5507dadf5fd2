import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CHART, helm, helmMissing, listAt, NAMESPACE, refusal, renderChart, valueAt } from './helm.ts';

const pod = (deployment: unknown, ...path: readonly (string | number)[]) =>
  valueAt(deployment, 'spec', 'template', 'spec', ...path);
const container = (deployment: unknown, ...path: readonly (string | number)[]) =>
  pod(deployment, 'containers', 0, ...path);
const volume = (deployment: unknown, name: string): unknown =>
  listAt(deployment, 'spec', 'template', 'spec', 'volumes').find((one) => valueAt(one, 'name') === name);
const mounts = (deployment: unknown): readonly unknown[] =>
  listAt(deployment, 'spec', 'template', 'spec', 'containers', 0, 'volumeMounts').map((one) =>
    valueAt(one, 'mountPath'),
  );

describe('the chart', { skip: helmMissing }, () => {
  it('passes the strict lint of helm', async () => {
    const { code, stdout } = await helm(['lint', '--strict', CHART]);
    assert.equal(code, 0, stdout);
  });

  describe('with no values', () => {
    it('is one Pod with a claim that stays, and no token of the API server', async () => {
      const rendered = await renderChart();
      const deployment = rendered.one('Deployment');
      assert.equal(valueAt(deployment, 'spec', 'replicas'), 1);
      assert.deepEqual(valueAt(deployment, 'spec', 'strategy'), { type: 'Recreate' });
      assert.equal(valueAt(volume(deployment, 'data'), 'persistentVolumeClaim', 'claimName'), 'nautes');
      const kept = { 'helm.sh/resource-policy': 'keep' };
      assert.deepEqual(valueAt(rendered.one('PersistentVolumeClaim'), 'metadata', 'annotations'), kept);
      assert.equal(volume(deployment, 'token'), undefined);
      assert.equal(pod(deployment, 'automountServiceAccountToken'), false);
      assert.equal(valueAt(rendered.one('ServiceAccount'), 'automountServiceAccountToken'), false);
      assert.deepEqual(rendered.all('Role'), []);
    });

    it('puts every object into the namespace of the release', async () => {
      const { objects } = await renderChart({ crds: { install: false } });
      assert.deepEqual([...new Set(objects.map(({ metadata }) => metadata.namespace))], [NAMESPACE]);
    });

    it('gives the container no rights on its node', async () => {
      const deployment = (await renderChart()).one('Deployment');
      assert.deepEqual(container(deployment, 'securityContext'), {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      assert.equal(pod(deployment, 'securityContext', 'runAsNonRoot'), true);
      assert.deepEqual(pod(deployment, 'securityContext', 'seccompProfile'), { type: 'RuntimeDefault' });
      assert.deepEqual(mounts(deployment), ['/etc/nautes/nautes.yaml', '/var/lib/nautes', '/tmp']);
    });

    it('lets one Pod at a time be evicted, and those that are not ready always', async () => {
      const { spec } = (await renderChart()).one('PodDisruptionBudget');
      assert.equal(valueAt(spec, 'maxUnavailable'), 1);
      assert.equal(valueAt(spec, 'unhealthyPodEvictionPolicy'), 'AlwaysAllow');
    });

    it('lets in the API and the metrics only, and everything out', async () => {
      const { spec } = (await renderChart()).one('NetworkPolicy');
      assert.deepEqual(valueAt(spec, 'policyTypes'), ['Ingress']);
      const ports = listAt(spec, 'ingress').flatMap((rule) => listAt(rule, 'ports'));
      assert.deepEqual(
        ports.map((one) => valueAt(one, 'port')),
        ['api', 'metrics'],
      );
    });

    it('has nothing of Prometheus Operator where the cluster does not have it', async () => {
      assert.deepEqual((await renderChart()).all('ServiceMonitor'), []);
      assert.deepEqual((await renderChart()).all('PrometheusRule'), []);
      const api = 'monitoring.coreos.com/v1';
      const there = await renderChart({}, ['--api-versions', `${api}/ServiceMonitor,${api}/PrometheusRule`]);
      assert.ok(there.one('ServiceMonitor'));
      assert.ok(there.one('PrometheusRule'));
    });
  });

  it('has Secrets that exist as files, named by the configuration', async () => {
    const existingSecrets = {
      gitToken: { name: 'git' },
      gitSsh: { name: 'ssh' },
      proxy: { name: 'proxy' },
      webhook: { name: 'hook' },
      tls: { name: 'certificate' },
    };
    const rendered = await renderChart({ existingSecrets });
    const deployment = rendered.one('Deployment');
    assert.deepEqual(valueAt(volume(deployment, 'secret-git'), 'secret', 'items'), [{ key: 'token', path: 'token' }]);
    for (const file of [
      'git/token',
      'ssh/key',
      'ssh/known_hosts',
      'proxy/credentials',
      'webhook/secret',
      'tls/tls.crt',
      'tls/tls.key',
    ]) {
      assert.ok(rendered.configuration.includes(`/etc/nautes/secrets/${file}\n`), file);
      assert.ok(mounts(deployment).includes(`/etc/nautes/secrets/${file.split('/')[0]}`), file);
    }
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      assert.equal(container(deployment, probe, 'httpGet', 'scheme'), 'HTTPS');
    }
    assert.equal(valueAt(rendered.one('Service', 'nautes'), 'spec', 'ports', 0, 'name'), 'https');
  });

  it('begins new Pods when the configuration has changed, and only then', async () => {
    const checksum = async (values: Readonly<Record<string, unknown>>) =>
      valueAt(
        (await renderChart(values)).one('Deployment'),
        'spec',
        'template',
        'metadata',
        'annotations',
        'checksum/configuration',
      );
    const before = await checksum({});
    assert.equal(await checksum({ service: { port: 8080 } }), before);
    assert.notEqual(await checksum({ config: { log: { level: 'debug' } } }), before);
  });

  it('takes an image by digest before its tag', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const deployment = (await renderChart({ image: { repository: 'mirror/nautes', tag: 'x', digest } })).one(
      'Deployment',
    );
    assert.equal(container(deployment, 'image'), `mirror/nautes@${digest}`);
  });

  it('takes what a place needs of its own', async () => {
    const values = {
      imagePullSecrets: [{ name: 'registry' }],
      extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy:3128' }],
      extraVolumes: [{ name: 'authorities', configMap: { name: 'authorities' } }],
      extraVolumeMounts: [{ name: 'authorities', mountPath: '/etc/authorities' }],
      podLabels: { team: 'platform' },
      podAnnotations: { note: 'x' },
      priorityClassName: 'important',
      nodeSelector: { pool: 'system' },
      tolerations: [{ operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
    };
    const deployment = (await renderChart(values)).one('Deployment');
    assert.ok(mounts(deployment).includes('/etc/authorities'));
    for (const key of ['imagePullSecrets', 'priorityClassName', 'nodeSelector', 'tolerations', 'affinity'] as const) {
      assert.deepEqual(pod(deployment, key), values[key]);
    }
    assert.deepEqual(container(deployment, 'env', 2), values.extraEnv[0]);
    assert.equal(valueAt(deployment, 'spec', 'template', 'metadata', 'labels', 'team'), 'platform');
  });

  it('has a test that asks the Service by its own scheme', async () => {
    const args = async (values: Readonly<Record<string, unknown>>) =>
      String(valueAt((await renderChart(values)).one('Pod'), 'spec', 'containers', 0, 'args', 0));
    assert.match(await args({}), /'http:\/\/nautes:80\/readyz'/);
    assert.match(await args({ config: { tls: { mode: 'auto' } } }), /require\('node:https'\)[^]*'https:\/\/nautes:80/);
  });

  it('has an Ingress only with a host', async () => {
    const ingress = { enabled: true, className: 'nginx', hosts: [{ host: 'nautes.example' }] };
    const rule = valueAt((await renderChart({ ingress })).one('Ingress'), 'spec', 'rules', 0);
    assert.equal(valueAt(rule, 'host'), 'nautes.example');
    assert.match(await refusal({ ingress: { enabled: true } }), /at '\/ingress\/hosts': minItems: got 0, want 1/);
  });

  describe('refuses, in words that name the value,', () => {
    const refusals: readonly (readonly [string, Readonly<Record<string, unknown>>, RegExp])[] = [
      ['a value that there is not', { nonsense: 1 }, /at '': additional properties 'nonsense' not allowed/],
      [
        'a key that the server does not know',
        { config: { gti: {} } },
        /at '\/config': additional properties 'gti' not allowed/,
      ],
      [
        'a key that the chart sets',
        { config: { listen: '0.0.0.0:1' } },
        /at '\/config': additional properties 'listen' not allowed/,
      ],
      [
        'a number that the server refuses',
        { config: { git: { pollSeconds: 0 } } },
        /at '\/config\/git\/pollSeconds': minimum: got 0, want 1/,
      ],
      [
        'a digest that is none',
        { image: { digest: 'latest' } },
        /at '\/image\/digest': 'latest' does not match pattern/,
      ],
      ['several Pods with the embedded storage', { replicas: 2 }, /at '\/config': missing properties 'storage', 'git'/],
      [
        'split roles with the embedded storage',
        { roles: 'split' },
        /at '\/config': missing properties 'storage', 'git'/,
      ],
    ];
    for (const [what, values, words] of refusals) {
      it(what, async () => assert.match(await refusal(values), words));
    }
  });
});
