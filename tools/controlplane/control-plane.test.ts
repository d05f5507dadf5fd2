import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { sleep } from '../../src/base/async/timing.ts';
import { createCertificateAuthority, issueCertificate } from '../../src/base/tls/x509.ts';
import { Kubectl } from '../kubectl/kubectl.ts';
import {
  CONTROL_PLANE_NOT_BUILT,
  type ControlPlane,
  controlPlaneBinaries,
  startControlPlane,
  startEtcd,
} from './control-plane.ts';

const binaries = await controlPlaneBinaries();
const complete =
  binaries?.controllerManager !== undefined && binaries.scheduler !== undefined && binaries.kwok !== undefined;
const skip =
  binaries === undefined ? CONTROL_PLANE_NOT_BUILT : !complete && `not all programs in ${binaries.directory}`;

describe('control plane', { skip }, () => {
  let controlPlane: ControlPlane;
  let kubectl: Kubectl;

  before(async () => {
    controlPlane = await startControlPlane();
    kubectl = await Kubectl.open(controlPlane.adminKubeconfig);
  });

  after(async () => {
    await kubectl[Symbol.asyncDispose]();
    await controlPlane.stop();
  });

  it('serves kubectl and has a node with room for anything', async () => {
    assert.match(await kubectl.output(['get', '--raw', '/readyz']), /^ok/);
    const capacity = '{.items[*].status.allocatable.ephemeral-storage} {.items[*].status.addresses[0].address}';
    assert.equal(await kubectl.output(['get', 'nodes', '-o', `jsonpath=${capacity}`]), '1Ti 127.0.0.1');
  });

  it('makes a Deployment and a StatefulSet available', async () => {
    await kubectl.output(['create', 'namespace', 'workloads']);
    await kubectl.output(['apply', '--server-side', '-n', 'workloads', '-f', '-'], { input: WORKLOADS });
    await kubectl.output(['wait', '-n', 'workloads', '--for=condition=Available', 'deployment/web', '--timeout=60s']);
    await kubectl.output(['rollout', 'status', '-n', 'workloads', 'statefulset/store', '--timeout=60s']);
    const ready = await kubectl.output(['get', 'pods', '-n', 'workloads', '-o', 'jsonpath={.items[*].status.phase}']);
    assert.equal(ready, 'Running Running Running');
  });

  it('deletes a namespace with all that is in it', async () => {
    await kubectl.output(['create', 'namespace', 'short-lived']);
    await kubectl.output(['apply', '--server-side', '-n', 'short-lived', '-f', '-'], { input: WORKLOADS });
    await kubectl.output(['delete', 'namespace', 'short-lived', '--timeout=60s']);
    assert.equal((await controlPlane.request('GET', '/api/v1/namespaces/short-lived')).status, 404);
  });

  it('issues service account tokens that authenticate', async () => {
    await kubectl.output(['create', 'serviceaccount', 'robot']);
    const token = (await kubectl.output(['create', 'token', 'robot', '--duration=1h'])).trim();
    await using asRobot = await Kubectl.open(controlPlane.kubeconfigFor({ token }));
    assert.match(await asRobot.output(['auth', 'whoami']), /system:serviceaccount:default:robot/);
  });

  it('gives a user the rights of its bindings only', async () => {
    await using reader = await Kubectl.open(controlPlane.kubeconfigFor({ user: 'maria', groups: ['readers'] }));
    assert.match((await reader.run(['get', 'pods'])).stderr, /User "maria" cannot list resource "pods"/);
    await kubectl.output(['create', 'clusterrolebinding', 'readers', '--clusterrole=view', '--group=readers']);
    await reader.output(['get', 'pods']);
  });

  it('refuses an expired client certificate', async () => {
    const expired = { notBefore: new Date(Date.now() - 7_200_000), notAfter: new Date(Date.now() - 3_600_000) };
    await using late = await Kubectl.open(
      controlPlane.kubeconfigFor({ user: 'late', groups: ['system:masters'], ...expired }),
    );
    assert.match((await late.run(['get', 'pods'])).stderr, /must be logged in|Unauthorized/);
  });

  it('refuses a node port outside its range and one that is taken', async () => {
    const service = (name: string, port: number) =>
      kubectl.run(['create', 'service', 'nodeport', name, '--tcp=80', `--node-port=${port}`]);
    assert.equal((await service('first', 30080)).code, 0);
    assert.match((await service('second', 30080)).stderr, /port is already allocated/);
    assert.match((await service('third', 29999)).stderr, /not in the valid range/);
  });

  it("passes requests on to an extension API server in the user's name", async (context) => {
    await kubectl.output(['apply', '--server-side', '-f', '-'], { input: EXTENSION_SERVICE });
    const address = await kubectl.output(['get', 'service', 'extension', '-o', 'jsonpath={.spec.clusterIP}']);
    const extension = await listenAt(address, 8443);
    if (extension === undefined) return context.skip(`this system has no address ${address}`);
    try {
      await kubectl.output(['apply', '--server-side', '-f', '-'], { input: EXTENSION_API_SERVICE });
      const available = '--for=condition=Available';
      await kubectl.output(['wait', available, 'apiservice/v1.extension.nautes.test', '--timeout=60s']);
      const reply = await kubectl.output(['get', '--raw', '/apis/extension.nautes.test/v1/echo']);
      assert.deepEqual(JSON.parse(reply), { user: 'kubernetes-admin', client: 'front-proxy-client' });
    } finally {
      await kubectl.output(['delete', 'apiservice', 'v1.extension.nautes.test']);
      extension.closeAllConnections();
      extension.close();
    }
  });

  it('keeps its objects and its address while the API server is killed and started again', async () => {
    await kubectl.output(['create', 'configmap', 'kept', '--from-literal=a=b']);
    await controlPlane.killApiServer();
    assert.equal((await controlPlane.request('GET', '/readyz')).status, 0);
    await controlPlane.restartApiServer();
    assert.equal(await kubectl.output(['get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}']), 'b');
  });
});

describe('control planes on one etcd', { skip }, () => {
  it('do not see each other', async () => {
    await using etcd = await startEtcd();
    const options = { etcd, controllerManager: false, scheduler: false, kwok: false };
    const [one, other] = await Promise.all([startControlPlane(options), startControlPlane(options)]);
    await using stack = new AsyncDisposableStack();
    stack.use(one);
    stack.use(other);
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'of-one' } };
    assert.equal((await one.request('POST', '/api/v1/namespaces', namespace)).status, 201);
    assert.equal((await one.request('GET', '/api/v1/namespaces/of-one')).status, 200);
    assert.equal((await other.request('GET', '/api/v1/namespaces/of-one')).status, 404);
  });
});

describe('the end of a control plane', { skip }, () => {
  it('leaves no process and no file after stop', async () => {
    const controlPlane = await startControlPlane();
    const groups = [...controlPlane.processGroups.values()];
    assert.equal(groups.length, 5);
    assert.deepEqual(groups.filter(exists), groups);
    await controlPlane.stop();
    await controlPlane.stop();
    assert.deepEqual(groups.filter(exists), []);
    await assert.rejects(access(controlPlane.directory));
  });

  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    it(`leaves no process and no file after ${signal} of the process that started it`, async () => {
      const { groups, directory } = await startInProcessAndEndIt(signal);
      assert.equal(groups.length, 5);
      const deadline = Date.now() + 120_000;
      while (Date.now() < deadline && (groups.some(exists) || (await isThere(directory)))) await sleep(50);
      assert.deepEqual(groups.filter(exists), []);
      assert.equal(await isThere(directory), false);
    });
  }

  it('comes at once when the start is aborted, without anything left', async () => {
    const reason = new Error('aborted by the test');
    const controller = new AbortController();
    const starting = startControlPlane({ signal: controller.signal });
    setTimeout(() => controller.abort(reason), 300);
    await assert.rejects(starting, (error: Error) => error === reason || error.name === 'AbortError');
  });

  it('is refused an address that is not loopback', async () => {
    await assert.rejects(startControlPlane({ address: '0.0.0.0' }), /not an IPv4 loopback address/);
  });
});

/** Starts a control plane in another process and ends that process by the signal. */
async function startInProcessAndEndIt(signal: NodeJS.Signals): Promise<{ groups: number[]; directory: string }> {
  const program = `
    import { startControlPlane } from ${JSON.stringify(new URL('control-plane.ts', import.meta.url).href)};
    const { processGroups, directory } = await startControlPlane();
    console.log(JSON.stringify({ groups: [...processGroups.values()], directory }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  child.kill(signal);
  await exited;
  return JSON.parse(line) as { groups: number[]; directory: string };
}

function exists(processGroup: number): boolean {
  try {
    process.kill(-processGroup, 0);
    return true;
  } catch {
    return false;
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** A server that tells who asked and by which certificate; undefined when this system does not have the address. */
async function listenAt(address: string, port: number): Promise<Server | undefined> {
  const server = issueCertificate(createCertificateAuthority({ commonName: 'extension' }), {
    commonName: 'extension',
    dnsNames: ['extension.default.svc'],
    usages: ['server'],
  });
  const options = {
    key: server.privateKey.reveal(),
    cert: server.certificate,
    requestCert: true,
    rejectUnauthorized: false,
  };
  const listener = createServer(options, (request, response) => {
    const client = (request.socket as TLSSocket).getPeerCertificate().subject?.CN;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ user: request.headers['x-remote-user'], client }));
  });
  try {
    listener.listen(port, address);
    await once(listener, 'listening');
    return listener;
  } catch {
    return undefined;
  }
}

const WORKLOADS = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: registry.invalid/web:1
          resources: { limits: { cpu: 500m, memory: 128Mi, ephemeral-storage: 1Gi } }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: store }
spec:
  serviceName: store
  selector: { matchLabels: { app: store } }
  template:
    metadata: { labels: { app: store } }
    spec: { containers: [{ name: store, image: 'registry.invalid/store:1' }] }
`;

const EXTENSION_SERVICE = `
apiVersion: v1
kind: Service
metadata: { name: extension, namespace: default }
spec: { ports: [{ port: 8443 }] }
---
# Requests go to the Service's address; this only gives it an endpoint, at an address that is for documentation.
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: extension, namespace: default, labels: { kubernetes.io/service-name: extension } }
addressType: IPv4
ports: [{ port: 8443, name: '' }]
endpoints: [{ addresses: [192.0.2.1], conditions: { ready: true } }]
`;

const EXTENSION_API_SERVICE = `
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1.extension.nautes.test }
spec:
  group: extension.nautes.test
  version: v1
  groupPriorityMinimum: 1000
  versionPriority: 10
  insecureSkipTLSVerify: true
  service: { name: extension, namespace: default, port: 8443 }
`;
