import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { REMOTE_LIES } from '../../test/hostile/remote/kinds.ts';
import { type HostileRemote, startHostileRemote } from '../../test/hostile/remote/remote.ts';
import { defined } from '../base/defined.ts';
import { silentLogger } from '../base/logger.ts';
import { canLimitPrograms } from '../base/programs/limits.ts';
import { Secret } from '../base/secret.ts';
import type { GitStore } from './git-store.ts';
import type { StorageLimits } from './git/object-storage.ts';
import { MAXIMUM_FILES_OF_KIND } from './head/readable.ts';
import { openGitStore } from './open-git-store.ts';
import { git, names, noAbort, reasonOf, save, temporaryDirectory, usualOptions, widget } from './testing/fixtures.ts';
import { widgetFile, widgets } from './testing/layouts.ts';

interface Place {
  readonly remote: HostileRemote;
  readonly open: (storage?: StorageLimits) => Promise<GitStore>;
  /** Bytes of the packs of the copy. */
  readonly stored: () => Promise<number>;
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
  const open = async (storage?: StorageLimits): Promise<GitStore> => {
    const store = await openGitStore(
      {
        directory: join(root, 'repository'),
        remote: { url: remote.url },
        markKeys: () => Promise.resolve([new Secret(Buffer.alloc(32, 1))]),
        fetchIntervalMilliseconds: 3_600_000,
        committer: { name: 'Nautes', email: 'nautes@example.org' },
        ...usualOptions,
        ...defined({ storage }),
        logger: silentLogger,
      },
      noAbort,
    );
    opened.push(store);
    return store;
  };
  const stored = async (): Promise<number> => {
    const packs = join(root, 'repository', 'objects', 'pack');
    const sizes = (await readdir(packs)).map(async (name) => (await stat(join(packs, name))).size);
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  };
  return { remote, open, stored };
}

/** A commit on `main`, by the stream of `git fast-import`. Returns the one before. */
async function commit(
  repository: string,
  message: Buffer,
  files: Iterable<readonly [path: string, content: string]>,
  { isFirst = false } = {},
): Promise<string> {
  const before = await git(repository, 'rev-parse', 'main');
  const child = spawn('git', ['-C', repository, 'fast-import', '--quiet', '--force'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const author = 'Eve\u202e <eve@example.org> 1700000000 +0000';
  const parts = [Buffer.from(`commit refs/heads/main\ncommitter ${author}\ndata ${message.length}\n`), message];
  parts.push(Buffer.from(isFirst ? '\n' : `\nfrom ${before}\n`));
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

describe('the disk space that a remote can take', { skip: !canLimitPrograms() && 'no prlimit' }, () => {
  const KIB = 1024;
  const LIMITS = { maximumBytes: 2_048 * KIB, growthBytes: 512 * KIB };
  /** Bytes of an index for each pack, and what the fetch that is too much may write. */
  const TOLERANCE = 128 * KIB;
  /** A file that takes so much in a pack: zlib halves digits. */
  const ballast = (kibibytes: number): readonly [string, string] => [
    'ballast',
    randomBytes(kibibytes * KIB).toString('hex'),
  ];

  it('does not grow with histories that replace each other, and saves go on', async (context) => {
    const { remote, open, stored } = await place(context);
    const store = await open(LIMITS);
    await save(store, 'kept');
    for (let round = 0; round < 7; round += 1) {
      const files = [ballast(400), file('kept'), file(`w${round}`)];
      await commit(remote.repository, Buffer.from('Replace'), files, { isFirst: true });
      await store.refresh(noAbort);
      assert.deepEqual(names(store), ['kept', `w${round}`]);
      assert.ok((await stored()) < LIMITS.maximumBytes + TOLERANCE, `${await stored()} bytes in round ${round}`);
    }
    assert.ok(store.isCurrent);
    await save(store, 'more');
    assert.deepEqual(names(store), ['kept', 'more', 'w6']);
  });

  it('ends at its limit when the history only grows, which is told, until the branch has a shorter one', async (context) => {
    const { remote, open, stored } = await place(context);
    const store = await open(LIMITS);
    await save(store, 'kept');
    const sound = await git(remote.repository, 'rev-parse', 'main');
    let problem = 'none';
    for (let round = 0; round < 9 && problem === 'none'; round += 1) {
      await commit(remote.repository, Buffer.from('Grow'), [ballast(300), file(`w${round}`)]);
      problem = await reasonOf(store.refresh(noAbort));
    }
    assert.match(problem, /^ConfigRepo(Invalid|Unavailable)$/);
    assert.match(store.problem?.message ?? '', /its history takes \d+ bytes here|it sends more than is taken/);
    const before = names(store);
    assert.match(await reasonOf(save(store, 'refused')), /^ConfigRepo/);
    assert.deepEqual(names(store), before);
    assert.ok((await stored()) < LIMITS.maximumBytes + TOLERANCE);
    await git(remote.repository, 'update-ref', 'refs/heads/main', sound);
    await store.refresh(noAbort);
    await save(store, 'more');
    await store.refresh(noAbort);
    assert.deepEqual([names(store), store.isCurrent], [['kept', 'more'], true]);
    assert.ok((await stored()) < LIMITS.maximumBytes / 2);
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
