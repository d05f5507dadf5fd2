import { randomBytes } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import type { ApiReply } from './api-client.ts';
import { ApiServer } from './api-server.ts';
import { type AuditedRequest, auditGroup, readAudit } from './audit.ts';
import { type ComponentSelection, selectPrograms } from './binaries.ts';
import { startControllers } from './controllers.ts';
import { type Etcd, startEtcdIn } from './etcd.ts';
import { sleep } from '../../src/base/async/timing.ts';
import { type ClientOptions, createControlPlanePki } from './pki.ts';
import type { SupervisedProcess } from './supervised-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export type { ApiReply } from './api-client.ts';
export type { AuditedRequest } from './audit.ts';
export { CONTROL_PLANE_NOT_BUILT, type ControlPlaneBinaries, controlPlaneBinaries } from './binaries.ts';
export { type Etcd, startEtcd } from './etcd.ts';
export type { ClientOptions } from './pki.ts';

export interface ControlPlaneOptions extends ComponentSelection {
  /** One that is shared with other control planes, to be stopped after them. Default: one of its own. */
  readonly etcd?: Etcd;
  /** The longest life that the API server gives a token, at least an hour. Default: what is asked for. */
  readonly maximumTokenSeconds?: number;
  /** The IPv4 loopback address to serve on. Default `127.0.0.1`. */
  readonly address?: string;
  /** The port of the API server. Default: a free one. */
  readonly port?: number;
  /** Default `30000-32767`. */
  readonly serviceNodePortRange?: string;
  /** A group of users whose requests are recorded, see {@link ControlPlane.auditedRequests}. Default: nobody's. */
  readonly auditedGroup?: string;
  /** Ends the start; afterwards it has no effect. */
  readonly signal?: AbortSignal;
}

const DEFAULT_NODE_PORT_RANGE = '30000-32767';
/**
 * Loopback, so that the API server's calls to webhooks and extension API servers stay on this machine: they are refused
 * at once unless a test listens on the Service's address.
 */
const SERVICE_IP_RANGE = '127.96.0.0/16';
/** The first address of the range, which the Service `kubernetes` gets. */
const SERVICE_IP = '127.96.0.1';

/**
 * Starts a Kubernetes control plane on loopback. When this resolves the API server is ready, the namespace `default`
 * has its service account (with a controller manager) and the node is ready (with kwok). Everything ends with this
 * process, however that ends.
 * @throws Error when it is not built, or with the end of a log when a component does not come up
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { signal } = options;
  const address = loopbackAddress(options.address ?? '127.0.0.1');
  const programs = await selectPrograms(options);
  await using starting = new AsyncDisposableStack();
  const directory = starting.use(await temporaryDirectory('nautes-control-plane-')).path;
  const pki = await createControlPlanePki(join(directory, 'pki'), [address, SERVICE_IP]);
  const etcd = options.etcd ?? starting.use(await startEtcdIn(directory, programs.etcd, signal));
  const { auditedGroup } = options;
  const audit = auditedGroup === undefined ? undefined : await auditGroup(directory, auditedGroup);
  const apiServerOptions = {
    program: programs.apiServer,
    logFile: join(directory, 'kube-apiserver.log'),
    etcd,
    etcdPrefix: `/${randomBytes(6).toString('hex')}`,
    pki,
    address,
    ...(options.port === undefined ? {} : { fixedPort: options.port }),
    serviceIpRange: SERVICE_IP_RANGE,
    serviceNodePortRange: options.serviceNodePortRange ?? DEFAULT_NODE_PORT_RANGE,
    requireServiceAccounts: programs.controllerManager !== undefined,
    maximumTokenSeconds: options.maximumTokenSeconds,
    audit,
  };
  const apiServer = starting.use(await ApiServer.start(apiServerOptions, signal));
  const environment = { directory, address, pki, apiServer, resources: starting };
  const controllers = await startControllers(programs, environment, signal);
  const ownProcesses = options.etcd === undefined ? [etcd.process, ...controllers] : controllers;
  const resources = starting.move();
  return new ControlPlane({ directory, apiServer, etcd, ownProcesses, resources, auditLog: audit?.logFile });
}

function loopbackAddress(address: string): string {
  if (isIPv4(address) && address.startsWith('127.')) return address;
  throw new Error(`not an IPv4 loopback address: ${JSON.stringify(address)}`);
}

interface ControlPlaneParts {
  readonly directory: string;
  readonly apiServer: ApiServer;
  readonly etcd: Etcd;
  /** Besides the API server. */
  readonly ownProcesses: readonly SupervisedProcess[];
  readonly resources: AsyncDisposableStack;
  readonly auditLog: string | undefined;
}

/** A running control plane; from {@link startControlPlane}. */
export class ControlPlane implements AsyncDisposable {
  /** Contains certificates, data and logs (`<component>.log`) until the end. */
  readonly directory: string;
  /** `https://<address>:<port>` */
  readonly server: string;
  readonly #parts: ControlPlaneParts;

  constructor(parts: ControlPlaneParts) {
    this.directory = parts.directory;
    this.server = parts.apiServer.url;
    this.#parts = parts;
  }

  /** PEM of the authority that the API server's certificate is of now. */
  get caCertificate(): string {
    return this.#parts.apiServer.caCertificate;
  }

  /** YAML, with a client certificate of the group `system:masters` inline. */
  get adminKubeconfig(): string {
    return this.#parts.apiServer.kubeconfigFor();
  }

  /** One process group a component, by the component's name. */
  get processGroups(): ReadonlyMap<string, number> {
    const { apiServer, ownProcesses } = this.#parts;
    const processes = apiServer.process === undefined ? ownProcesses : [apiServer.process, ...ownProcesses];
    return new Map(processes.map((process) => [process.name, process.processGroup]));
  }

  /** A kubeconfig with the token, or with a new client certificate for a user with the rights of its bindings. */
  kubeconfigFor(client: ClientOptions | { token: string }): string {
    return this.#parts.apiServer.kubeconfigFor(client);
  }

  /** One request as administrator, the body as JSON; status 0 when no reply came. */
  async request(method: string, path: string, body?: unknown): Promise<ApiReply> {
    return this.#parts.apiServer.request(method, path, body);
  }

  /** The requests of the users whose group was to be recorded, up to now. */
  async auditedRequests(): Promise<readonly AuditedRequest[]> {
    const { auditLog } = this.#parts;
    if (auditLog === undefined) throw new Error('the control plane was started without auditedGroup');
    return readAudit(auditLog);
  }

  /** Kills the API server without grace: the cluster is unreachable until {@link restartApiServer}. */
  async killApiServer(): Promise<void> {
    await this.#parts.apiServer.kill();
  }

  /** Starts the API server on the same port, killing it first when it runs; ready when this resolves. */
  async restartApiServer(signal?: AbortSignal): Promise<void> {
    await this.#parts.apiServer.restart(signal);
  }

  /** Keeps everything that is stored, for {@link restore}. */
  async backup(): Promise<void> {
    await this.#parts.etcd.backup();
  }

  /**
   * Brings back what {@link backup} kept; versions of objects go back with it. With an etcd that others share, they go back
   * too.
   * @param milliseconds how long the API server is away besides the time that it takes
   */
  async restore(milliseconds = 0): Promise<void> {
    await this.killApiServer();
    await this.#parts.etcd.restore();
    await sleep(milliseconds);
    await this.restartApiServer();
  }

  /** Starts the API server again with a new certificate of the same authority. */
  async replaceServerCertificate(signal?: AbortSignal): Promise<void> {
    await this.#parts.apiServer.replaceCertificate(signal);
  }

  /**
   * Starts the API server again with a certificate of another authority. Only the kubeconfigs that are made from now on
   * know it.
   */
  async replaceAuthority(signal?: AbortSignal): Promise<void> {
    await this.#parts.apiServer.replaceAuthority(signal);
  }

  /** Kills every process of its own and removes the folder; may be called twice. */
  async stop(): Promise<void> {
    await this.#parts.resources.disposeAsync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
