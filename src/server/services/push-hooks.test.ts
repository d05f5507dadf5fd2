import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { silentLogger } from '../../base/logger.ts';
import { snapshotOf } from '../../git-store/testing/snapshot.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import { sleep } from '../../base/async/timing.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { PushHooks } from './push-hooks.ts';

const MAIN = 'refs/heads/main';

describe('push hooks', () => {
  let directory: string;
  let configuration: Configuration;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-hooks-'));
    await writeFile(join(directory, 'secret'), 'shared\n');
    configuration = await loadConfiguration({
      environment: {
        NAUTES_GIT_REMOTE: 'https://git.example/platform/tenant-config.git',
        NAUTES_WEBHOOKS_SECRET_FILE: join(directory, 'secret'),
      },
    });
  });
  after(() => rm(directory, { recursive: true }));

  function hooks(intervalMilliseconds: number, of = configuration) {
    const state = { looks: 0, commit: 'known' };
    const repo = {
      snapshot: () => snapshotOf(clusterFiles, [], { commit: state.commit }),
      refresh: async () => {
        state.looks += 1;
      },
    };
    const receiver = new PushHooks({ configuration: of, repo, logger: silentLogger, intervalMilliseconds });
    const push = (commit: string, more: object = {}) =>
      receiver.pushed({ project: 'platform/tenant-config', projectId: '7', reference: MAIN, commit, ...more });
    return { receiver, push, state };
  }

  it('trigger a fetch, one for many', async () => {
    const { push, state, receiver } = hooks(0);
    for (let index = 0; index < 100; index += 1) assert.equal(push(`commit-${index}`), 'looking');
    while (state.looks === 0) await sleep(1);
    assert.equal(state.looks, 1);
    receiver.close();
  });

  it('trigger at most one fetch per interval, and never drop the last', async () => {
    const { push, state, receiver } = hooks(100);
    const begin = performance.now();
    for (let index = 0; index < 30; index += 1) {
      push(`commit-${index}`);
      await sleep(10);
    }
    const elapsed = performance.now() - begin;
    assert.ok(state.looks <= 1 + elapsed / 100, `${state.looks} looks`);
    const looks = state.looks;
    push('the last');
    while (state.looks === looks) await sleep(5);
    receiver.close();
  });

  it('of a known commit, as all our own are, have no effect', async () => {
    const { push, state, receiver } = hooks(0);
    assert.equal(push('known'), 'known');
    push('new');
    state.commit = 'new'; // our own push has completed
    await sleep(20);
    assert.equal(state.looks, 0);
    receiver.close();
  });

  it('of other projects and branches have no effect', () => {
    const { push, receiver } = hooks(0);
    assert.equal(push('a', { project: 'platform/other' }), 'elsewhere');
    assert.equal(push('a', { reference: 'refs/heads/maintenance' }), 'elsewhere');
    assert.equal(push('a', { reference: 'refs/tags/main' }), 'elsewhere');
    assert.equal(push('a', { project: '' }), 'elsewhere');
    receiver.close();
  });

  it('are matched by the id of the project when that is configured, whatever its name', () => {
    const identity = { ...configuration.identity, provider: 'gitlab', project: '7' } as const;
    const { push, receiver } = hooks(0, { ...configuration, identity });
    assert.equal(push('a', { project: 'renamed/since' }), 'looking');
    assert.equal(push('a', { project: 'renamed/since', projectId: '8' }), 'elsewhere');
    receiver.close();
  });

  it('use the secret in the file, also after it was changed', async () => {
    const { receiver } = hooks(0);
    assert.equal((await receiver.secret()).reveal(), 'shared');
    await writeFile(join(directory, 'secret'), 'changed');
    assert.equal((await receiver.secret()).reveal(), 'changed');
    await writeFile(join(directory, 'secret'), ' \n');
    await assert.rejects(receiver.secret(), { reason: 'ConfigurationInvalid' });
    receiver.close();
  });

  it('need a remote', () => {
    const git = { ...configuration.git, remote: '' };
    assert.throws(() => hooks(0, { ...configuration, git }), /hooks need git\.remote/);
  });
});
