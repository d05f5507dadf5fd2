/** Kubeconfigs in the shapes that clouds, distributions and recipes write, against the same server by kubectl and by us. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isPlatformSupported } from '../../tools/kubectl/kubectl.ts';
import { ClientComparison, pem } from './client-go.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const CA = base64(pem.root);
const CERTIFICATE = base64(pem.admin);
const KEY = base64(pem.adminKey);
const certificateUser = `client-certificate-data: ${CERTIFICATE}\nclient-key-data: ${KEY}`;

interface Shape {
  /** Of the user; two spaces before each line are added. */
  readonly user: string;
  readonly names: readonly [cluster: string, user: string, context: string];
  readonly cluster?: string;
  readonly path?: string;
  /** As it is written; `Config` by default. */
  readonly kind?: string;
  readonly tail?: string;
  readonly contextFields?: string;
}

const block = (text: string): string => text.replaceAll('\n', '\n    ');

/** In kubectl's own order, as most of them print it. */
function shape(
  port: number,
  { user, names, cluster, path = '', kind = 'Config', tail = '', contextFields = '' }: Shape,
): string {
  const [clusterName, userName, contextName] = names;
  return `apiVersion: v1
clusters:
- cluster:
    ${block(cluster ?? `certificate-authority-data: ${CA}`)}
    server: https://127.0.0.1:${port}${path}
  name: ${clusterName}
contexts:
- context:
    cluster: ${clusterName}
    user: ${userName}${contextFields}
  name: ${contextName}
current-context: ${contextName}
kind: ${kind}
preferences: {}
users:
- name: ${userName}
  user:
    ${block(user)}
${tail}`;
}

const ARN = 'arn:aws:eks:eu-central-1:123456789012:cluster/prod';
const GKE = 'gke_project-1_europe-west3-a_prod';
const SAME = undefined;
const PROGRAM = /^program/;

const wrapped = (text: string, indent: string): string => text.replace(/(.{76})/g, `$1\n${indent}`);

const shapes: readonly (readonly [string, Shape, RegExp | undefined])[] = [
  [
    'EKS (aws eks update-kubeconfig)',
    {
      names: [ARN, ARN, ARN],
      user: `exec:
  apiVersion: client.authentication.k8s.io/v1beta1
  args:
  - --region
  - eu-central-1
  - eks
  - get-token
  - --cluster-name
  - prod
  - --output
  - json
  command: aws-of-this-test
  env: null
  interactiveMode: IfAvailable
  provideClusterInfo: false`,
    },
    PROGRAM,
  ],
  [
    'GKE (gke-gcloud-auth-plugin)',
    {
      names: [GKE, GKE, GKE],
      user: `exec:
  apiVersion: client.authentication.k8s.io/v1beta1
  command: gke-gcloud-auth-plugin-of-this-test
  installHint: Install gke-gcloud-auth-plugin for use with kubectl by following
    https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl
  provideClusterInfo: true`,
    },
    PROGRAM,
  ],
  [
    'GKE before 1.26 (auth-provider)',
    {
      names: [GKE, GKE, GKE],
      user: `auth-provider:
  config:
    access-token: ya29.masked
    cmd-args: config config-helper --format=json
    cmd-path: /usr/lib/google-cloud-sdk/bin/gcloud
    expiry: "2026-11-30T10:00:00Z"
    expiry-key: '{.credential.token_expiry}'
    token-key: '{.credential.access_token}'
  name: gcp`,
    },
    PROGRAM,
  ],
  [
    'AKS (--admin): a certificate and a token',
    {
      names: ['prod', 'clusterAdmin_group_prod', 'prod-admin'],
      user: `${certificateUser}\ntoken: 0123456789abcdef`,
    },
    SAME,
  ],
  [
    'AKS (kubelogin)',
    {
      names: ['prod', 'clusterUser_group_prod', 'prod'],
      user: `exec:
  apiVersion: client.authentication.k8s.io/v1beta1
  args: [get-token, --environment, AzurePublicCloud, --server-id, 6dae42f8, --login, devicecode]
  command: kubelogin-of-this-test
  env: null
  installHint: |2

    kubelogin is not installed
  provideClusterInfo: false`,
    },
    PROGRAM,
  ],
  [
    'OKE (oci ce cluster create-kubeconfig), with its empty kind',
    {
      names: ['cluster-c2wgmzqgm4t', 'user-c2wgmzqgm4t', 'context-c2wgmzqgm4t'],
      kind: '""',
      user: `exec:
  apiVersion: client.authentication.k8s.io/v1beta1
  command: oci-of-this-test
  args:
  - ce
  - cluster
  - generate-token
  env: []`,
    },
    PROGRAM,
  ],
  [
    'ACK, whose users are numbers in quotes',
    {
      names: ['kubernetes', '"186094000000"', '186094000000-c5b5e80b0b64a4bf6939d2d8fbbc5ea5b'],
      user: certificateUser,
    },
    SAME,
  ],
  ['k3s', { names: ['default', 'default', 'default'], user: certificateUser }, SAME],
  ['RKE2', { names: ['default', 'default', 'default'], user: certificateUser }, SAME],
  [
    'k3d, with a document after it',
    {
      names: ['k3d-one', 'admin@k3d-one', 'k3d-one'],
      user: certificateUser,
      tail: '---\nended: true\n',
    },
    SAME,
  ],
  ['kind', { names: ['kind-kind', 'kind-kind', 'kind-kind'], user: certificateUser }, SAME],
  [
    'minikube, with paths and extensions',
    {
      names: ['minikube', 'minikube', 'minikube'],
      cluster: `certificate-authority: root.pem
extensions:
- extension:
    last-update: Mon, 30 Nov 2026 10:00:00 UTC
    provider: minikube.sigs.k8s.io
    version: v1.37.0
  name: cluster_info`,
      contextFields: `
    extensions:
    - extension:
        last-update: Mon, 30 Nov 2026 10:00:00 UTC
        version: v1.37.0
      name: context_info
    namespace: default`,
      user: 'client-certificate: admin.pem\nclient-key: admin.key',
    },
    SAME,
  ],
  [
    'MicroK8s, with a token',
    { names: ['microk8s-cluster', 'admin', 'microk8s'], user: 'token: dG9rZW4tb2YtdGhpcy10ZXN0Cg' },
    SAME,
  ],
  [
    'RKE 1, with a field of its own',
    {
      names: ['"local"', '"kube-admin-local"', '"local"'],
      cluster: `api-version: v1\ncertificate-authority-data: ${CA}`,
      user: certificateUser,
    },
    SAME,
  ],
  [
    'Rancher, below a path, its authority in a text of several lines',
    {
      names: ['"downstream"', '"downstream"', '"downstream"'],
      path: '/k8s/clusters/c-m-7x2kq',
      cluster: `certificate-authority-data: "${CA.replace(/(.{64})/g, '$1\\\n  ')}"`,
      user: 'token: "kubeconfig-u-abcde:fgh12345"',
    },
    SAME,
  ],
  [
    'OpenShift (oc login)',
    {
      names: ['api-prod-example:6443', 'kube:admin/api-prod-example:6443', 'default/api-prod-example:6443/kube:admin'],
      contextFields: '\n    namespace: default',
      user: 'token: sha256~0123456789abcdefghij',
    },
    SAME,
  ],
  [
    'Teleport (tsh kube login)',
    {
      names: ['teleport.example', 'teleport.example-prod', 'teleport.example-prod'],
      cluster: `certificate-authority-data: ${CA}\ntls-server-name: kubernetes.default`,
      user: `exec:
  apiVersion: client.authentication.k8s.io/v1beta1
  args: [kube, credentials, --kube-cluster=prod, --teleport-cluster=teleport.example]
  command: tsh-of-this-test
  env: null
  provideClusterInfo: false`,
    },
    PROGRAM,
  ],
  [
    'Teleport (tctl auth sign), with a name of its own in the certificate',
    {
      names: ['teleport.example', 'teleport.example', 'teleport.example'],
      cluster: `certificate-authority-data: ${CA}\ntls-server-name: kubernetes.default`,
      user: certificateUser,
    },
    SAME,
  ],
  ['Docker Desktop', { names: ['docker-desktop', 'docker-desktop', 'docker-desktop'], user: certificateUser }, SAME],
  [
    'kubeadm (admin.conf)',
    { names: ['kubernetes', 'kubernetes-admin', 'kubernetes-admin@kubernetes'], user: certificateUser },
    SAME,
  ],
  [
    'a recipe for a ServiceAccount: base64 of several lines and a folded token',
    {
      names: ['prod', 'deployer', 'deployer@prod'],
      cluster: `certificate-authority-data: |\n  ${wrapped(CA, '  ')}`,
      contextFields: '\n    namespace: default',
      user: 'token: >-\n  eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl',
    },
    SAME,
  ],
  [
    'a recipe for a ServiceAccount: verification switched off',
    { names: ['c', 'u', 'x'], cluster: 'insecure-skip-tls-verify: true', user: 'token: t' },
    /^KubeconfigInsecureRefused/,
  ],
  [
    'a recipe for a ServiceAccount: a path of the Pod',
    { names: ['c', 'u', 'x'], user: 'tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token' },
    /^FileUnreadable/,
  ],
];

describe('kubeconfigs of makers', {
  skip: isPlatformSupported() ? false : 'kubectl is brought for Linux on x64 only',
}, () => {
  let comparison: ClientComparison;

  before(async () => {
    comparison = await ClientComparison.open();
    await comparison.file('root.pem', pem.root);
    await comparison.file('admin.pem', pem.admin);
    await comparison.file('admin.key', pem.adminKey);
  });
  after(() => comparison?.[Symbol.asyncDispose]());

  for (const [maker, parts, refusal] of shapes) {
    it(`${maker}: ${refusal === undefined ? 'the same is presented' : `refused (${refusal.source})`}`, async () => {
      const text = shape(comparison.port, parts);
      const file = await comparison.file('config', text);
      const ours = await comparison.ours(file);
      if (refusal !== undefined) {
        assert.ok('refusal' in ours, text);
        return assert.match(ours.refusal, refusal);
      }
      const theirs = await comparison.theirs(file);
      assert.ok('presented' in theirs && 'presented' in ours, JSON.stringify([theirs, ours]));
      const { authorization, ...expected } = theirs.presented;
      const isAlone = expected.certificate === undefined && authorization !== undefined;
      assert.deepEqual(ours.presented, isAlone ? { ...expected, authorization } : expected);
    });
  }
});
