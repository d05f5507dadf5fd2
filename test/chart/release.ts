import assert from 'node:assert/strict';
import { join } from 'node:path';
import { stringifyYaml } from '../../src/base/yaml.ts';
import {
  CONTROL_PLANE_NOT_BUILT,
  type ControlPlane,
  controlPlaneBinaries,
  startControlPlane,
} from '../../tools/controlplane/control-plane.ts';
import { Kubectl } from '../../tools/kubectl/kubectl.ts';
import type { SandboxCluster } from '../../sandbox/index.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { CHART, type ChartValues, helm, helmMissing, listAt, textAt, valueAt } from './helm.ts';
import { PodProcess } from './pod-process.ts';

const STAND_INS = join(import.meta.dirname, '../../sandbox/stand-ins/catalog.yaml');

/** Name of the release and of its namespace. */
export const RELEASE = 'nautes';

/** Why the chart cannot be installed here; `undefined` when it can. */
export async function chartUnavailable(): Promise<string | undefined> {
  if (process.env['NAUTES_TEST_REAL'] === 'skip') return 'left to make test-real';
  return (await controlPlaneBinaries()) === undefined ? CONTROL_PLANE_NOT_BUILT : helmMissing;
}

const RESTRICTED = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: RELEASE, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
};

/** The chart in a namespace with PodSecurity `restricted` of a real API server, whose Pods are reported as running. */
export class ReleaseBed implements AsyncDisposable {
  readonly plane: ControlPlane;
  readonly kubectl: Kubectl;

  private constructor(plane: ControlPlane, kubectl: Kubectl) {
    this.plane = plane;
    this.kubectl = kubectl;
  }

  static async open(): Promise<ReleaseBed> {
    const plane = await startControlPlane({ auditedGroup: `system:serviceaccounts:${RELEASE}` });
    const bed = new ReleaseBed(plane, await Kubectl.open(plane.adminKubeconfig));
    await bed.apply(RESTRICTED);
    return bed;
  }

  /** Installs or upgrades the release and waits until it is rolled out; resolves with what helm prints. */
  async release(verb: 'install' | 'upgrade', values: ChartValues): Promise<string> {
    const args = [verb, RELEASE, CHART, '--namespace', RELEASE, '--wait', '--timeout', '2m'];
    const { code, stdout, stderr } = await helm(args, { values, kubeconfig: this.plane.adminKubeconfig });
    assert.equal(code, 0, stderr);
    return stdout;
  }

  /** Resolves with what helm prints. */
  async uninstall(): Promise<string> {
    const args = ['uninstall', RELEASE, '--namespace', RELEASE, '--wait'];
    const { code, stdout, stderr } = await helm(args, { kubeconfig: this.plane.adminKubeconfig });
    assert.equal(code, 0, stderr);
    return stdout;
  }

  async apply(object: object): Promise<void> {
    await this.kubectl.output(['apply', '--namespace', RELEASE, '--filename', '-'], { input: stringifyYaml(object) });
  }

  /** What `kubectl get … --output json` prints in the namespace. */
  async get(...what: readonly string[]): Promise<unknown> {
    return JSON.parse(await this.kubectl.output(['get', ...what, '--namespace', RELEASE, '--output', 'json']));
  }

  /** Names of the Pods that run and are not about to end. */
  async runningPods(): Promise<readonly string[]> {
    const pods = listAt(await this.get('pods', '--field-selector', 'status.phase=Running'), 'items');
    return pods.filter((pod) => valueAt(pod, 'metadata', 'deletionTimestamp') === undefined).map(nameOf);
  }

  /** Starts the server as the Pod would run it. */
  async serve(pod: string): Promise<PodProcess> {
    const { plane, kubectl } = this;
    const environment = { NAUTES_CATALOG_FILES: STAND_INS };
    return PodProcess.start({ plane, kubectl, namespace: RELEASE, pod, environment });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kubectl[Symbol.asyncDispose]();
    await this.plane.stop();
  }
}

/** Registers a simulated cluster as a worker. */
export async function saveWorker(client: ApiClient, name: string, cluster: SandboxCluster): Promise<void> {
  const kind = { cluster_kind: 'kubernetes', cluster_type: 'physical', usage: 'worker' };
  const body = { ...kind, api_server: cluster.server, kubeconfig: cluster.kubeconfig() };
  const { status, body: answer } = await client.save(name, body);
  assert.equal(status, 200, JSON.stringify(answer));
}

export function nameOf(object: unknown): string {
  return textAt(object, 'metadata', 'name');
}
