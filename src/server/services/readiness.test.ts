import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { quoted } from '../../messages/message.ts';
import { silentLogger } from '../../base/logger.ts';
import { snapshotOf } from '../../git-store/testing/snapshot.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import { freeBytes, ReadinessCheck, type ReadinessSources } from './readiness.ts';

const snapshot = snapshotOf(clusterFiles, []);
const writable = { checkWritable: () => Promise.resolve() };

function sources(changes: Partial<ReadinessSources> = {}): ReadinessSources {
  return {
    repo: { snapshot: () => snapshot, isCurrent: true, problem: undefined, ...writable },
    hasRemote: false,
    secrets: writable,
    state: writable,
    freeBytes: () => Promise.resolve(2 ** 30),
    controllersRun: () => true,
    helm: () => Promise.resolve(true),
    logger: silentLogger,
    now: () => 0,
    ...changes,
  };
}

const here = { snapshot: () => snapshot, isCurrent: true, problem: undefined };
const protectedBranch = new NautesError('ConfigRepoProtected', { problem: quoted('no') });
const away = { snapshot: () => snapshot, isCurrent: false, problem: protectedBranch, ...writable };
const broken = { checkWritable: () => Promise.reject(new Error('EROFS: canary')) };

describe('readiness', () => {
  const cases: readonly (readonly [string, Partial<ReadinessSources>, boolean, string])[] = [
    ['everything works', {}, true, 'ok ok ok ok ok ok'],
    ['another process has the controllers', { controllersRun: () => undefined }, true, 'ok ok ok ok off off'],
    ['the controllers have stopped', { controllersRun: () => false }, false, 'ok ok ok ok failed ok'],
    ['the remote is away: reading works', { repo: away, hasRemote: true }, true, 'degraded ok ok ok ok ok'],
    ['the embedded repository is away', { repo: away }, false, 'failed ok ok ok ok ok'],
    ['nothing can be written to the repository', { repo: { ...here, ...broken } }, false, 'failed ok ok ok ok ok'],
    ['tokens cannot be created', { tokens: broken }, true, 'ok ok ok degraded ok ok ok'],
    ['credentials cannot be stored', { secrets: broken }, false, 'ok failed ok ok ok ok'],
    ['statuses cannot be stored', { state: broken }, false, 'ok ok failed ok ok ok'],
    ['the disk is nearly full', { freeBytes: () => Promise.resolve(2 ** 27) }, true, 'ok ok ok degraded ok ok'],
    ['the disk is full', { freeBytes: () => Promise.resolve(4096) }, false, 'ok ok ok failed ok ok'],
    ['the system does not tell of space', { freeBytes: () => Promise.resolve(undefined) }, true, 'ok ok ok ok ok ok'],
    ['helm is not there', { helm: () => Promise.resolve(false) }, true, 'ok ok ok ok ok degraded'],
  ];
  for (const [title, changes, ready, states] of cases) {
    it(`is ${String(ready)} when ${title}`, async () => {
      const result = await new ReadinessCheck(sources(changes)).check();
      assert.equal(result.ready, ready);
      assert.equal(Object.values(result.checks).join(' '), states);
      assert.doesNotMatch(JSON.stringify(result), /canary/);
    });
  }

  it('tells why a remote is not followed', async () => {
    const result = await new ReadinessCheck(sources({ repo: away, hasRemote: true })).check();
    assert.deepEqual(result.reasons, { config_repository: 'ConfigRepoProtected' });
    assert.equal(result.said?.['config_repository'], protectedBranch.said);
  });

  it('names the reason of a failure, what it says apart from that, and nothing of one that is not ours', async () => {
    const sealed = new NautesError('VaultSealed', { address: 'canary:8200' });
    const secrets = { checkWritable: () => Promise.reject(sealed) };
    const result = await new ReadinessCheck(sources({ secrets, state: broken })).check();
    assert.deepEqual(result.reasons, { secret_store: 'VaultSealed', status_store: 'Internal' });
    assert.deepEqual(result.said, { secret_store: sealed.said });
  });

  it('checks the stores at most every two seconds, however often it is probed', async () => {
    let [looks, now] = [0, 0];
    const secrets = {
      checkWritable: async () => {
        looks += 1;
      },
    };
    const check = new ReadinessCheck(sources({ secrets, now: () => now }));
    await Promise.all([check.check(), check.check(), check.check()]);
    now = 1_999;
    await check.check();
    assert.equal(looks, 1);
    now = 2_000;
    await check.check();
    assert.equal(looks, 2);
  });
});

describe('freeBytes', () => {
  it('returns the free space', async () => {
    assert.ok(((await freeBytes(import.meta.dirname)) ?? 0) > 0);
  });
});
