import assert from 'node:assert/strict';
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { silentLogger } from '../base/logger.ts';
import { NautesError } from '../errors/errors.ts';
import { message, verbatim } from '../messages/message.ts';
import { CLUSTER_KIND, clusterKey } from '../resources/cluster/cluster-key.ts';
import type { ClusterStatus } from '../resources/cluster/cluster-status.ts';
import { openSqliteState } from '../state/index.ts';
import { type ReportedStatus, Reporting, type ReportSubject } from './reporter.ts';
import { done, skipped } from './stage.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const one: ReportSubject = { name: 'one', incarnation: 'i1', observedGeneration: 'g1', commit: 'c1' };

function blank(reported: ReportedStatus): ClusterStatus {
  return {
    ...reported,
    components: [],
    credential: { expiresAt: '', rotatedAt: '' },
    kubernetes: { version: '', uid: '' },
    entryPoints: [],
  };
}

/** Reporting on an empty store that counts what is written. */
async function surroundings() {
  const clock = { now: () => NOW };
  const directory = await mkdtemp(join(tmpdir(), 'nautes-reporter-'));
  const state = await openSqliteState({ file: join(directory, 'status.db'), logger: silentLogger, clock });
  let writes = 0;
  const status: typeof state.status = {
    get: (key) => state.status.get(key),
    names: (kind) => state.status.names(kind),
    checked: (key, time) => state.status.checked(key, time),
    list: (kind) => state.status.list(kind),
    put: (registration, document) => {
      writes += 1;
      return state.status.put(registration, document);
    },
    remove: (registration) => state.status.remove(registration),
  };
  return {
    reporting: new Reporting({ kind: CLUSTER_KIND, status, events: state.events, clock, blank }),
    stored: () => state.status.get(clusterKey('one')),
    reasons: async () => (await state.events.after(0, clusterKey('one'), 100)).events.map(({ reason }) => reason),
    writes: () => writes,
    [Symbol.asyncDispose]: async () => {
      await state.close();
      await rm(directory, { recursive: true });
    },
  };
}

const progress = { situation: 'stages', isComplete: true, hadBeenReady: false, isNewGeneration: false } as const;
const stages = [{ condition: 'Reachable' }, { condition: 'Published' }] as const;
const ready = {
  ...progress,
  stages,
  outcomes: [
    { condition: 'Reachable', deadlineMilliseconds: 1, result: done('Reachable', verbatim('here')) },
    { condition: 'Published', deadlineMilliseconds: 1, result: skipped('NoManagementCluster', verbatim('none')) },
  ],
} as const;

describe('a reporter', () => {
  it('begins with a new registration as Pending, and says so once', async () => {
    await using all = await surroundings();
    await all.reporting.open(one);
    await all.reporting.open(one);
    assert.equal((await all.stored())?.phase, 'Pending');
    assert.deepEqual([await all.reasons(), all.writes()], [['Registered'], 1]);
  });

  it('writes nothing and says nothing when nothing has changed', async () => {
    await using all = await surroundings();
    await (await all.reporting.open(one)).summarize(ready);
    const [writes, reasons] = [all.writes(), await all.reasons()];
    await (await all.reporting.open(one)).summarize(ready);
    assert.deepEqual([all.writes(), await all.reasons()], [writes, reasons]);
    assert.equal((await all.stored())?.phase, 'Ready');
  });

  it('makes one event of each condition that changed, and none of a Ready that follows from another', async () => {
    await using all = await surroundings();
    const reporter = await all.reporting.open(one);
    await reporter.summarize(ready);
    const refused = { reason: 'Terminating', message: message('Terminating') };
    await reporter.summarize({ situation: 'offboarding', ...refused });
    await reporter.summarize({ situation: 'offboarding', ...refused, message: message('Terminating.content') });
    const reasons = ['Registered', 'Reachable', 'NoManagementCluster', 'Ready', 'Terminating'];
    assert.deepEqual(await all.reasons(), reasons);
  });

  it('does not show Ready beside a file that was not checked', async () => {
    await using all = await surroundings();
    await (await all.reporting.open(one)).summarize(ready);
    await all.reporting.open({ ...one, observedGeneration: 'g2' });
    const stored = await all.stored();
    assert.deepEqual([stored?.phase, stored?.observedGeneration], ['Provisioning', 'g2']);
  });

  it('keeps what is known when the file cannot be understood', async () => {
    await using all = await surroundings();
    const reporter = await all.reporting.open(one);
    await reporter.report({ kubernetes: { version: 'v1.36.4', uid: 'u' } });
    await reporter.summarize(ready);
    await all.reporting.unusable(
      one,
      new NautesError('ClusterFileInvalid', { name: 'one', file: 'x.yaml', problem: verbatim('no spec') }),
    );
    const stored = await all.stored();
    assert.deepEqual([stored?.phase, stored?.kubernetes.uid], ['Degraded', 'u']);
  });

  it('is there for what is stored of this registration only', async () => {
    await using all = await surroundings();
    await all.reporting.open(one);
    const registration = { kind: CLUSTER_KIND, name: 'one' } as const;
    assert.equal(await all.reporting.resume({ ...registration, incarnation: 'i2' }), undefined);
    assert.equal((await all.reporting.resume({ ...registration, incarnation: 'i1' }))?.status.name, 'one');
  });
});

describe('the store of statuses', () => {
  it('is written by reporters and by nothing else', async () => {
    const root = join(import.meta.dirname, '..');
    const users: string[] = [];
    for await (const file of glob('**/*.ts', { cwd: root, exclude: ['state/**', '**/testing/**'] })) {
      const text = await readFile(join(root, file), 'utf8');
      if (/import [^;]*\bStatusStore\b[^;]* from /.test(text)) users.push(file);
    }
    assert.deepEqual(users, ['reconcile/reporter.ts']);
  });
});
