import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { type GitHttpServer, startGitHttpServer } from '../../src/git-store/testing/git-http-server.ts';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { Canaries } from './canaries.ts';
import { HostileWeather, RemoteWeather } from './hostile-weather.ts';
import { SharedPlace } from './shared-place.ts';

const STAND_INS = join(import.meta.dirname, '../../sandbox/stand-ins/catalog.yaml');
const GIT_USER = 'robot';
const REPOSITORY = 'remote.git';

/** A hook that does what the file `fault` says, as a server with rules and troubles of its own would. */
const HOOK = `#!/bin/sh
case "$(cat fault 2> /dev/null)" in
  refuse) echo 'the branch is protected at the moment'; exit 1 ;;
  slow) sleep 1 ;;
esac
`;

export type RemoteFault = 'fine' | 'refuse' | 'slow' | 'unreachable' | 'hanging';

/** Everything that a fault run acts on: clusters, the Git remote, the disk and the server between them. */
export class World {
  readonly directory: string;
  readonly canaries = new Canaries();
  readonly sandbox: Sandbox;
  /** One, or several that share a management cluster. */
  readonly servers: readonly NautesProcess[];
  /** Where several servers keep what they share. */
  readonly management: SharedPlace | undefined;
  readonly repository: string;
  /** Clusters that lie; none of {@link clusters}. */
  readonly hostile: HostileWeather;
  /** Through which servers see the remote; absent where nothing lies. */
  readonly remoteWeather: RemoteWeather | undefined;
  readonly #remote: GitHttpServer;
  readonly #diskFaults: string;
  /** A server is being ended and started; who else wants that waits. */
  #restarting: Promise<void> = Promise.resolve();
  /** Those that are stopped for a while. */
  readonly #paused = new Set<Promise<void>>();
  #asked = 0;
  #isReachable = true;

  private constructor(parts: {
    readonly directory: string;
    readonly sandbox: Sandbox;
    readonly servers: readonly NautesProcess[];
    readonly management: SharedPlace | undefined;
    readonly hostile: HostileWeather;
    readonly remoteWeather: RemoteWeather | undefined;
    readonly repository: string;
    readonly remote: GitHttpServer;
    readonly diskFaults: string;
    readonly gitPassword: string;
  }) {
    this.directory = parts.directory;
    this.sandbox = parts.sandbox;
    this.servers = parts.servers;
    this.management = parts.management;
    this.hostile = parts.hostile;
    this.remoteWeather = parts.remoteWeather;
    this.repository = parts.repository;
    this.#remote = parts.remote;
    this.#diskFaults = parts.diskFaults;
    this.canaries.add('the token for the Git remote', parts.gitPassword);
  }

  /**
   * @param clusters how many simulated clusters there are, without the virtual ones on them
   * @param hostile how many clusters lie, besides these; with any, the Git remote lies now and then, too
   * @param replicas how many servers share a management cluster; 1: one with embedded stores
   */
  static async create(seed: string, clusters: number, hostile: number, replicas = 1): Promise<World> {
    const directory = await mkdtemp(join(tmpdir(), 'nautes-fault-run-'));
    const gitPassword = randomBytes(24).toString('base64url');
    const { repository, remote } = await createRemote(directory, gitPassword);
    const sandbox = await startSandbox({ clusters, basePort: 0, workloadDelayMilliseconds: 50 });
    const diskFaults = join(directory, 'disk-faults');
    const remoteWeather = hostile === 0 ? undefined : await RemoteWeather.start(remote.url(REPOSITORY));
    const remoteUrl = remoteWeather?.urlOf(REPOSITORY) ?? remote.url(REPOSITORY);
    const tokenFile = join(directory, 'git-token');
    await writeFile(tokenFile, `${gitPassword}\n`, { mode: 0o600 });
    const management = replicas === 1 ? undefined : await SharedPlace.open(directory);
    const start = (name: string): Promise<NautesProcess> => {
      const dataDirectory = join(directory, name);
      return NautesProcess.start({
        dataDirectory,
        configuration: {
          git: { remote: remoteUrl, username: GIT_USER, tokenFile, pollSeconds: 1 },
          catalog: { files: [STAND_INS] },
          controllers: { driftSeconds: 10, graceSeconds: 8 },
          log: { level: 'debug' },
          ...management?.configuration(name),
        },
        environment: {
          NODE_OPTIONS: `--import=${join(import.meta.dirname, 'disk-faults.ts')}`,
          FAULT_RUN_DISK_FAULTS: diskFaults,
          FAULT_RUN_SECRETS: join(dataDirectory, 'secrets'),
          FAULT_RUN_SEED: seed,
        },
      });
    };
    const names = replicas === 1 ? ['data'] : Array.from({ length: replicas }, (_, index) => `r${index}`);
    const servers = await Promise.all(names.map(start));
    const parts = {
      directory,
      sandbox,
      servers,
      management,
      repository,
      remote,
      remoteWeather,
      diskFaults,
      gitPassword,
    };
    const world = new World({ ...parts, hostile: await HostileWeather.start(hostile) });
    world.hostile.kubeconfigs.forEach((kubeconfig, index) =>
      world.canaries.addKubeconfig(`hostile-${index}`, kubeconfig),
    );
    return world;
  }

  /** The first of the servers. */
  get server(): NautesProcess {
    const [server] = this.servers;
    if (server === undefined) throw new Error('there is no server');
    return server;
  }

  /** Where the next request goes: to one after the other. */
  nextUrl(): string {
    this.#asked += 1;
    return this.servers[this.#asked % this.servers.length]?.url ?? '';
  }

  /** What all servers have written. */
  get output(): string {
    return this.servers.map(({ output }) => output).join('');
  }

  /** All simulated clusters, also the virtual ones that stand on hosts now. */
  get clusters(): readonly SandboxCluster[] {
    return this.sandbox.clusters.flatMap((cluster) => [cluster, ...cluster.virtualClusters]);
  }

  cluster(index: number): SandboxCluster {
    const cluster = this.sandbox.clusters[index];
    if (cluster === undefined) throw new Error(`there is no cluster ${index}`);
    return cluster;
  }

  /** The share of operations on the files of the secret store that fails. */
  async setDisk(failing: number): Promise<void> {
    await writeFile(this.#diskFaults, String(failing));
  }

  async setRemote(fault: RemoteFault): Promise<void> {
    const isReachable = fault !== 'unreachable';
    if (isReachable !== this.#isReachable) await this.#remote.setReachable(isReachable);
    this.#isReachable = isReachable;
    this.#remote.setHanging(fault === 'hanging');
    await writeFile(join(this.repository, 'fault'), fault);
  }

  /** The next pushes are carried out, but nobody learns of it. */
  loseReplies(count: number): void {
    this.#remote.loseReplies(count);
  }

  /** SIGSTOP, and SIGCONT after a while. */
  pause(index: number, milliseconds: number): void {
    const server = this.servers[index];
    server?.pause();
    const paused: Promise<void> = new Promise<void>((resolve) => {
      setTimeout(resolve, milliseconds);
    }).then(() => {
      server?.resume();
      this.#paused.delete(paused);
    });
    this.#paused.add(paused);
  }

  /** All of them are ended and started. */
  async restartAll(): Promise<void> {
    for (const index of this.servers.keys()) await this.restart(0, index);
  }

  /** SIGKILL, and a new start after a while. */
  restart(downMilliseconds: number, index = 0): Promise<void> {
    const server = this.servers[index] ?? this.server;
    this.#restarting = this.#restarting.then(async () => {
      await server.kill();
      await new Promise((resolve) => setTimeout(resolve, downMilliseconds));
      for (;;) {
        try {
          return await server.start();
        } catch {
          // With a store or a repository that cannot be used it ends at once, and is started again, as anywhere.
          await new Promise((resolve) => setTimeout(resolve, 300));
        }
      }
    });
    return this.#restarting;
  }

  /** Resolves when the server is not being started. */
  up(): Promise<void> {
    return this.#restarting;
  }

  /** All faults end. */
  async calm(): Promise<void> {
    await this.setRemote('fine');
    await this.setDisk(0);
    this.#remote.loseReplies(0);
    for (const cluster of this.clusters) cluster.faults.clear();
    this.management?.cluster.faults.clear();
    this.hostile.calm();
    this.remoteWeather?.calm();
    await Promise.all(this.#paused);
    await Promise.all(this.sandbox.clusters.map((cluster) => cluster.settled()));
    await this.#restarting;
  }

  async close(): Promise<void> {
    await this.#restarting.catch(() => {});
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()));
    await Promise.all([this.sandbox.close(), this.hostile.close(), this.management?.close()]);
    await Promise.all([this.remoteWeather?.close(), this.#remote.close()]);
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function createRemote(
  directory: string,
  password: string,
): Promise<{ readonly repository: string; readonly remote: GitHttpServer }> {
  const root = join(directory, 'remotes');
  const repository = join(root, REPOSITORY);
  await mkdir(root);
  await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', '--template=', repository]);
  for (const [key, value] of [
    ['http.receivepack', 'true'],
    ['receive.denyNonFastForwards', 'true'],
    ['gc.auto', '0'],
    ['receive.autogc', 'false'],
  ] as const) {
    await run('git', ['-C', repository, 'config', key, value]);
  }
  await mkdir(join(repository, 'hooks'));
  await writeFile(join(repository, 'hooks/pre-receive'), HOOK);
  await chmod(join(repository, 'hooks/pre-receive'), 0o755);
  const remote = await startGitHttpServer({ root, username: GIT_USER, password });
  return { repository, remote };
}
