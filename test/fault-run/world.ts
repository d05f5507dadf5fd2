import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { type GitHttpServer, startGitHttpServer } from '../../src/git-store/testing/git-http-server.ts';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { Canaries } from './canaries.ts';

const STAND_INS = join(import.meta.dirname, '../../sandbox/stand-ins/catalog.yaml');
const GIT_USER = 'robot';

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
  readonly server: NautesProcess;
  readonly repository: string;
  readonly #remote: GitHttpServer;
  readonly #diskFaults: string;
  /** The server is being ended and started; who else wants that waits. */
  #restarting: Promise<void> = Promise.resolve();
  #isReachable = true;

  private constructor(parts: {
    readonly directory: string;
    readonly sandbox: Sandbox;
    readonly server: NautesProcess;
    readonly repository: string;
    readonly remote: GitHttpServer;
    readonly diskFaults: string;
    readonly gitPassword: string;
  }) {
    this.directory = parts.directory;
    this.sandbox = parts.sandbox;
    this.server = parts.server;
    this.repository = parts.repository;
    this.#remote = parts.remote;
    this.#diskFaults = parts.diskFaults;
    this.canaries.add('the token for the Git remote', parts.gitPassword);
  }

  /** @param clusters how many simulated clusters there are, without the virtual ones on them */
  static async create(seed: string, clusters: number): Promise<World> {
    const directory = await mkdtemp(join(tmpdir(), 'nautes-fault-run-'));
    const gitPassword = randomBytes(24).toString('base64url');
    const { repository, remote } = await createRemote(directory, gitPassword);
    const sandbox = await startSandbox({ clusters, basePort: 0, workloadDelayMilliseconds: 50 });
    const diskFaults = join(directory, 'disk-faults');
    const tokenFile = join(directory, 'git-token');
    await writeFile(tokenFile, `${gitPassword}\n`, { mode: 0o600 });
    const dataDirectory = join(directory, 'data');
    const server = await NautesProcess.start({
      dataDirectory,
      configuration: {
        git: { remote: remote.url('remote.git'), username: GIT_USER, tokenFile, pollSeconds: 1 },
        catalog: { files: [STAND_INS] },
        controllers: { driftSeconds: 10, graceSeconds: 8 },
        log: { level: 'debug' },
      },
      environment: {
        NODE_OPTIONS: `--import=${join(import.meta.dirname, 'disk-faults.ts')}`,
        FAULT_RUN_DISK_FAULTS: diskFaults,
        FAULT_RUN_SECRETS: join(dataDirectory, 'secrets'),
        FAULT_RUN_SEED: seed,
      },
    });
    return new World({ directory, sandbox, server, repository, remote, diskFaults, gitPassword });
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

  /** SIGKILL, and a new start after a while. */
  restart(downMilliseconds: number): Promise<void> {
    this.#restarting = this.#restarting.then(async () => {
      await this.server.kill();
      await new Promise((resolve) => setTimeout(resolve, downMilliseconds));
      for (;;) {
        try {
          return await this.server.start();
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
    await Promise.all(this.sandbox.clusters.map((cluster) => cluster.settled()));
    await this.#restarting;
  }

  async close(): Promise<void> {
    await this.#restarting.catch(() => {});
    await this.server[Symbol.asyncDispose]();
    await Promise.all([this.sandbox.close(), this.#remote.close()]);
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function createRemote(
  directory: string,
  password: string,
): Promise<{ readonly repository: string; readonly remote: GitHttpServer }> {
  const root = join(directory, 'remotes');
  const repository = join(root, 'remote.git');
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
