import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { NautesProcess } from '../test/harness/nautes-process.ts';
import type { Benchmark, BenchmarkContext } from './benchmark.ts';
import { type Figure, figureOf, type Wanted } from './figure.ts';
import { saveByClone } from './support/clone-per-request.ts';
import { applyLoad, type LoadResult, type LoadSummary, summarizeLoad } from './support/load.ts';
import { SaveClient } from './support/save-client.ts';
import { gitOutput, seedRepository } from './support/seed-repository.ts';
import { Semaphore } from './support/semaphore.ts';

const FLEETS = [1000, 5000] as const;
const CALLERS = 50;

/** The contestants alternate, so that other load of the machine affects all of them alike. */
const ROUNDS = 4;
/** Requests in each round. The first ones of a process, which compile its code, are sent before the rounds. */
const OURS = { warmUp: 300, one: 50, many: 500 };
const BASELINE = { one: 4, many: 12 };

/**
 * How many of its callers the baseline serves at a time, the others wait. More make it slower, since of the pushes
 * that meet all but one are refused: with 50 at a time it has less than a fifth of the rate.
 */
const BASELINE_CONCURRENCY = 4;

/** The target ratios to the baseline with the same kind of remote. */
const WANTED_ONE: Wanted = { of: 'ratio', atLeast: 5 };
const WANTED_MANY: Wanted = { of: 'ratio', atLeast: 50 };

/** A caller that saves new clusters into a repository that began with the fleet. */
interface Contestant {
  readonly repository: string;
  readonly requests: { readonly one: number; readonly many: number };
  /** Requests that went before the rounds. */
  readonly before: number;
  readonly save: () => Promise<void>;
  close(): Promise<void>;
}

interface Rates {
  readonly one: LoadSummary;
  readonly many: LoadSummary;
}

/** The save path: authorise, validate, seal, commit, answer. */
export const saveBenchmark: Benchmark = {
  name: 'save',
  title: 'saves through the HTTP API against a clone, commit and push for each request',
  async run(context) {
    const figures: Figure[] = [];
    const { clusters } = context.options;
    for (const fleet of clusters === undefined ? FLEETS : [clusters])
      figures.push(...(await measureFleet(context, fleet)));
    return figures;
  },
};

async function measureFleet(
  { directory, options, progress }: BenchmarkContext,
  fleet: number,
): Promise<readonly Figure[]> {
  const parent = join(directory, String(fleet));
  await mkdir(parent);
  progress(`${fleet} clusters: the baseline, ours with the same kind of remote, ours with its embedded repository`);
  const contestants: Contestant[] = [];
  const { rounds = ROUNDS } = options;
  try {
    contestants.push(await cloningContestant(parent, fleet));
    contestants.push(await servingContestant(join(parent, 'pushing'), fleet, 'file remote'));
    contestants.push(await servingContestant(join(parent, 'embedded'), fleet, 'embedded'));
    const [baseline, pushing, embedded] = await measureInTurns(contestants, rounds);
    for (const contestant of contestants) await verify(contestant, fleet, rounds);
    if (baseline === undefined || pushing === undefined || embedded === undefined) return [];
    return [
      ...compare(`${fleet} clusters, file remote`, pushing, baseline),
      ...compare(`${fleet} clusters, embedded`, embedded, baseline),
    ];
  } finally {
    await Promise.all(contestants.map((contestant) => contestant.close()));
  }
}

async function measureInTurns(contestants: readonly Contestant[], rounds: number): Promise<readonly Rates[]> {
  const results = contestants.map(() => ({ one: [] as LoadResult[], many: [] as LoadResult[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { requests, save }] of contestants.entries()) {
      results[index]?.one.push(await applyLoad(requests.one, 1, save));
      results[index]?.many.push(await applyLoad(requests.many, CALLERS, save));
    }
  }
  return results.map(({ one, many }) => ({ one: summarizeLoad(one), many: summarizeLoad(many) }));
}

async function cloningContestant(parent: string, fleet: number): Promise<Contestant> {
  const repository = await seedRepository(parent, 'baseline.git', fleet);
  const limit = new Semaphore(BASELINE_CONCURRENCY);
  let saved = 0;
  return {
    repository,
    requests: BASELINE,
    before: 0,
    save() {
      saved += 1;
      const index = saved;
      return limit.run(() => saveByClone(parent, `file://${repository}`, `bench-${index}`, index));
    },
    close: () => Promise.resolve(),
  };
}

/** Our server, as a process of its own, without controllers: what they do with a save is measured elsewhere. */
async function servingContestant(
  directory: string,
  fleet: number,
  kind: 'file remote' | 'embedded',
): Promise<Contestant> {
  const dataDirectory = join(directory, 'data');
  await mkdir(dataDirectory, { recursive: true });
  const repository =
    kind === 'embedded'
      ? await seedRepository(dataDirectory, 'config-repo.git', fleet)
      : await seedRepository(directory, 'remote.git', fleet);
  const git = kind === 'embedded' ? {} : { remote: `file://${repository}` };
  const server = await NautesProcess.start({ dataDirectory, configuration: { role: 'api', git } });
  const { token } = await server.client();
  const client = new SaveClient(server.url, token, CALLERS);
  let saved = 0;
  const save = (): Promise<void> => {
    saved += 1;
    return client.save(`bench-${saved}`, saved);
  };
  await applyLoad(OURS.warmUp, CALLERS, save);
  return {
    repository,
    requests: OURS,
    before: OURS.warmUp,
    save,
    async close() {
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** One commit for each answered request, and a file for each cluster: work that was not done does not count. */
async function verify(contestant: Contestant, fleet: number, rounds: number): Promise<void> {
  const { repository, before, requests } = contestant;
  const saved = before + rounds * (requests.one + requests.many);
  const commits = Number(await gitOutput(repository, ['rev-list', '--count', 'main']));
  const listed = (await gitOutput(repository, ['ls-tree', '-r', '--name-only', 'main'])).trim().split('\n');
  const files = listed.filter((file) => file.endsWith('.yaml') && !file.endsWith('kustomization.yaml')).length;
  if (commits === saved + 1 && files === fleet + saved) return;
  throw new Error(`${repository} has ${commits} commits and ${files} clusters after ${saved} saves`);
}

function compare(what: string, ours: Rates, baseline: Rates): readonly Figure[] {
  return [
    ...compareLoad(`${what}, ${CALLERS} callers`, ours.many, baseline.many, WANTED_MANY),
    ...compareLoad(`${what}, 1 caller`, ours.one, baseline.one, WANTED_ONE),
  ];
}

function compareLoad(figure: string, ours: LoadSummary, baseline: LoadSummary, wanted: Wanted): readonly Figure[] {
  return [
    figureOf({ figure, unit: 'saves/s', ours: ours.perSecond, baseline: baseline.perSecond, wanted }),
    figureOf({ figure: `${figure}, p50`, unit: 'ms', ours: ours.p50, baseline: baseline.p50 }),
    figureOf({ figure: `${figure}, p99`, unit: 'ms', ours: ours.p99, baseline: baseline.p99 }),
  ];
}
