import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import { COMMAND, CommandLine } from './command-line.ts';
import { NautesProcess } from './nautes-process.ts';
import { TerminalSession, type TerminalOptions } from './terminal-session.ts';

const STAND_INS = join(import.meta.dirname, '../../sandbox/stand-ins/catalog.yaml');

/** A server, simulated clusters and a user of the command line who may change everything. */
export class CommandBed implements AsyncDisposable {
  readonly server: NautesProcess;
  readonly user: CommandLine;
  readonly sandbox: Sandbox;

  private constructor(server: NautesProcess, user: CommandLine, sandbox: Sandbox) {
    this.server = server;
    this.user = user;
    this.sandbox = sandbox;
  }

  static async open(clusters: number, workloadDelayMilliseconds = 200): Promise<CommandBed> {
    await using opened = new AsyncDisposableStack();
    const sandbox = await startSandbox({ clusters, basePort: 0, workloadDelayMilliseconds });
    opened.defer(() => sandbox.close());
    const configuration = { catalog: { files: [STAND_INS] }, log: { level: 'error' } };
    const server = opened.use(await NautesProcess.start({ configuration }));
    const { token } = await server.client('maintainer', 'ada');
    const user = opened.use(await CommandLine.open({ API_SERVER: server.url, GIT_TOKEN: token }));
    for (const [index, cluster] of sandbox.clusters.entries()) {
      await writeFile(join(user.home, `${index}.kubeconfig`), cluster.kubeconfig());
    }
    opened.move();
    return new CommandBed(server, user, sandbox);
  }

  cluster(index: number): SandboxCluster {
    const cluster = this.sandbox.clusters[index];
    if (cluster === undefined) throw new Error('the sandbox has no more clusters');
    return cluster;
  }

  /** Path of a cluster's kubeconfig. */
  kubeconfig(index: number): string {
    return join(this.user.home, `${index}.kubeconfig`);
  }

  /** The command in a pseudo-terminal, as this user. */
  terminal(args: readonly string[], options: TerminalOptions = {}): Promise<TerminalSession> {
    const environment = { ...this.user.environment, ...options.environment };
    return TerminalSession.open([COMMAND, ...args], { ...options, environment });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.user[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
    await this.sandbox.close();
  }
}
