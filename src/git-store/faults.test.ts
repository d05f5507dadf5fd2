import { verbatim } from '../messages/message.ts';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdir, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NautesError } from '../errors/errors.ts';
import { silentLogger } from '../base/logger.ts';
import { Secret } from '../base/secret.ts';
import { sleep } from '../base/async/timing.ts';
import type { GitStore } from './git-store.ts';
import { type GitStoreOptions, openGitStore } from './open-git-store.ts';
import {
  commitByHand,
  fileIn,
  git,
  listen,
  names,
  noAbort,
  reasonOf,
  removeWidget,
  request,
  save,
  temporaryDirectory,
  usualOptions,
  widget,
} from './testing/fixtures.ts';
import { widgetFile, widgets } from './testing/layouts.ts';
import { type GitHttpServer, startGitHttpServer } from './testing/git-http-server.ts';

const PASSWORD = 'canary-password';

/** A directory of the test, and repositories in it that are closed before it goes. */
async function place(context: TestContext): Promise<{
  root: string;
  origin: string;
  open: (options?: Partial<GitStoreOptions>) => Promise<GitStore>;
}> {
  const root = await temporaryDirectory();
  const origin = join(root, 'origin.git');
  const open: GitStore[] = [];
  await git(root, 'init', '--quiet', '--bare', '--initial-branch=main', origin);
  context.after(async () => {
    await Promise.all(open.map((repository) => repository.close()));
    await rm(root, { recursive: true });
  });
  return {
    root,
    origin,
    open: async (options = {}) => {
      const repository = await openGitStore(
        {
          directory: join(root, 'repository'),
          fetchIntervalMilliseconds: 60_000,
          committer: { name: 'Nautes', email: 'nautes@example.org' },
          ...usualOptions,
          logger: silentLogger,
          ...options,
        },
        noAbort,
      );
      open.push(repository);
      return repository;
    },
  };
}

/** The same over HTTP. */
async function httpPlace(context: TestContext) {
  const { root, origin, open } = await place(context);
  const server: GitHttpServer = await startGitHttpServer({ root, username: 'nautes', password: PASSWORD });
  context.after(() => server.close());
  const remote = {
    url: server.url('origin.git'),
    credentials: async () => ({ username: 'nautes', password: new Secret(PASSWORD) }),
  };
  return { root, origin, server, remote, open: () => open({ remote }) };
}

async function subjects(repository: string): Promise<string[]> {
  return (await git(repository, 'log', '--format=%s', 'main')).split('\n');
}

function assertNoneTwice(list: readonly string[]): void {
  assert.equal(new Set(list).size, list.length);
}

async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

describe('configuration repository with a remote', () => {
  it('keeps every change of two writers that save at the same time, once', async (context) => {
    const { root, origin, open } = await place(context);
    const remote = { url: origin };
    const writers = await Promise.all(['one', 'two'].map((name) => open({ directory: join(root, name), remote })));
    await Promise.all(
      writers.flatMap((writer, number) =>
        Array.from({ length: 10 }, async (_, caller) => {
          for (let index = 0; index < 5; index += 1) await save(writer, `w${number}-${caller}-${index}`);
        }),
      ),
    );
    const log = await subjects(origin);
    assert.equal(log.length, 1 + 100);
    assertNoneTwice(log);
    assert.equal(await git(origin, 'rev-list', '--count', '--merges', 'main'), '0');
    await Promise.all(writers.map((writer) => writer.refresh(noAbort)));
    for (const writer of writers) assert.equal(writer.snapshot().of(widgets).size, 100);
  });

  it('decides again on what another writer has pushed', async (context) => {
    const { root, origin, open } = await place(context);
    const remote = { url: origin };
    const one = await open({ directory: join(root, 'one'), remote });
    const two = await open({ directory: join(root, 'two'), remote });
    const exclusive = (revision: string) =>
      request('wanted', (present) => {
        if (present.has('wanted'))
          throw new NautesError('ClusterFileInvalid', { name: 'wanted', file: 'x.yaml', problem: verbatim('taken') });
        return widget('wanted', revision);
      });
    await one.change(exclusive('one'), noAbort);
    assert.equal(two.snapshot().of(widgets).has('wanted'), false);
    assert.equal(await reasonOf(two.change(exclusive('two'), noAbort)), 'ClusterFileInvalid');
    assert.equal(two.snapshot().of(widgets).get('wanted')?.resource?.revision, 'vone');
    // Also "nothing to change" and a refusal are true of the newest head.
    await removeWidget(one, 'wanted');
    assert.equal((await save(two, 'wanted', 'one')).changed, true);
    await one.refresh(noAbort);
    await removeWidget(two, 'wanted');
    assert.equal((await one.change(exclusive('three'), noAbort)).changed, true);
  });

  it('recognises a push whose reply was lost and does not repeat it', async (context) => {
    const { origin, server, open } = await httpPlace(context);
    const repository = await open();
    server.loseReplies(1);
    const increase = (name: string) =>
      request(name, (present) => {
        const revision = present.get(name)?.resource?.revision ?? 'v0';
        return widget(name, String(Number(revision.slice(1)) + 1));
      });
    const results = await Promise.all(['a', 'b', 'c'].map((name) => repository.change(increase(name), noAbort)));
    const log = await subjects(origin);
    assert.equal(log.length, 1 + 3);
    assertNoneTwice(log);
    for (const { commit } of results) await git(origin, 'merge-base', '--is-ancestor', commit, 'main');
    const revisions = [...repository.snapshot().of(widgets).values()].map(({ resource }) => resource?.revision);
    assert.deepEqual(revisions, ['v1', 'v1', 'v1']);
  });

  it('fails only the request whose commit the remote refuses, with its words', async (context) => {
    const { root, origin, open } = await place(context);
    const hook = join(origin, 'hooks', 'pre-receive');
    await mkdir(join(origin, 'hooks'), { recursive: true });
    const check = 'git ls-tree --name-only -r "$new" | grep -q /forbidden';
    await writeFile(hook, `#!/bin/sh\nread old new ref\nif ${check}; then echo "Name is forbidden" >&2; exit 1; fi\n`);
    await chmod(hook, 0o755);
    const repository = await open({ directory: join(root, 'repository'), remote: { url: origin } });
    const wanted = ['a', 'b', 'forbidden-1', 'c', 'd', 'e', 'forbidden-2', 'f'];
    const outcomes = await Promise.allSettled(wanted.map((name) => save(repository, name)));
    const failed = wanted.filter((_, index) => outcomes[index]?.status === 'rejected');
    assert.deepEqual(failed, ['forbidden-1', 'forbidden-2']);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue;
      assert.ok(outcome.reason instanceof NautesError && outcome.reason.reason === 'ConfigRepoRefused');
      assert.match(outcome.reason.message, /Name is forbidden; \(pre-receive hook declined\)/);
    }
    assert.deepEqual(names(repository), ['a', 'b', 'c', 'd', 'e', 'f']);
    assert.equal((await subjects(origin)).length, 1 + 6);
  });

  it('refuses while the remote is away, commits nothing, and continues when it is back', async (context) => {
    const { root, origin, server, open } = await httpPlace(context);
    const repository = await open();
    await save(repository, 'before');
    const { commit } = repository.snapshot();
    await server.setReachable(false);
    assert.equal(await reasonOf(save(repository, 'meanwhile')), 'ConfigRepoUnavailable');
    assert.equal(await reasonOf(repository.refresh(noAbort)), 'ConfigRepoUnavailable');
    assert.equal(repository.isCurrent, false);
    assert.equal(repository.snapshot().commit, commit);
    assert.equal(await git(join(root, 'repository'), 'rev-parse', 'main'), commit);
    await server.setReachable(true);
    await save(repository, 'afterwards');
    await repository.refresh(noAbort);
    assert.equal(repository.isCurrent, true);
    assert.deepEqual(names(repository), ['afterwards', 'before']);
    assert.equal((await subjects(origin)).length, 1 + 2);
  });

  it('closes in time while the remote hangs, and leaves the outcome to the next look', async (context) => {
    const { server, open } = await httpPlace(context);
    const repository = await open();
    server.setHanging(true);
    const hanging = reasonOf(save(repository, 'a'));
    const waiting = reasonOf(repository.refresh(noAbort));
    await sleep(50);
    const queued = reasonOf(save(repository, 'b'));
    await repository.close();
    assert.deepEqual(await Promise.all([hanging, waiting, queued]), ['ConfigRepoUnavailable', 'Closing', 'Closing']);
  });

  it('serves the last known state when the remote is away at the start, but not the first time', async (context) => {
    const { root, server, open } = await httpPlace(context);
    const first = await open();
    await save(first, 'known');
    await first.close();
    await server.setReachable(false);
    const again = await open();
    assert.deepEqual(names(again), ['known']);
    assert.equal(again.isCurrent, false);
    await again.close();
    await rm(join(root, 'repository'), { recursive: true });
    assert.equal(await reasonOf(open()), 'ConfigRepoUnavailable');
  });

  it('does not show the password when it is wrong', async (context) => {
    const { server, remote, root } = await httpPlace(context);
    const opened = openGitStore(
      {
        directory: join(root, 'other'),
        fetchIntervalMilliseconds: 60_000,
        committer: { name: 'Nautes', email: 'nautes@example.org' },
        ...usualOptions,
        logger: silentLogger,
        remote: {
          ...remote,
          credentials: async () => ({ username: 'nautes', password: new Secret('canary-wrong') }),
        },
      },
      noAbort,
    );
    await assert.rejects(opened, (error: unknown) => {
      assert.ok(error instanceof NautesError && error.reason === 'ConfigRepoTokenRefused');
      return !`${error.message} ${JSON.stringify(error)} ${String(error.cause)}`.includes('canary');
    });
    assert.ok(server.rejected > 0);
  });

  it('leaves no credentials in the directory', async (context) => {
    const { root, open } = await httpPlace(context);
    const repository = await open();
    await save(repository, 'a');
    const basic = Buffer.from(`nautes:${PASSWORD}`).toString('base64');
    for (const secret of [PASSWORD, basic]) {
      const found = spawn('grep', ['-r', '-l', secret, join(root, 'repository')]);
      const code = await new Promise((resolve) => found.on('close', resolve));
      assert.equal(code, 1);
    }
  });

  it('brings an embedded repository to an empty remote', async (context) => {
    const { origin, open } = await place(context);
    const embedded = await open();
    await save(embedded, 'a');
    await embedded.close();
    const connected = await open({ remote: { url: origin } });
    assert.deepEqual(names(connected), ['a']);
    assert.equal(await git(origin, 'rev-parse', 'main'), connected.snapshot().commit);
  });

  it('keeps commits findable that a rewritten remote has dropped', async (context) => {
    const { root, origin, open } = await place(context);
    const repository = await open({ remote: { url: origin } });
    const { commit } = await save(repository, 'a');
    await git(origin, 'update-ref', 'refs/heads/main', 'main~1');
    await repository.refresh(noAbort);
    assert.equal(await git(join(root, 'repository'), 'rev-parse', `refs/nautes/replaced/${commit}`), commit);
    assert.deepEqual(names(repository), []);
  });

  it('does not take pushes of people for a remote', async (context) => {
    const { root, origin, open } = await place(context);
    await open({ remote: { url: origin } });
    const push = commitByHand(join(root, 'repository'), 'Wrong place', (checkout) =>
      writeFile(join(checkout, 'x'), 'x'),
    );
    await assert.rejects(push, /hidden ref/);
  });

  it('cannot be opened on a remote whose branches have other names', async (context) => {
    const { root, origin, open } = await place(context);
    await git(root, 'clone', '--quiet', origin, 'checkout');
    await git(join(root, 'checkout'), 'commit', '--quiet', '--allow-empty', '--message', 'x');
    await git(join(root, 'checkout'), 'push', '--quiet', 'origin', 'HEAD:master');
    assert.equal(await reasonOf(open({ remote: { url: origin } })), 'ConfigRepoBranchMissing');
  });

  it('keeps its state and says so when main disappears', async (context) => {
    const { origin, open } = await place(context);
    const repository = await open({ remote: { url: origin } });
    await save(repository, 'a');
    const { commit } = repository.snapshot();
    await git(origin, 'update-ref', '-d', 'refs/heads/main');
    assert.equal(await reasonOf(repository.refresh(noAbort)), 'ConfigRepoInvalid');
    assert.deepEqual(names(repository), ['a']);
    await git(origin, 'update-ref', 'refs/heads/main', commit);
    await save(repository, 'b');
  });
});

describe('embedded configuration repository', () => {
  it('notices a push at once', async (context) => {
    const { root, open } = await place(context);
    const repository = await open();
    const changes = listen(repository);
    await commitByHand(join(root, 'repository'), 'By hand', async (checkout) => {
      await mkdir(join(checkout, widgets.directory), { recursive: true });
      await writeFile(fileIn(checkout, 'by-hand'), widgetFile(widget('by-hand')));
    });
    await eventually(() => changes.length > 0);
    assert.deepEqual(changes[0]?.changed.of(widgets), ['by-hand']);
  });

  it('does not let people rewrite or delete main', async (context) => {
    const { root, open } = await place(context);
    const repository = await open();
    await save(repository, 'a');
    const checkout = join(root, 'checkout');
    await git(root, 'clone', '--quiet', join(root, 'repository'), checkout);
    await git(checkout, 'reset', '--quiet', '--hard', 'HEAD~1');
    await git(checkout, 'commit', '--quiet', '--allow-empty', '--message', 'x');
    await assert.rejects(git(checkout, 'push', '--quiet', '--force', 'origin', 'HEAD:main'), /non-fast-forward/);
    await assert.rejects(git(checkout, 'push', '--quiet', 'origin', ':main'), /deletion prohibited|refusing to delete/);
  });

  it('removes what a kill has left and nothing else', async (context) => {
    const { root, open } = await place(context);
    const directory = join(root, 'repository');
    const first = await open();
    await save(first, 'a');
    await first.close();
    const packs = join(directory, 'objects', 'pack');
    const old = new Date(Date.now() - 3_600_000);
    for (const path of [
      join(directory, 'refs', 'heads', 'main.lock'),
      join(directory, 'packed-refs.lock'),
      join(packs, 'pack-x.pack.1234.tmp'),
      join(packs, 'tmp_pack_old'),
      join(packs, 'pack-1234.pack'),
    ]) {
      await writeFile(path, 'x');
      await utimes(path, old, old);
    }
    await writeFile(join(packs, 'tmp_pack_new'), 'x');
    const again = await open();
    await save(again, 'b');
    const remains = (await readdir(directory, { recursive: true })).filter((path) => /lock$|tmp|1234/.test(path));
    assert.deepEqual(remains, [join('objects', 'pack', 'tmp_pack_new')]);
    assert.deepEqual(names(again), ['a', 'b']);
  });

  it('refuses a directory that is no bare repository and leaves it alone', async (context) => {
    const { root, open } = await place(context);
    const directory = join(root, 'papers');
    await mkdir(directory);
    await writeFile(join(directory, 'letter.lock'), 'x');
    assert.equal(await reasonOf(open({ directory })), 'ConfigRepoInvalid');
    assert.deepEqual(await readdir(directory), ['letter.lock']);
  });

  it('fails a save when the disk does not take it, and continues when it does', async (context) => {
    const { root, open } = await place(context);
    const repository = await open();
    const packs = join(root, 'repository', 'objects', 'pack');
    await rename(packs, `${packs}-away`);
    assert.equal(await reasonOf(save(repository, 'a')), 'ConfigRepoUnavailable');
    await rename(`${packs}-away`, packs);
    await save(repository, 'a');
    assert.deepEqual(names(repository), ['a']);
  });

  it('puts packs together and continues', async (context) => {
    const { root, open } = await place(context);
    const repository = await open();
    for (let index = 0; index < 250; index += 1) await save(repository, 'a', String(index));
    await repository.close();
    const files = await readdir(join(root, 'repository', 'objects', 'pack'));
    assert.ok(files.filter((file) => file.endsWith('.pack')).length < 200);
    assert.equal(await git(join(root, 'repository'), 'fsck', '--full', '--strict', '--no-dangling'), '');
    assert.equal((await subjects(join(root, 'repository'))).length, 251);
  });
});

describe('configuration repository under kill -9', () => {
  /** Starts the saver, kills it after so many answers, and gives the names that were answered. */
  async function saveUntilKilled(args: readonly string[], answers: number): Promise<string[]> {
    const script = fileURLToPath(new URL('testing/save-until-killed.ts', import.meta.url));
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    for await (const chunk of child.stdout) {
      printed += String(chunk);
      if (printed.split('\n').length > answers) child.kill('SIGKILL');
    }
    return printed.split('\n').slice(0, -1);
  }

  for (const kind of ['embedded', 'with a remote']) {
    it(`has every answered save once, ${kind}`, async (context) => {
      const { root, origin, open } = await place(context);
      const directory = join(root, 'repository');
      const remote = kind === 'embedded' ? [] : [origin];
      const answered: string[] = [];
      for (const [round, answers] of [4, 9, 17].entries()) {
        answered.push(...(await saveUntilKilled([directory, `r${round}`, ...remote], answers)));
      }
      const repository = await open(kind === 'embedded' ? {} : { remote: { url: origin } });
      const branchAt = kind === 'embedded' ? directory : origin;
      const log = await subjects(branchAt);
      assertNoneTwice(log);
      for (const name of answered) assert.ok(repository.snapshot().of(widgets).has(name), name);
      assert.equal(log.length, 1 + repository.snapshot().of(widgets).size);
      await save(repository, 'afterwards');
      for (const each of [directory, branchAt]) {
        assert.equal(await git(each, 'fsck', '--full', '--strict', '--no-dangling'), '');
      }
    });
  }
});
