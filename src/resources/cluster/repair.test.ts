import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ClusterRepair, MAXIMUM_KEPT_REPAIRS, withRepairs } from './repair.ts';

const repair = (time: string): ClusterRepair => ({
  time,
  component: 'traefik',
  object: { apiVersion: 'v1', kind: 'Service', namespace: 'traefik', name: 'traefik' },
  fields: ['spec.type'],
  manager: 'kubectl',
  contested: false,
});

describe('the repairs that are kept', () => {
  it('are the last ones, in their order', () => {
    let kept: readonly ClusterRepair[] = [];
    for (let index = 0; index < MAXIMUM_KEPT_REPAIRS + 5; index += 1) kept = withRepairs(kept, [repair(`${index}`)]);
    assert.deepEqual([kept.length, kept[0]?.time, kept.at(-1)?.time], [MAXIMUM_KEPT_REPAIRS, '5', '104']);
  });

  it('have no more of a peer than fits: fields, paths and names are cut', () => {
    const long = {
      ...repair('1'),
      fields: Array.from({ length: 500 }, () => 'f'.repeat(5000)),
      manager: 'm'.repeat(5000),
    };
    const [kept] = withRepairs(undefined, [long]);
    assert.deepEqual([kept?.fields.length, kept?.fields[0]?.length, kept?.manager.length], [20, 200, 200]);
  });
});
