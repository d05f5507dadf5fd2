import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { REMOTE_LIES } from '../../test/hostile/remote/kinds.ts';
import { type HostileRemote, startHostileRemote } from '../../test/hostile/remote/remote.ts';
import { silentLogger } from '../base/logger.ts';
import { canLimitPrograms } from '../base/programs/limits.ts';
import { Secret } from '../base/secret.ts';
import type { GitStore } from './git-store.ts';
import { MAXIMUM_FILES_OF_KIND } from './head/readable.ts';
import { openGitStore } from './open-git-store.ts';
import { git, names, noAbort, reasonOf, save, temporaryDirectory, usualOptions, widget } from './testing/fixtures.ts';
import { widgetFile, widgets } from './testing/layouts.ts';

interface Place {
  readonly remote: HostileRemote;
  readonly open: () => Promise<GitStore>;
}

async function place(context: TestContext): Promise<Place> {
  const root = await temporaryDirectory();
  const remote = await startHostileRemote();
  const opened: GitStore[] = [];
  context.after(async () => {
    await Promise.all(opened.map((store) => store.close()));
    await remote.close();
    await rm(root, { recursive: true });
  });
  const open = async (): Promise<GitStore> => {
    const store = await openGitStore(
      {
        directory: join(root, 'repository'),
        remote: { url: remote.url },
        markKeys: () => Promise.resolve([new Secret(Buffer.alloc(32, 1))]),
        fetchIntervalMilliseconds: 3_600_000,
        committer: { name: 'Nautes', email: 'nautes@example.org' },
        ...usualOptions,
        logger: silentLogger,
      },
      noAbort,
    );
    opened.push(store);
    return store;
  };
  return { remote, open };
}

/** A commit on `main`, by the stream of `git fast-import`. Returns the one before. */
async function commit(repository: string, message: Buffer, files: Iterable<readonly [path: string, content: string]>) {
  const before = await git(repository, 'rev-parse', 'main');
  const child = spawn('git', ['-C', repository, 'fast-import', '--quiet', '--force'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const author = 'Eve\u202e <eve@example.org> 1700000000 +0000';
  const parts = [Buffer.from(`commit refs/heads/main\ncommitter ${author}\ndata ${message.length}\n`), message];
  parts.push(Buffer.from(`\nfrom ${before}\n`));
  for (const [path, content] of files) {
    parts.push(Buffer.from(`M 100644 inline ${path}\ndata ${Buffer.byteLength(content)}\n${content}\n`));
  }
  child.stdin.end(Buffer.concat(parts));
  assert.deepEqual(await once(child, 'close'), [0, null]);
  return before;
}

const file = (name: string): readonly [string, string] => [
  `${widgets.directory}/${widgets.fileOf(name)}`,
  widgetFile(widget(name)),
];

/** Costly, and alike to others; or, for the last, after which the same credentials are not sent again for a while. */
const LEFT_OUT = new Set(['endless-capabilities', 'endless-refusal', 'endless-page', 'asks-for-password']);

describe('a remote that lies', { skip: !canLimitPrograms() && 'no prlimit' }, () => {
  it('is not followed, costs no more than its limits, and is followed when it is honest', async (context) => {
    const { remote, open } = await place(context);
    const store = await open();
    await save(store, 'kept');
    for (const [kind, lies] of Object.entries(REMOTE_LIES)) {
      if (LEFT_OUT.has(kind)) continue;
      remote.misbehave(...lies);
      assert.match(await reasonOf(store.refresh(noAbort)), /^ConfigRepo/, kind);
      assert.deepEqual(names(store), ['kept'], kind);
    }
    assert.ok(!store.isCurrent);
    remote.misbehave();
    await store.refresh(noAbort);
    assert.ok(store.isCurrent);
    await save(store, 'more');
    remote.misbehave(...(REMOTE_LIES['asks-for-password'] ?? []));
    assert.equal(await reasonOf(store.refresh(noAbort)), 'ConfigRepoTokenRefused');
  });
});

describe('what others commit', () => {
  it('may have a message of any length: it is not shown, and all else is', async (context) => {
    const { remote, open } = await place(context);
    const store = await open();
    await save(store, 'first');
    await commit(remote.repository, Buffer.from(`Big\n\n${'Key: value\n\n'.repeat(200_000)}Operation: save\n`), [
      file('second'),
    ]);
    await store.refresh(noAbort);
    assert.deepEqual(names(store), ['first', 'second']);
    const { author, subject, time, trailers } = (await store.lastCommit(widgets, 'second', noAbort)) ?? {};
    assert.deepEqual([author, subject, time, trailers?.size], ['Eve', '', '2023-11-14T22:13:20Z', 0]);
    await save(store, 'third');
  });

  it('has no trailers of this server, also when they are copied from its own commits', async (context) => {
    const { remote, open } = await place(context);
    const store = await open();
    await save(store, 'own');
    const own = await git(remote.repository, 'log', '-1', '--format=%B', 'main');
    assert.match(own, /\nRequest-Id: .*\nNautes-Mark: [0-9a-f]{64}$/);
    await commit(remote.repository, Buffer.from(`${own}\n`), [file('forged')]);
    await store.close();
    const again = await open();
    const shown = async (name: string) => (await again.lastCommit(widgets, name, noAbort))?.trailers.get('Operation');
    assert.deepEqual([await shown('own'), await shown('forged')], ['save', undefined]);
    const [entry] = await again.history(widgets, 'forged', { limit: 1 }, noAbort);
    assert.equal(entry?.trailers.size, 0);
  });

  it('with more files than are read is not followed, also after a restart, until it is undone', async (context) => {
    const { remote, open } = await place(context);
    const store = await open();
    await save(store, 'kept');
    const many = Array.from({ length: MAXIMUM_FILES_OF_KIND + 1 }, (_, index) => file(`w${String(index)}`));
    const before = await commit(remote.repository, Buffer.from('Flood'), many);
    assert.equal(await reasonOf(store.refresh(noAbort)), 'ConfigRepoInvalid');
    assert.ok(!store.isCurrent);
    assert.deepEqual(names(store), ['kept']);
    await store.close();
    const again = await open();
    assert.deepEqual([names(again), again.isCurrent], [['kept'], false]);
    await git(remote.repository, 'update-ref', 'refs/heads/main', before);
    await again.refresh(noAbort);
    await save(again, 'more');
    assert.ok(again.isCurrent);
  });
});
