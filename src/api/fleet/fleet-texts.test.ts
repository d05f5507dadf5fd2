import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { FakeFleet, fakeRow } from '../testing/fake-fleet.ts';
import { FleetTexts } from './fleet-texts.ts';

describe('the rows as they are sent', () => {
  it('are the same compressed as they are, at first and after a change', async () => {
    const fleet = new FakeFleet();
    const texts = new FleetTexts(fleet);
    const check = async (clusters: number): Promise<void> => {
      const snapshot = texts.snapshot('en');
      const plain = snapshot.json();
      assert.deepEqual(gunzipSync(await snapshot.gzip()), plain);
      const { items, revision } = JSON.parse(plain.toString()) as { items: { name: string }[]; revision: string };
      assert.equal(revision, texts.revision);
      assert.deepEqual(
        items.map(({ name }) => name),
        fleet.rows().map(({ name }) => name),
      );
      assert.equal(items.length, clusters);
    };
    await check(0);
    fleet.set(...Array.from({ length: 300 }, (_, index) => fakeRow(`cluster-${index}`)));
    await check(300);
    fleet.set(fakeRow('cluster-7', { phase: 'Ready' }));
    fleet.remove('cluster-8');
    await check(299);
  });
});
