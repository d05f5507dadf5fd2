import { join } from 'node:path';
import type { AuditOptions } from './audit.ts';
import type { Etcd } from './etcd.ts';
import type { ControlPlanePki } from './pki.ts';

/** The command lines of the Kubernetes components. */

export interface ApiServerArguments {
  readonly etcd: Etcd;
  readonly etcdPrefix: string;
  readonly pki: ControlPlanePki;
  /** A loopback address. */
  readonly address: string;
  readonly port: number;
  readonly serviceIpRange: string;
  readonly serviceNodePortRange: string;
  /** Without a controller manager the service accounts that Pods need are not created. */
  readonly requireServiceAccounts: boolean;
  readonly maximumTokenSeconds: number | undefined;
  readonly audit: AuditOptions | undefined;
}

export function apiServerArguments(options: ApiServerArguments): string[] {
  const { etcd, pki } = options;
  return [
    `--etcd-servers=${etcd.url}`,
    `--etcd-cafile=${etcd.authorityFile}`,
    `--etcd-certfile=${etcd.client.certificate}`,
    `--etcd-keyfile=${etcd.client.privateKey}`,
    `--etcd-prefix=${options.etcdPrefix}`,
    `--bind-address=${options.address}`,
    `--advertise-address=${options.address}`,
    `--secure-port=${options.port}`,
    `--tls-cert-file=${pki.apiServer.certificate}`,
    `--tls-private-key-file=${pki.apiServer.privateKey}`,
    `--client-ca-file=${pki.authorityFile}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${pki.serviceAccountKeyFile}`,
    `--service-account-key-file=${pki.serviceAccountPublicKeyFile}`,
    `--proxy-client-cert-file=${pki.frontProxyClient.certificate}`,
    `--proxy-client-key-file=${pki.frontProxyClient.privateKey}`,
    `--requestheader-client-ca-file=${pki.frontProxyAuthorityFile}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--service-cluster-ip-range=${options.serviceIpRange}`,
    `--service-node-port-range=${options.serviceNodePortRange}`,
    // A loopback address is not valid in an Endpoints object.
    '--endpoint-reconciler-type=none',
    '--allow-privileged=true',
    '--profiling=false',
    ...(options.maximumTokenSeconds === undefined
      ? []
      : [`--service-account-max-token-expiration=${options.maximumTokenSeconds}s`]),
    ...(options.audit === undefined
      ? []
      : [`--audit-policy-file=${options.audit.policyFile}`, `--audit-log-path=${options.audit.logFile}`]),
    ...(options.requireServiceAccounts ? [] : ['--disable-admission-plugins=ServiceAccount']),
  ];
}

/** More than the components' own limits, so that a test waits for the API server only. */
const CLIENT_LIMITS = ['--kube-api-qps=1000', '--kube-api-burst=2000'];
/** These components serve no requests. */
const NO_LISTENER = '--secure-port=0';

export function controllerManagerArguments(kubeconfigFile: string, pki: ControlPlanePki, directory: string): string[] {
  return [
    `--kubeconfig=${kubeconfigFile}`,
    `--service-account-private-key-file=${pki.serviceAccountKeyFile}`,
    `--root-ca-file=${pki.authorityFile}`,
    '--leader-elect=false',
    '--profiling=false',
    '--pvclaimbinder-sync-period=1s',
    // It makes this folder, by default below /usr.
    `--flex-volume-plugin-dir=${join(directory, 'flexvolume')}`,
    NO_LISTENER,
    ...CLIENT_LIMITS,
  ];
}

export function schedulerArguments(kubeconfigFile: string): string[] {
  return [`--kubeconfig=${kubeconfigFile}`, '--leader-elect=false', '--profiling=false', NO_LISTENER, ...CLIENT_LIMITS];
}

export function kwokArguments(kubeconfigFile: string, stages: readonly string[]): string[] {
  return [
    `--kubeconfig=${kubeconfigFile}`,
    ...stages.map((stage) => `--config=${stage}`),
    '--manage-all-nodes=false',
    `--manage-nodes-with-annotation-selector=${FAKE_NODE_ANNOTATION}=fake`,
    '--node-lease-duration-seconds=40',
  ];
}

const FAKE_NODE_ANNOTATION = 'kwok.x-k8s.io/node';

/** A node that kwok plays, with room for anything. */
export function fakeNode(name: string, address: string): object {
  const capacity = { cpu: '1k', memory: '1Ti', pods: '10k', 'ephemeral-storage': '1Ti' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { [FAKE_NODE_ANNOTATION]: 'fake' },
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'node-role.kubernetes.io/worker': '',
      },
    },
    status: {
      capacity,
      allocatable: capacity,
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
    },
  };
}
