import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, type RunResult } from '../../src/base/programs/process.ts';
import { clusterFiles } from '../../src/resources/cluster/cluster-files.ts';
import type { RunHistory } from './history.ts';
import type { Random } from './random.ts';

const PUSH_ATTEMPTS = 3;

/** What a change by hand is to the cluster whose file it touches. */
interface Change {
  readonly what: string;
  /** The cluster is expected to become Ready after it without anybody's help. */
  readonly isSound: boolean;
}

/** Subject of commits by hand after which clusters need no help. */
export const SOUND_SUBJECT = 'Change by hand';
export const UNSOUND_SUBJECT = 'Break by hand';

/** Somebody who commits to the repository by hand, past the API. */
export class Committer {
  readonly #repository: string;
  readonly #checkout: string;
  readonly #spared: readonly string[];
  readonly #random: Random;
  readonly #history: RunHistory;

  constructor(options: {
    readonly repository: string;
    readonly directory: string;
    /** Clusters whose files are never touched. */
    readonly spared: readonly string[];
    readonly random: Random;
    readonly history: RunHistory;
  }) {
    const { repository, directory, spared, random, history } = options;
    this.#spared = spared;
    this.#repository = repository;
    this.#checkout = join(directory, 'checkout');
    this.#random = random;
    this.#history = history;
  }

  async step(step: number): Promise<void> {
    const deed = this.#history.begin('committer', step, 'look');
    await this.#update();
    const { what, isSound } = await this.#change();
    Object.assign(deed, { what });
    await this.#git('add', '--all');
    const subject = isSound ? SOUND_SUBJECT : UNSOUND_SUBJECT;
    if ((await this.#git('commit', '--quiet', '--message', `${subject}: ${what}`)).code !== 0) {
      deed.outcome = 'nothing to commit';
      return;
    }
    deed.outcome = await this.#push(isSound);
  }

  async #push(isSound: boolean): Promise<string> {
    for (let attempt = 0; attempt < PUSH_ATTEMPTS; attempt += 1) {
      const { code, stderr } = await this.#git('push', '--quiet', 'origin', 'HEAD:main');
      if (code === 0) {
        const commit = (await this.#git('rev-parse', 'HEAD')).stdout.toString().trim();
        this.#history.byHand.push({ commit, isSound });
        return 'pushed';
      }
      if (stderr.includes('protected')) return 'refused';
      await this.#git('fetch', '--quiet', 'origin');
      if ((await this.#git('rebase', '--quiet', 'origin/main')).code !== 0) {
        await this.#git('rebase', '--abort');
        return 'conflict';
      }
    }
    return 'given up';
  }

  async #update(): Promise<void> {
    await mkdir(this.#checkout, { recursive: true });
    if ((await this.#git('rev-parse', '--git-dir')).stdout.toString().trim() !== '.git') {
      await this.#git('clone', '--quiet', '--', this.#repository, '.');
    }
    await this.#git('fetch', '--quiet', 'origin');
    await this.#git('reset', '--quiet', '--hard', 'origin/main');
  }

  async #change(): Promise<Change> {
    const files = await this.#clusterFiles();
    const file = files.length === 0 ? undefined : this.#random.pick(files);
    const kind = this.#random.weighted([
      [25, 'domain'],
      [20, 'remove'],
      [12, 'break'],
      [8, 'rename'],
      [8, 'address'],
      [8, 'restore'],
      [10, 'elsewhere'],
    ] as const);
    if (file === undefined || kind === 'elsewhere') return this.#elsewhere();
    const path = join(this.#checkout, clusterFiles.directory, file);
    switch (kind) {
      case 'domain':
        return this.#changeDomain(file, path);
      case 'remove':
        await rm(path);
        return { what: `remove ${file}`, isSound: true };
      case 'break':
        return this.#break(file, path);
      case 'rename':
        return this.#rename(file, path);
      case 'address':
        await edit(path, (text) => text.replace(/apiServer: .*/, 'apiServer: https://127.0.0.9:1'));
        return { what: `address of ${file}`, isSound: false };
      case 'restore':
        return this.#restore(file);
      default:
        throw new Error(`nobody knows how to ${String(kind)}`);
    }
  }

  async #changeDomain(file: string, path: string): Promise<Change> {
    const domain = `h${this.#random.integer(4)}.example.org`;
    await edit(path, (text) => text.replace(/primaryDomain: .*/, `primaryDomain: ${domain}`));
    return { what: `primary domain of ${file}`, isSound: true };
  }

  async #break(file: string, path: string): Promise<Change> {
    const broken = this.#random.pick(['{', 'kind: Secret\n', '- a\n', 'spec: !!js/function x\n', 'a: &a [*a]\n']);
    await writeFile(path, broken);
    return { what: `break ${file} with ${JSON.stringify(broken)}`, isSound: false };
  }

  async #rename(file: string, path: string): Promise<Change> {
    const renamed = `renamed-${this.#random.integer(3)}.yaml`;
    await edit(path, (text) => text.replace(/^( {2}name: ).*/m, `$1${renamed.slice(0, -5)}`));
    await writeFile(join(this.#checkout, clusterFiles.directory, renamed), await readFile(path));
    if (renamed !== file) await rm(path);
    return { what: `rename ${file} to ${renamed}`, isSound: false };
  }

  /** Brings a file back as it was at some earlier commit, maybe one of a registration that is gone. */
  async #restore(file: string): Promise<Change> {
    const log = await this.#git('log', '--format=%H', '--diff-filter=AM', '--', clusterFiles.directory);
    const commits = log.stdout.toString().split('\n').filter(Boolean);
    if (commits.length > 0) {
      await this.#git('checkout', this.#random.pick(commits), '--', join(clusterFiles.directory, file));
    }
    return { what: `restore ${file}`, isSound: false };
  }

  async #elsewhere(): Promise<Change> {
    await writeFile(join(this.#checkout, 'README.md'), `note ${this.#random.integer(1_000_000)}\n`);
    return { what: 'README.md', isSound: true };
  }

  async #clusterFiles(): Promise<string[]> {
    const names = await readdir(join(this.#checkout, clusterFiles.directory)).catch(() => []);
    const others = new Set(['kustomization.yaml', ...this.#spared.map((name) => `${name}.yaml`)]);
    return names.filter((name) => name.endsWith('.yaml') && !others.has(name)).sort();
  }

  #git(...args: readonly string[]): Promise<RunResult> {
    return run('git', args, {
      directory: this.#checkout,
      environment: {
        PATH: process.env['PATH'],
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CEILING_DIRECTORIES: join(this.#checkout, '..'),
        GIT_TERMINAL_PROMPT: '0',
        GIT_AUTHOR_NAME: 'Grace',
        GIT_AUTHOR_EMAIL: 'grace@example.org',
        GIT_COMMITTER_NAME: 'Grace',
        GIT_COMMITTER_EMAIL: 'grace@example.org',
      },
    });
  }
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
  await writeFile(path, change(await readFile(path, 'utf8')));
}
