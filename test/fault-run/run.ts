import { sleep } from '../../src/base/async/timing.ts';
import { Caller } from './callers.ts';
import { Committer } from './committer.ts';
import { RunHistory } from './history.ts';
import {
  cloneProblems,
  historyProblems,
  leakProblems,
  memoryProblems,
  objectProblems,
  readReceipts,
  receiptProblems,
  removeResidue,
  residueProblems,
  secretProblems,
} from './invariants.ts';
import { notLevel } from './level.ts';
import { isHostile } from './hostile-weather.ts';
import { Random } from './random.ts';
import { RecordingClient } from './recording-client.ts';
import { RepositoryView } from './repository-view.ts';
import { clustersFor, makeTargets, type Target, type TargetCounts, type Targets } from './targets.ts';
import { Faults } from './faults.ts';
import { World } from './world.ts';

export interface FaultRunOptions extends TargetCounts {
  /** Decides every operation and every fault; when they meet is up to the machine. */
  readonly seed: string;
  /** Steps of each actor. */
  readonly steps: number;
  readonly callers: number;
  /** Clusters that lie, in another way from time to time, as the Git remote then does too; default: none. */
  readonly hostile?: number;
  /** Servers that share a management cluster. Default: one, with embedded stores. */
  readonly replicas?: number;
  /** Starts the server again as the faults end, so that nothing waits for a back-off: for short runs. */
  readonly restartBeforeCalm: boolean;
  /** How long it may take until everything is level, milliseconds. */
  readonly patience: number;
  /** Told of the progress. */
  readonly progress?: (message: string) => void;
}

export interface FaultRunReport {
  /** What is not as it should be; empty when all is well. */
  readonly problems: readonly string[];
  /** Every operation and fault with its outcome. */
  readonly deeds: readonly string[];
  readonly log: string;
  /** What the API showed in the end. */
  readonly answers: readonly string[];
  readonly summary: string;
}

const SETTLE_MILLISECONDS = 3_000;
const PAUSE = { low: 30, high: 500 } as const;

/** Operations under faults, then calm, then the questions whether everything agrees. */
export async function faultRun(options: FaultRunOptions): Promise<FaultRunReport> {
  const world = await World.create(options.seed, clustersFor(options), options.hostile ?? 0, options.replicas);
  try {
    return await new Run(options, world, await makeTargets(world, options)).carryOut();
  } finally {
    await world.close();
  }
}

class Run {
  readonly #options: FaultRunOptions;
  readonly #world: World;
  readonly #targets: Targets;
  readonly #history = new RunHistory();
  readonly #random: Random;
  readonly #problems: string[] = [];

  constructor(options: FaultRunOptions, world: World, targets: Targets) {
    this.#options = options;
    this.#world = world;
    this.#targets = targets;
    this.#random = new Random(options.seed);
  }

  async carryOut(): Promise<FaultRunReport> {
    for (const cluster of this.#world.sandbox.clusters) {
      this.#world.canaries.addKubeconfig(cluster.name, cluster.kubeconfig('token'));
      this.#world.canaries.addKubeconfig(cluster.name, cluster.kubeconfig('certificate'));
    }
    const client = await this.#client('auditor');
    await this.#register(client, [...this.#targets.references, ...this.#world.hostile.targets]);
    this.#tell('faults begin');
    await this.#disturb();
    this.#tell(`${this.#history.deeds.length} deeds done, calm`);
    await this.#world.calm();
    if (this.#options.restartBeforeCalm) await this.#world.restartAll();
    await this.#untilLevel(client, 'after the faults');
    this.#check('memory', await memoryProblems(this.#world));
    this.#check('history', await historyProblems(this.#world, this.#history));
    await this.#rescue(client);
    await this.#deleteAll(client);
    await this.#look(client);
    await Promise.all(this.#world.servers.map((server) => server.stop()));
    await this.#checkRemains();
    const saved = this.#history.acknowledged.length;
    const { commits } = await RepositoryView.read(this.#world.repository);
    return {
      problems: this.#problems,
      deeds: this.#history.lines(),
      log: this.#world.output,
      answers: this.#history.answers.slice(-200),
      summary: `${this.#history.deeds.length} deeds, ${saved} acknowledged, ${commits.length} commits`,
    };
  }

  async #client(name: string): Promise<RecordingClient> {
    const { token } = await this.#world.server.client('maintainer', name);
    this.#world.canaries.add(`the token of ${name}`, token);
    return new RecordingClient(() => this.#world.nextUrl(), token, this.#history);
  }

  /** All actors at once, each with its own source of randomness. */
  async #disturb(): Promise<void> {
    const { callers } = this.#options;
    const targets = this.#targets.played;
    const world = this.#world;
    const history = this.#history;
    const actors: Promise<void>[] = [];
    for (let number = 1; number <= callers; number += 1) {
      const name = `caller-${number}`;
      const random = this.#random.fork(name);
      const caller = new Caller({ name, world, random, client: await this.#client(name), history, targets });
      actors.push(this.#act(random, (step) => caller.step(step)));
    }
    const hand = this.#random.fork('committer');
    const { repository, directory } = world;
    const committer = new Committer({ repository, directory, spared: this.#spared, random: hand, history });
    actors.push(this.#act(hand, (step) => committer.step(step), 2));
    const weather = this.#random.fork('hostile');
    if (world.hostile.targets.length > 0) {
      const change = (step: number): Promise<void> => Promise.resolve(world.hostile.step(step, weather, history));
      actors.push(this.#act(weather, change));
    }
    const { remoteWeather } = world;
    if (remoteWeather !== undefined) {
      const own = this.#random.fork('hostile remote');
      actors.push(this.#act(own, (step) => Promise.resolve(remoteWeather.step(step, own, history)), 3));
    }
    const random = this.#random.fork('faults');
    const faults = new Faults(world, random, history, targets);
    actors.push(this.#act(random, (step) => faults.step(step)));
    await Promise.all(actors);
  }

  /** Files of hosts are not touched by hand: what stands on them would not be sound. */
  get #spared(): readonly string[] {
    const { played, references } = this.#targets;
    const hosts = played.filter(({ bodies }) => bodies.some(({ usage }) => usage === 'host'));
    return [...references, ...hosts, ...this.#world.hostile.targets].map(({ name }) => name);
  }

  async #act(random: Random, step: (step: number) => Promise<void>, slowness = 1): Promise<void> {
    const pauses = random.fork('pauses');
    for (let number = 1; number <= this.#options.steps / slowness; number += 1) {
      await sleep(slowness * pauses.between(PAUSE.low, PAUSE.high));
      await step(number);
    }
  }

  /** Everybody gets what a person would do: what is broken is deleted, every cluster is registered anew. */
  async #rescue(client: RecordingClient): Promise<void> {
    this.#tell('rescue');
    const displaced = await this.#displaced();
    for (const name of await this.#registered()) {
      const { body } = await client.ask('GET', `/api/v1/clusters/${name}/status`);
      if (isHostile(name)) continue;
      if (body['phase'] !== 'Ready' || displaced.has(name)) await this.#delete(client, name);
    }
    await this.#untilLevel(client, 'after deleting what was broken');
    removeResidue(this.#world, readReceipts(this.#world));
    await sleep(SETTLE_MILLISECONDS); // until namespaces have ended
    const registrations = await this.#registrations();
    const taken = new Set(registrations.map(({ spec }) => spec.apiServer));
    const names = new Set(registrations.map(({ name }) => name));
    const free = this.#targets.played.filter(({ bodies }) => !bodies.some(({ api_server }) => taken.has(api_server)));
    await this.#register(
      client,
      // Its usual name may be that of another cluster by now.
      free.map((target) => (names.has(target.name) ? { ...target, name: `spare-${target.name}` } : target)),
    );
    this.#check('objects', await untilNone(() => objectProblems(this.#world)));
    for (const { name, kubeconfig } of this.#world.clusters.map((cluster) => ({
      name: cluster.name,
      kubeconfig: cluster.kubeconfig('token'),
    }))) {
      this.#world.canaries.addKubeconfig(name, kubeconfig);
    }
  }

  /** Hosts whose name stands for the server of another one, and what is on hosts then: their addresses do not fit. */
  async #displaced(): Promise<ReadonlySet<string>> {
    const registrations = await this.#registrations();
    const hosts = this.#targets.played.filter(({ bodies }) => bodies[0]?.['usage'] === 'host');
    const names = new Map(hosts.map(({ name, bodies }) => [bodies[0]?.api_server, name]));
    const usual = ({ name, spec }: { name: string; spec: { apiServer: string } }): string =>
      names.get(spec.apiServer) ?? (hosts.some((host) => host.name === name) ? '' : name);
    const displaced = registrations.filter((each) => usual(each) !== each.name).map(({ name }) => name);
    if (displaced.length === 0) return new Set();
    const virtual = registrations.filter(({ spec }) => spec.clusterType === 'virtual');
    const played = virtual.filter(({ name }) => !this.#spared.includes(name));
    return new Set([...displaced, ...played.map(({ name }) => name)]);
  }

  /** Names that are registered, those of hosts last: they go after what stands on them. */
  async #registered(): Promise<readonly string[]> {
    const { clusters } = await RepositoryView.read(this.#world.repository);
    const hosts = new Set([...clusters.values()].filter(({ cluster }) => cluster?.spec.usage === 'host'));
    return [...new Set(clusters.values()).difference(hosts), ...hosts].map(({ name }) => name);
  }

  async #registrations() {
    const { clusters } = await RepositoryView.read(this.#world.repository);
    return [...clusters.values()].flatMap(({ cluster }) => cluster ?? []);
  }

  async #register(client: RecordingClient, targets: readonly Target[]): Promise<void> {
    for (const { name, bodies } of targets) {
      const answer = await client.ask('POST', `/api/v1/clusters/${name}`, bodies[0]);
      if (answer.status !== 200) this.#problems.push(`${name} cannot be registered: ${JSON.stringify(answer.body)}`);
    }
    await this.#untilLevel(client, `after registering ${targets.map(({ name }) => name).join(', ')}`);
  }

  async #delete(client: RecordingClient, name: string): Promise<void> {
    const answer = await client.ask('DELETE', `/api/v1/clusters/${name}`);
    if (answer.status !== 200) this.#problems.push(`${name} cannot be deleted: ${JSON.stringify(answer.body)}`);
  }

  async #deleteAll(client: RecordingClient): Promise<void> {
    this.#tell('delete everything');
    for (const name of await this.#registered()) await this.#delete(client, name);
    await this.#untilLevel(client, 'after deleting everything');
  }

  /** Asks for everything that is shown, for the search for secrets. */
  async #look(client: RecordingClient): Promise<void> {
    for (const path of ['/metrics', '/api/v1/clusters', '/api/v1/catalog', '/healthz', '/readyz']) {
      await client.ask('GET', path);
    }
    for (const name of await this.#names()) {
      for (const what of ['events', 'receipt', 'status']) await client.ask('GET', `/api/v1/clusters/${name}/${what}`);
    }
  }

  async #checkRemains(): Promise<void> {
    const receipts = readReceipts(this.#world);
    this.#check('clone', await cloneProblems(this.#world));
    this.#check('receipts', await untilNone(() => receiptProblems(this.#world, receipts)));
    this.#check('residue', residueProblems(this.#world, receipts));
    this.#check('secrets', await secretProblems(this.#world, receipts));
    this.#check('leaks', await leakProblems(this.#world, this.#history));
  }

  async #names(): Promise<Set<string>> {
    const { commits } = await RepositoryView.read(this.#world.repository);
    return new Set(commits.flatMap(({ changes }) => changes.map(({ cluster }) => cluster)));
  }

  async #untilLevel(client: RecordingClient, when: string): Promise<void> {
    const started = Date.now();
    for (;;) {
      const problems = await notLevel(client, this.#world.repository, await this.#names());
      if (problems.length === 0) break;
      if (Date.now() - started > this.#options.patience) {
        this.#check(`not level ${when}`, problems);
        return;
      }
      await sleep(250);
    }
    this.#tell(`level ${when} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }

  #check(what: string, problems: readonly string[]): void {
    this.#problems.push(...problems.map((problem) => `${what}: ${problem}`));
    if (problems.length > 0) this.#tell(`${what}: ${problems.length} problems`);
  }

  #tell(message: string): void {
    this.#options.progress?.(message);
  }
}

/** Namespaces take a moment to end. What is wrong after that is wrong. */
async function untilNone(check: () => readonly string[] | Promise<readonly string[]>): Promise<readonly string[]> {
  const deadline = Date.now() + SETTLE_MILLISECONDS;
  for (;;) {
    const problems = await check();
    if (problems.length === 0 || Date.now() > deadline) return problems;
    await sleep(100);
  }
}
