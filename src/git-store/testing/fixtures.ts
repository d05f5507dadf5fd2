import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { NautesError } from '../../errors/errors.ts';
import type { Caller } from '../../resources/caller.ts';
import { filePath } from '../../resources/repository-layout.ts';
import { type ChangeRequest, type GitStore, type HeadChange, put, remove } from '../git-store.ts';
import { gadgets, type Widget, widgets, type WidgetSet } from './layouts.ts';

export const ann: Caller = { id: 'ann', name: 'Ann Example', email: 'ann@example.org' };

/** A signal that never aborts. */
export const noAbort = new AbortController().signal;

let requests = 0;

/** What every repository of the tests is opened with. */
export const usualOptions = {
  layouts: [widgets, gadgets],
  title: 'tenant configuration repository',
  namespace: 'nautes',
} as const;

/** A widget whose file differs with the revision. */
export function widget(name: string, revision = '1'): Widget {
  return { name, revision: `v${revision}` };
}

/** A request with what it decides; the decision may look at the widgets or throw. */
export function request(
  name: string,
  decide: (present: WidgetSet) => Widget | undefined,
  more: Partial<ChangeRequest> = {},
): ChangeRequest {
  requests += 1;
  return {
    author: ann,
    subject: `Save widget ${name}`,
    requestId: `request-${process.pid}-${requests}`,
    trailers: [
      ['Widget', name],
      ['Operation', 'save'],
    ],
    decide: (resources) => {
      const decided = decide(resources.of(widgets));
      return [decided === undefined ? remove(widgets, name) : put(widgets, decided)];
    },
    ...more,
  };
}

export function save(repository: GitStore, name: string, revision?: string) {
  return repository.change(
    request(name, () => widget(name, revision)),
    noAbort,
  );
}

export function removeWidget(repository: GitStore, name: string) {
  return repository.change(
    request(name, () => undefined, { subject: `Delete widget ${name}` }),
    noAbort,
  );
}

/** Collects what a repository announces. */
export function listen(repository: GitStore): HeadChange[] {
  const changes: HeadChange[] = [];
  repository.onHeadChange((change) => void changes.push(change));
  return changes;
}

export function names(repository: GitStore): string[] {
  return [...repository.snapshot().of(widgets).keys()].sort();
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
  return join(checkout, filePath(widgets, name));
}
