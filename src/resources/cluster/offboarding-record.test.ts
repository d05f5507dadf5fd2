import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRegistered, type OffboardingRecord } from './offboarding-record.ts';

const record: OffboardingRecord = {
  cluster: 'one',
  incarnation: 'carried out',
  apiServer: '',
  hostCluster: '',
  requestedBy: 'ada',
  requestedAt: '2026-01-01T00:00:00Z',
  requestId: '',
  forced: false,
  commit: '',
  startedAt: '',
};
const begun = { ...record, startedAt: '2026-01-01T00:00:01Z' };
const file = (incarnation: string) => ({ resource: { incarnation } });

describe('a registration to off-board', () => {
  const cases: readonly (readonly [string, boolean, OffboardingRecord, Parameters<typeof isRegistered>[1]])[] = [
    ['goes when its file is gone', false, record, undefined],
    ['stays as long as its file is there', true, record, file('carried out')],
    ['is off-boarded when its name is registered again', false, record, file('new')],
    [
      'stays as long as its file is there under another incarnation',
      true,
      { ...record, fileIncarnation: 'x' },
      file('x'),
    ],
    ['stays as long as its file cannot be understood and nothing has begun', true, record, {}],
    ['is off-boarded when an unreadable file appears after it has started', false, begun, {}],
  ];
  for (const [what, expected, given, entry] of cases) {
    it(what, () => assert.equal(isRegistered(given, entry), expected));
  }
});
