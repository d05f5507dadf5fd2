import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FleetRow } from '../../registry/fleet/fleet-row.ts';
import { fakeRow } from '../testing/fake-fleet.ts';
import { type RowBlock, rowBlocks } from './row-blocks.ts';

const CLUSTERS = 2000;
const nameOf = (index: number): string => `cluster-${String(index).padStart(5, '0')}`;
const rows: readonly FleetRow[] = Array.from({ length: CLUSTERS }, (_, index) => fakeRow(nameOf(index)));
const textOf = ({ name }: FleetRow): string => name;

function made(blocks: readonly RowBlock[], before: readonly RowBlock[]): number {
  return blocks.filter((block) => !before.includes(block)).length;
}

describe('blocks of rows', () => {
  const before = rowBlocks(rows, [], textOf);

  it('have all rows in their order', () => {
    assert.ok(before.length > 5);
    assert.deepEqual(
      before.flatMap((block) => block.rows),
      rows,
    );
    assert.equal(before.map(({ json }) => json.toString()).join(), rows.map(textOf).join());
  });

  it('stay as they are but for the one that a row has changed in', () => {
    assert.equal(made(rowBlocks(rows, before, textOf), before), 0);
    const changed = rows.with(700, fakeRow(nameOf(700), { phase: 'Ready' }));
    const after = rowBlocks(changed, before, textOf);
    assert.equal(made(after, before), 1);
    assert.equal(after.length, before.length);
  });

  it('stay as they are but for a few where a row comes or goes', () => {
    for (const changed of [rows.toSpliced(700, 1), rows.toSpliced(700, 0, fakeRow(`${nameOf(699)}-b`))]) {
      const after = rowBlocks(changed, before, textOf);
      assert.ok(made(after, before) <= 2);
      assert.deepEqual(
        after.flatMap((block) => block.rows),
        changed,
      );
    }
  });
});
