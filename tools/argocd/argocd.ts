import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { startUntilReady } from '../controlplane/startup.ts';
import { SupervisedProcess } from '../controlplane/supervised-process.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../controlplane/temporary-directory.ts';
import { freePort } from '../net/ports.ts';
import { ARGO_CD_NOT_BUILT, type ArgoCdFiles, argoCdFiles } from './binary.ts';
import { ARGO_CD_NAMESPACE, installArgoCd } from './installation.ts';

export { ARGO_CD_NOT_BUILT, argoCdFiles } from './binary.ts';
export { ARGO_CD_NAMESPACE } from './installation.ts';

export interface ArgoCdOptions {
  /** Seconds between two looks at Git and the clusters without a reason. Default 10. */
  readonly resyncSeconds?: number;
  /** Start Argo CD's own API as well, for {@link ArgoCd.api}. Default false. */
  readonly hasServer?: boolean;
  readonly signal?: AbortSignal;
}

const HOST = '127.0.0.1';
/** The repo server remembers for this long which commit a branch is at; its default is three minutes. */
const REVISION_SECONDS = 2;
const DEFAULT_RESYNC_SECONDS = 10;
/** A limit for one reply of Argo CD's API. */
const REPLY_SECONDS = 30;

/**
 * Argo CD of a management cluster: repo server, application controller, ApplicationSet controller and Redis as processes
 * of this machine. All but the metrics of the application controller, whose address cannot be chosen, is on loopback.
 */
export class ArgoCd implements AsyncDisposable {
  readonly #resources: AsyncDisposableStack;
  readonly #processes: readonly SupervisedProcess[];
  readonly #server: string | undefined;

  private constructor(
    resources: AsyncDisposableStack,
    processes: readonly SupervisedProcess[],
    server: string | undefined,
  ) {
    this.#resources = resources;
    this.#processes = processes;
    this.#server = server;
  }

  /**
   * Installs definitions, settings and the project `default` into the cluster and starts the processes; ready when this
   * resolves. Everything ends with this process, however that ends.
   * @throws Error when it is not built, or with the end of a log when a process does not come up
   */
  static async start(cluster: ControlPlane, options: ArgoCdOptions = {}): Promise<ArgoCd> {
    const files = await argoCdFiles();
    if (files === undefined) throw new Error(ARGO_CD_NOT_BUILT);
    await using starting = new AsyncDisposableStack();
    const directory = starting.use(await temporaryDirectory('nautes-argocd-'));
    await installArgoCd(cluster, files, options.signal);
    const launcher = await Launcher.prepare({ directory, files, cluster, resources: starting, signal: options.signal });
    const redis = await launcher.redis();
    const repoServer = await launcher.repoServer(redis);
    const resyncSeconds = options.resyncSeconds ?? DEFAULT_RESYNC_SECONDS;
    await Promise.all([
      launcher.applicationController({ redis, repoServer, resyncSeconds }),
      launcher.applicationSetController(repoServer),
    ]);
    const server = options.hasServer === true ? await launcher.server(redis, repoServer) : undefined;
    return new ArgoCd(starting.move(), launcher.processes, server);
  }

  /** A GET of Argo CD's API, e.g. `/api/v1/clusters`. */
  async api(path: string): Promise<unknown> {
    if (this.#server === undefined) throw new Error('Argo CD runs without its server');
    const reply = await fetch(`${this.#server}${path}`, { signal: AbortSignal.timeout(REPLY_SECONDS * 1000) });
    return reply.json();
  }

  /** The ends of the logs, for messages of tests. */
  async logTails(): Promise<string> {
    const tails = this.#processes.map(async (process) => `${process.name}:\n${await process.logTail()}`);
    return (await Promise.all(tails)).join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

interface LauncherParts {
  readonly directory: TemporaryDirectory;
  readonly files: ArgoCdFiles;
  readonly cluster: ControlPlane;
  /** Takes charge of the processes, also when the start fails. */
  readonly resources: AsyncDisposableStack;
  readonly signal: AbortSignal | undefined;
}

interface ControllerPeers {
  readonly redis: string;
  readonly repoServer: string;
  readonly resyncSeconds: number;
}

/** Starts the processes one by one; each method resolves to the address of the one that it started, `host:port`. */
class Launcher {
  readonly #parts: LauncherParts;
  readonly processes: SupervisedProcess[] = [];

  private constructor(parts: LauncherParts) {
    this.#parts = parts;
  }

  static async prepare(parts: LauncherParts): Promise<Launcher> {
    const root = parts.directory.path;
    for (const name of ['home', 'tmp', 'tls', 'ssh', 'gpg']) await mkdir(join(root, name), { mode: 0o700 });
    await writeFile(join(root, 'kubeconfig'), inNamespace(parts.cluster.adminKubeconfig), { mode: 0o600 });
    return new Launcher(parts);
  }

  async redis(): Promise<string> {
    return this.#start('redis', async (address) => ({
      program: this.#parts.files.redis,
      args: [address],
      ready: () => isListening(address),
    }));
  }

  async repoServer(redis: string): Promise<string> {
    return this.#start('argocd-repo-server', async (address) => {
      const metrics = await freePort(HOST);
      const args = [...listenOn(address), '--metrics-address', HOST, '--metrics-port', `${metrics}`];
      const plain = ['--disable-tls', '--client-ca-path', '']; // the default path is refused without TLS
      return {
        args: [...args, ...plain, '--redis', redis, '--revision-cache-expiration', `${REVISION_SECONDS}s`],
        ready: () => answers(`http://${HOST}:${metrics}/healthz?full=true`),
      };
    });
  }

  async applicationController({ redis, repoServer, resyncSeconds }: ControllerPeers): Promise<string> {
    return this.#start('argocd-application-controller', async (address) => {
      const resync = ['--app-resync', `${resyncSeconds}`, '--app-resync-jitter', '0'];
      const peers = ['--repo-server', repoServer, '--repo-server-plaintext', '--redis', redis];
      return {
        args: [...peers, '--metrics-port', portOf(address), ...resync],
        ready: () => answers(`http://${address}/healthz`),
      };
    });
  }

  async applicationSetController(repoServer: string): Promise<string> {
    return this.#start('argocd-applicationset-controller', async (address) => {
      const [probe, webhook] = [await freePort(HOST), await freePort(HOST)];
      const own = [
        '--metrics-addr',
        address,
        '--probe-addr',
        `${HOST}:${probe}`,
        '--webhook-addr',
        `${HOST}:${webhook}`,
      ];
      return {
        args: ['--argocd-repo-server', repoServer, '--repo-server-plaintext', ...own],
        ready: () => answers(`http://${address}/metrics`), // it has no check of its health
      };
    });
  }

  /** @returns the base URL of the API */
  async server(redis: string, repoServer: string): Promise<string> {
    const address = await this.#start('argocd-server', async (own) => {
      const metrics = await freePort(HOST);
      const peers = ['--repo-server', repoServer, '--repo-server-plaintext', '--redis', redis];
      const withoutLogin = ['--insecure', '--disable-auth', '--dex-server', `http://${HOST}:9`]; // port 9: no Dex
      const listening = [...listenOn(own), '--metrics-address', HOST, '--metrics-port', `${metrics}`];
      return {
        args: [...listening, ...peers, ...withoutLogin],
        ready: () => answers(`http://${own}/healthz`),
      };
    });
    return `http://${address}`;
  }

  /** Without a program it is the component of Argo CD with the name. */
  async #start(name: string, describe: (address: string) => Promise<Component>): Promise<string> {
    const { directory, files, resources, signal } = this.#parts;
    let address = '';
    let ready: Component['ready'] = () => Promise.resolve(false);
    const process = await startUntilReady({
      start: async () => {
        address = `${HOST}:${await freePort(HOST)}`;
        const component = await describe(address);
        ready = component.ready;
        const logging = component.program === undefined ? ['--logformat', 'text'] : [];
        return SupervisedProcess.start({
          name,
          program: '/usr/bin/env',
          args: [
            ...environment(directory.path, files, name),
            component.program ?? files.argocd,
            ...component.args,
            ...logging,
          ],
          logFile: join(directory.path, `${name}.log`),
        });
      },
      ready: () => ready(),
      signal,
    });
    resources.defer(() => process.kill());
    this.processes.push(process);
    return address;
  }
}

interface Component {
  readonly program?: string;
  readonly args: readonly string[];
  readonly ready: () => Promise<boolean>;
}

/** Arguments for `env`: nothing of this process's environment but the path. */
function environment(root: string, files: ArgoCdFiles, component: string): string[] {
  const variables = {
    PATH: `${files.scripts}:${process.env.PATH ?? ''}`,
    HOME: join(root, 'home'),
    TMPDIR: join(root, 'tmp'),
    KUBECONFIG: join(root, 'kubeconfig'),
    ARGOCD_BINARY_NAME: component,
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    ARGOCD_TLS_DATA_PATH: join(root, 'tls'),
    ARGOCD_SSH_DATA_PATH: join(root, 'ssh'),
    ARGOCD_GNUPGHOME: join(root, 'gpg'),
    ARGOCD_GPG_ENABLED: 'false',
  };
  return ['-i', ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)];
}

function listenOn(address: string): string[] {
  return ['--address', HOST, '--port', portOf(address)];
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1);
}

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(REPLY_SECONDS * 1000) }).then(
    async (reply) => {
      await reply.body?.cancel();
      return reply.ok;
    },
    () => false,
  );
}

async function isListening(address: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: HOST, port: Number(portOf(address)) });
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  const isOpen = await promise;
  socket.destroy();
  return isOpen;
}

/** Argo CD works in the namespace of the current context. */
function inNamespace(kubeconfig: string): string {
  const document = load(kubeconfig) as {
    readonly contexts: readonly { readonly name: string; readonly context: object }[];
  };
  const contexts = document.contexts.map(({ name, context }) => ({
    name,
    context: { ...context, namespace: ARGO_CD_NAMESPACE },
  }));
  return dump({ ...document, contexts });
}
