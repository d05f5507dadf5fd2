import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StatusView } from '../contract/views.ts';
import { type Mark, stageRows } from './stage-rows.ts';

type Condition = StatusView['conditions'][number];

const fine = { status: 'True', reason: 'Fine', message: '', remedy: '', lastTransitionTime: '' } as const;

function statusWith(phase: StatusView['phase'], conditions: readonly Condition[]): StatusView {
  return {
    name: 'one',
    incarnation: 'a',
    phase,
    observedGeneration: '1',
    conditions: [...conditions],
    components: [],
    credential: { expiresAt: '', rotatedAt: '' },
    kubernetes: { version: 'v1.36.4', uid: '' },
    entryPoints: [],
    commit: '',
  };
}

function marks(status: StatusView): Record<string, Mark> {
  return Object.fromEntries(stageRows(status, 'en').map(({ key, mark }) => [key, mark]));
}

describe('the stages of a cluster that is ready', () => {
  const operatorNeeded = {
    type: 'SecretAccessReady',
    status: 'False',
    reason: 'OperatorNeeded',
    message: 'the login of workloads is left to an operator',
    remedy: 'Run: vault auth enable kubernetes',
    lastTransitionTime: '',
  } as const;

  it('show a condition that does not count as skipped, also when an operator can do something about it', () => {
    const status = statusWith('Ready', [
      { type: 'Reachable', ...fine },
      { ...operatorNeeded, optional: true },
      { type: 'Ready', ...fine },
    ]);
    assert.deepEqual(marks(status), { Reachable: 'done', SecretAccessReady: 'skipped' });
  });

  it('show a condition that counts and has a remedy as failed', () => {
    const status = statusWith('Degraded', [operatorNeeded, { type: 'Ready', ...fine, status: 'False' }]);
    assert.deepEqual(marks(status), { SecretAccessReady: 'failed' });
  });
});

describe('the stages of a cluster that is being worked on', () => {
  it('show the first one that is not done as active, whatever was skipped before it', () => {
    const status = statusWith('Provisioning', [
      { type: 'Reachable', ...fine },
      { type: 'SecretAccessReady', ...fine, status: 'False', optional: true },
      { type: 'ComponentsReady', ...fine, status: 'Unknown' },
      { type: 'EntryPointsReady', ...fine, status: 'Unknown' },
      { type: 'Ready', ...fine, status: 'False' },
    ]);
    assert.deepEqual(marks(status), {
      Reachable: 'done',
      SecretAccessReady: 'skipped',
      ComponentsReady: 'active',
      EntryPointsReady: 'waiting',
    });
  });
});
