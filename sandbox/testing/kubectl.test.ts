import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run, type RunResult } from '../../src/base/programs/process.ts';
import { isPlatformSupported, kubectlPath } from '../../tools/kubectl/kubectl.ts';
import { type JsonValue, objectAt, stringAt } from '../base/json.ts';
import { startSandbox } from '../sandbox.ts';
import type { Sandbox, SandboxCluster } from '../sandbox-api.ts';
import { eventually } from './test-client.ts';

/** kubectl is an independent client: what it accepts is close to a real API server. */

const MANIFESTS = join(import.meta.dirname, '../../../shared/upstream/manifests');

/** File, the namespace to apply it to when it does not say so itself, and the namespaces it needs. */
const SETS: readonly (readonly [file: string, namespace: string, needs: readonly string[]])[] = [
  ['argo-cd-v3.5.1.yaml', 'argocd', ['argocd']],
  ['argo-rollouts-v1.9.1.yaml', 'argo-rollouts', ['argo-rollouts']],
  ['external-secrets-v2.9.0-crds.yaml', '', []],
  ['external-secrets-v2.9.0.yaml', '', ['external-secrets']],
  ['traefik-chart-41.3.0.yaml', '', ['traefik']],
  ['vault-injector-chart-0.34.1.yaml', '', ['vault']],
  ['vcluster-chart-0.36.1.yaml', '', ['vc1']],
  ['hnc-v1.1.0-nowebhooks.yaml', '', []],
];

const MANIFEST = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1", ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

describe('kubectl', { skip: isPlatformSupported() ? false : 'kubectl is brought for Linux on x64 only' }, () => {
  let sandbox: Sandbox;
  let cluster: SandboxCluster;
  let directory: string;
  let program: string;
  let manifest: string;

  before(async () => {
    program = await kubectlPath();
    directory = await mkdtemp(join(tmpdir(), 'sandbox-kubectl-'));
    sandbox = await startSandbox({ clusters: 1, directory, basePort: 0, workloadDelayMilliseconds: 50 });
    const [first] = sandbox.clusters;
    assert.ok(first);
    cluster = first;
    manifest = join(directory, 'manifest.yaml');
    await writeFile(manifest, MANIFEST);
    await kubectl('create', 'namespace', 'web');
  });

  after(async () => {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  });

  function environment(): Record<string, string> {
    return {
      KUBECONFIG: join(directory, 'cluster-1.kubeconfig'),
      KUBECACHEDIR: join(directory, 'cache'),
      HOME: directory,
    };
  }

  async function attempt(...args: string[]): Promise<RunResult> {
    return run(program, args, { environment: environment(), signal: AbortSignal.timeout(30_000) });
  }

  /** Its output; it must succeed. */
  async function kubectl(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await attempt(...args);
    assert.equal(code, 0, `kubectl ${args.join(' ')}: ${stderr}`);
    return stdout.toString();
  }

  it('sees version, nodes, namespaces and the kinds of resources', async () => {
    assert.match(await kubectl('version'), /Server Version: v1\.36/);
    assert.match(await kubectl('get', 'nodes'), /sandbox-node-1 +Ready/);
    assert.match(await kubectl('get', 'ns'), /kube-system +Active/);
    const kinds = await kubectl('api-resources', '-o', 'name');
    for (const kind of [
      'deployments.apps',
      'networkpolicies.networking.k8s.io',
      'apiservices.apiregistration.k8s.io',
    ]) {
      assert.ok(kinds.split('\n').includes(kind), kind);
    }
    assert.match(await kubectl('get', '--raw', '/readyz'), /ok/);
  });

  it('applies a workload on the server, waits for it, changes it in every way, and deletes it', async () => {
    await kubectl('apply', '--server-side', '-n', 'web', '-f', manifest);
    await kubectl('wait', '-n', 'web', '--for=condition=available', 'deployment/web', '--timeout=20s');
    assert.match(await kubectl('get', '-n', 'web', 'pods', '-o', 'wide'), /web-\S+ +1\/1 +Running +0 .*sandbox-node-1/);
    assert.match(await kubectl('get', '-A', 'all'), /service\/web/);

    await kubectl('label', '-n', 'web', 'deployment/web', 'tier=front');
    await kubectl('annotate', '-n', 'web', 'deployment/web', 'note=yes');
    const strategic = '{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"A","value":"1"}]}]}}}}';
    await kubectl('patch', '-n', 'web', 'deployment/web', '-p', strategic);
    await kubectl('patch', '-n', 'web', 'deployment/web', '--type=merge', '-p', '{"spec":{"minReadySeconds":0}}');
    const operation = '[{"op":"replace","path":"/spec/revisionHistoryLimit","value":3}]';
    await kubectl('patch', '-n', 'web', 'deployment/web', '--type=json', '-p', operation);
    await kubectl('scale', '-n', 'web', 'deployment/web', '--replicas=2');
    await kubectl('rollout', 'status', '-n', 'web', 'deployment/web', '--timeout=20s');
    const yaml = await kubectl('get', '-n', 'web', 'deployment/web', '-o', 'yaml');
    for (const text of [
      'tier: front',
      'note: "yes"',
      'name: A',
      'revisionHistoryLimit: 3',
      'replicas: 2',
      'image: web:1',
    ]) {
      assert.ok(yaml.includes(text), text);
    }

    await kubectl('delete', '-n', 'web', '-f', manifest, '--wait=true', '--timeout=20s');
    assert.equal(await kubectl('get', '-n', 'web', 'deploy,svc', '-o', 'name'), '');
  });

  it('gets conflicts as from a real server', async () => {
    await kubectl('apply', '--server-side', '-n', 'web', '-f', manifest);
    await kubectl('scale', '-n', 'web', 'deployment/web', '--replicas=3');
    const { code, stderr } = await attempt('apply', '--server-side', '-n', 'web', '-f', manifest);
    assert.equal(code, 1);
    assert.match(stderr, /Apply failed with 1 conflict: conflict with "kubectl".*: \.spec\.replicas/);
    await kubectl('apply', '--server-side', '--force-conflicts', '-n', 'web', '-f', manifest);
    assert.equal(await kubectl('get', '-n', 'web', 'deployment/web', '-o', 'jsonpath={.spec.replicas}'), '1');
  });

  it('applies on the client, and creates objects of many kinds', async () => {
    const target = ['-n', 'client', '-f', manifest];
    await kubectl('create', 'namespace', 'client');
    await kubectl('apply', ...target);
    assert.match(await kubectl('apply', ...target), /deployment.apps\/web unchanged/);
    await kubectl('create', 'configmap', 'settings', '-n', 'client', '--from-literal=a=1');
    await kubectl('create', 'secret', 'generic', 'hidden', '-n', 'client', '--from-literal=a=1');
    assert.equal(await kubectl('get', 'secret', 'hidden', '-n', 'client', '-o', 'jsonpath={.data.a}'), 'MQ==');
    await kubectl('create', 'role', 'reader', '-n', 'client', '--verb=get', '--resource=pods');
    await kubectl(
      'create',
      'rolebinding',
      'reader',
      '-n',
      'client',
      '--role=reader',
      '--serviceaccount=client:default',
    );
    const as = await kubectl('create', 'token', 'default', '-n', 'client', '--duration=1h');
    const options = [
      '--server',
      cluster.server,
      '--token',
      as.trim(),
      '--kubeconfig',
      '/dev/null',
      '--insecure-skip-tls-verify',
    ];
    assert.equal(
      (await attempt('auth', 'can-i', 'get', 'pods', '-n', 'client', ...options)).stdout.toString(),
      'yes\n',
    );
    assert.equal(
      (await attempt('auth', 'can-i', 'delete', 'pods', '-n', 'client', ...options)).stdout.toString(),
      'no\n',
    );
    assert.match(await kubectl('auth', 'whoami'), /kubernetes-admin/);
  });

  it('watches', async () => {
    const child: ChildProcess = spawn(program, ['get', 'configmaps', '-n', 'web', '-w', '-o', 'name'], {
      env: environment(),
    });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    try {
      await eventually('the watch begins', () => output.includes('kube-root-ca.crt') || undefined);
      await kubectl('create', 'configmap', 'seen', '-n', 'web');
      await eventually('the new object is seen', () => output.includes('configmap/seen') || undefined);
    } finally {
      child.kill();
    }
  });

  it('deletes a namespace and waits until it is gone', async () => {
    await kubectl('create', 'namespace', 'short');
    await kubectl('create', 'deployment', 'x', '--image=x:1', '--port=80', '-n', 'short');
    await kubectl('rollout', 'status', '-n', 'short', 'deployment/x', '--timeout=20s');
    await kubectl('delete', 'namespace', 'short', '--wait=true', '--timeout=20s');
    assert.equal(cluster.get('v1', 'Namespace', '', 'short'), undefined);
  });

  describe('with the real manifests', {
    skip: existsSync(MANIFESTS) ? false : 'the upstream manifests are not here',
  }, () => {
    for (const [file, namespace, needs] of SETS) {
      it(`applies ${file} twice, the second time with next to no change, and deletes it`, async () => {
        for (const need of needs) await kubectl('create', 'namespace', need);
        const target = [...(namespace === '' ? [] : ['-n', namespace]), '-f', join(MANIFESTS, file)];
        await kubectl('apply', '--server-side', ...target);
        await eventually('all Deployments and StatefulSets are available', () => (isQuiet(cluster) ? true : undefined));
        const first = versions(await kubectl('get', ...target, '-o', 'json'));
        await kubectl('apply', '--server-side', ...target);
        assert.deepEqual(versions(await kubectl('get', ...target, '-o', 'json')), first);
        // kubectl spaces out the requests with which it waits.
        if (!file.includes('crds')) await kubectl('delete', ...target, '--wait=false', '--ignore-not-found');
      });
    }
  });
});

function isQuiet(cluster: SandboxCluster): boolean {
  const deployments = cluster.list('apps/v1', 'Deployment');
  const sets = cluster.list('apps/v1', 'StatefulSet');
  const ready = (object: (typeof sets)[number]): boolean => {
    const text = JSON.stringify(object['status'] ?? {});
    return text.includes('"readyReplicas":1') || text.includes('"readyReplicas":2');
  };
  return [...deployments, ...sets].every(ready);
}

/** A Secret without managed fields changes once: it gets the manager `before-first-apply`, as on a real server. */
function isEmptySecret(item: JsonValue): boolean {
  return stringAt(item, 'kind') === 'Secret' && objectAt(item, 'data') === undefined;
}

/** Object versions by name. */
function versions(json: string): Record<string, string> {
  const list = JSON.parse(json) as { readonly items: JsonValue[] };
  return Object.fromEntries(
    list.items
      .filter((item) => !isEmptySecret(item))
      .map((item) => [
        `${stringAt(item, 'kind')} ${stringAt(item, 'metadata', 'name')}`,
        stringAt(item, 'metadata', 'resourceVersion') ?? '',
      ]),
  );
}
