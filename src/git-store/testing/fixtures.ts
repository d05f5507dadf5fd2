import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { NautesError } from '../../errors/errors.ts';
import type { Caller } from '../../resources/caller.ts';
import type { Cluster } from '../../resources/cluster/cluster.ts';
import { clusterFilePath } from '../../resources/cluster/layout.ts';
import type { ChangeRequest, ConfigRepo, HeadChange } from '../config-repo.ts';
import type { RegisteredClusters } from '../registered-clusters.ts';

export const ann: Caller = { id: 'ann', name: 'Ann Example', email: 'ann@example.org' };

/** A signal that never aborts. */
export const noAbort = new AbortController().signal;

let requests = 0;

/** A worker whose file differs with the revision. */
export function worker(name: string, revision = '1'): Cluster {
  return {
    name,
    incarnation: `incarnation-of-${name}`,
    credentialVersion: `v${revision}`,
    spec: {
      apiServer: 'https://127.0.1.1:6443',
      clusterKind: 'kubernetes',
      clusterType: 'physical',
      usage: 'worker',
      workerType: 'deployment',
      primaryDomain: 'example.org',
      components: { deployment: { name: 'argocd', namespace: 'argocd', additions: { host: `argocd.${name}` } } },
      reservedNamespacesAllowedProducts: {},
      productAllowedClusterResources: {},
    },
  };
}

/** A request with what it decides; the decision may look at the clusters or throw. */
export function request(
  name: string,
  decide: (clusters: RegisteredClusters) => Cluster | undefined,
  more: Partial<ChangeRequest> = {},
): ChangeRequest {
  requests += 1;
  return {
    author: ann,
    subject: `Save cluster ${name}`,
    requestId: `request-${process.pid}-${requests}`,
    trailers: [
      ['Cluster', name],
      ['Operation', 'save'],
    ],
    decide: (clusters) => ({ name, cluster: decide(clusters) }),
    ...more,
  };
}

export function save(repository: ConfigRepo, name: string, revision?: string) {
  return repository.change(
    request(name, () => worker(name, revision)),
    noAbort,
  );
}

export function remove(repository: ConfigRepo, name: string) {
  return repository.change(
    request(name, () => undefined, { subject: `Delete cluster ${name}` }),
    noAbort,
  );
}

/** Collects what a repository announces. */
export function listen(repository: ConfigRepo): HeadChange[] {
  const changes: HeadChange[] = [];
  repository.onHeadChange((change) => void changes.push(change));
  return changes;
}

export function names(repository: ConfigRepo): string[] {
  return [...repository.snapshot().clusters.keys()].sort();
}

/** The reason of the error that the promise is rejected with. */
export async function reasonOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    return (error as NautesError).reason;
  }
}

export async function temporaryDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'nautes-config-repo-'));
}

/** Runs git as a person would, in that directory. */
export async function git(directory: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', ['-C', directory, ...args], {
    env: {
      PATH: process.env['PATH'],
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'Bob',
      GIT_AUTHOR_EMAIL: 'bob@example.org',
      GIT_COMMITTER_NAME: 'Bob',
      GIT_COMMITTER_EMAIL: 'bob@example.org',
      GIT_TERMINAL_PROMPT: '0',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'maintenance.auto',
      GIT_CONFIG_VALUE_0: 'false',
    },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.trim();
}

/** Makes a commit by hand: clones, lets the caller change files, commits and pushes. Returns the commit. */
export async function commitByHand(
  origin: string,
  message: string,
  change: (checkout: string) => Promise<void>,
): Promise<string> {
  const directory = await temporaryDirectory();
  try {
    const checkout = join(directory, 'checkout');
    await git(directory, 'clone', '--quiet', origin, checkout);
    await change(checkout);
    await git(checkout, 'add', '--all');
    await git(checkout, 'commit', '--quiet', '--message', message);
    await git(checkout, 'push', '--quiet', 'origin', 'HEAD:main');
    return await git(checkout, 'rev-parse', 'HEAD');
  } finally {
    await rm(directory, { recursive: true });
  }
}

export function fileIn(checkout: string, name: string): string {
  return join(checkout, clusterFilePath(name));
}
