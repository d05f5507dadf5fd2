import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../../base/secret.ts';
import { parseYamlDocuments } from '../../base/yaml.ts';
import { type ClusterConnection, readKubeconfig } from '../../kube/index.ts';
import type { KubeObject } from '../../kube-objects/kube-object.ts';
import { type ResourceType, resourcePath, wellKnown } from '../../kube-objects/resource-types.ts';
import { type ManagementCluster, openKubeconfigCluster } from '../../management/index.ts';

/** A cluster that tests publish to, or publish. */
export interface TestedCluster {
  readonly server: string;
  /** Of an administrator. */
  readonly kubeconfig: string;
}

/** PEM of the authority that the kubeconfig trusts. */
export function authorityOf({ kubeconfig }: TestedCluster): string {
  return readKubeconfig(new Secret(kubeconfig)).credential?.certificateAuthority ?? '';
}

const PATIENCE_MILLISECONDS = 60_000;
const RIGHTS = join(import.meta.dirname, '../../../deploy/publishing');

export function patience(): AbortSignal {
  return AbortSignal.timeout(PATIENCE_MILLISECONDS);
}

const role = type('rbac.authorization.k8s.io/v1', 'Role', 'roles', true);
const roleBinding = type('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings', true);
const policy = type(
  'admissionregistration.k8s.io/v1',
  'ValidatingAdmissionPolicy',
  'validatingadmissionpolicies',
  false,
);
const policyBinding = type(
  'admissionregistration.k8s.io/v1',
  'ValidatingAdmissionPolicyBinding',
  'validatingadmissionpolicybindings',
  false,
);
const types: readonly ResourceType[] = [role, roleBinding, policy, policyBinding];

function type(apiVersion: string, kind: string, plural: string, namespaced: boolean): ResourceType {
  return { apiVersion, kind, plural, namespaced, listable: true };
}

export const application = type('argoproj.io/v1alpha1', 'Application', 'applications', true);
export const applicationSet = type('argoproj.io/v1alpha1', 'ApplicationSet', 'applicationsets', true);

/** Opens connections of tests; what it has opened ends with it. */
export class Connections {
  readonly #directory: string;
  readonly #opened: ManagementCluster[] = [];

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async open(): Promise<Connections> {
    return new Connections(await mkdtemp(join(tmpdir(), 'nautes-places-')));
  }

  async to(kubeconfig: string): Promise<ClusterConnection> {
    const file = join(this.#directory, `kubeconfig-${this.#opened.length}`);
    await writeFile(file, kubeconfig, { mode: 0o600 });
    const cluster = await openKubeconfigCluster(file, 'nautes');
    this.#opened.push(cluster);
    return cluster.connection(patience());
  }

  async close(): Promise<void> {
    for (const cluster of this.#opened) cluster.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

export async function makeNamespace({ client }: ClusterConnection, name: string): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await client.apply(wellKnown.namespace, namespace, {}, patience());
}

/** What an Argo CD brings to a management cluster, as far as it is written to: its namespace and definitions. */
export async function prepareArgoCd(connection: ClusterConnection): Promise<void> {
  const { client, discovery } = connection;
  for (const name of ['argocd', 'nautes', 'elsewhere']) await makeNamespace(connection, name);
  for (const { plural, kind } of [application, applicationSet]) {
    await client.apply(wellKnown.customResourceDefinition, definition(plural, kind), {}, patience());
    await discovery.waitUntilServed('argoproj.io/v1alpha1', kind, PATIENCE_MILLISECONDS, patience());
  }
}

function definition(plural: string, kind: string): KubeObject {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.argoproj.io` },
    spec: {
      group: 'argoproj.io',
      scope: 'Namespaced',
      names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: 'v1alpha1', served: true, storage: true, schema }],
    },
  };
}

/** An account with the rights of a shipped manifest and no others. @returns its kubeconfig */
export async function grantPublishing(
  { client }: ClusterConnection,
  cluster: TestedCluster,
  manifest = 'argocd.yaml',
): Promise<string> {
  const account: KubeObject = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'nautes', namespace: 'nautes' },
  };
  await client.apply(wellKnown.serviceAccount, account, {}, patience());
  for (const object of parseYamlDocuments(await readFile(join(RIGHTS, manifest), 'utf8')) as KubeObject[]) {
    const found = types.find(({ kind }) => kind === object.kind);
    if (found === undefined) throw new Error(`the manifest has an unknown kind ${object.kind}`);
    await client.apply(found, object, {}, patience());
  }
  const path = `${resourcePath(wellKnown.serviceAccount, 'nautes', 'nautes')}/token`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 7200 } };
  const answer = (await client.json({ method: 'POST', path, body }, patience())) as {
    readonly status: { readonly token: string };
  };
  return kubeconfigOf(cluster, answer.status.token);
}

export function kubeconfigOf(cluster: TestedCluster, token: string): string {
  const { server } = cluster;
  const authority = Buffer.from(authorityOf(cluster)).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'it',
    contexts: [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
    clusters: [{ name: 'it', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: 'it', user: { token } }],
  });
}
