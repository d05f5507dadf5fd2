import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CLUSTER_KIND, clusterKey, clusterRegistration } from '../../resources/cluster/cluster-key.ts';
import type { Receipt } from '../../resources/cluster/receipt.ts';
import type { ResourceEvent } from '../../resources/event.ts';
import { EVENTS_KEPT_PER_RESOURCE } from '../event-log.ts';
import type { OffboardingLedger } from '../offboarding-ledger.ts';
import { eventOf, receiptOf, registrationOf, statusOf } from '../testing/samples.ts';
import { GONE_KEPT_MILLISECONDS } from './sqlite-offboarding-ledger.ts';
import { openState, query, withFile } from './testing/database-file.ts';

const complete = (ledger: OffboardingLedger, receipt: Receipt): Promise<void> =>
  ledger.complete(clusterRegistration(receipt), receipt);

describe('what SQLite keeps', () => {
  it('forgets events and receipts of a name long after it is gone, unless it is registered again', () =>
    withFile(async (file) => {
      let now = Date.parse('2030-01-01T00:00:00Z');
      const { status, events, offboardings, close } = await openState(file, () => now);
      const completedAt = new Date(now).toISOString();
      for (const name of ['gone', 'registered']) {
        await events.add(eventOf(name));
        await complete(offboardings, receiptOf(name, 'one', { completedAt }));
      }
      await status.put(registrationOf('registered', 'two'), statusOf('registered', { incarnation: 'two' }));
      now += GONE_KEPT_MILLISECONDS;
      await complete(offboardings, receiptOf('other', 'one', { completedAt: new Date(now).toISOString() }));
      assert.ok(await offboardings.receipt(clusterKey('gone')));
      now += 1000;
      await complete(offboardings, receiptOf('other', 'two', { completedAt: new Date(now).toISOString() }));
      assert.equal(await offboardings.receipt(clusterKey('gone')), undefined);
      assert.ok(await offboardings.receipt(clusterKey('registered')));
      assert.equal((await events.after(0, clusterKey('registered'), 10)).complete, true);
      const page = await events.after(0, clusterKey('gone'), 10);
      assert.deepEqual([page.events, page.complete], [[], false]);
      await close();
    }));

  it('keeps ten receipts of a name', () =>
    withFile(async (file) => {
      const { offboardings, close } = await openState(file);
      for (let count = 1; count <= 15; count += 1) await complete(offboardings, receiptOf('a', String(count)));
      await close();
      assert.deepEqual(
        query(file, 'SELECT incarnation FROM receipts ORDER BY id').map(({ incarnation }) => incarnation),
        ['6', '7', '8', '9', '10', '11', '12', '13', '14', '15'],
      );
    }));

  it('answers about events as if all were there and the dropped ones were hidden', () =>
    withFile(async (file) => {
      const { events, close } = await openState(file);
      const all: ResourceEvent[] = [];
      const bursts = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 250 })), {
        maxLength: 5,
      });
      const question = fc.tuple(fc.constantFrom('a', 'b', 'c', undefined), fc.nat(1500), fc.nat(1000));
      await fc.assert(
        fc.asyncProperty(bursts, fc.array(question), async (added, questions) => {
          const names = added.flatMap(([name, count]) => Array.from({ length: count }, () => name));
          all.push(...(await Promise.all(names.map((name) => events.add(eventOf(name))))));
          const latest = all.at(-1)?.id ?? 0;
          const visible = lastOfEachName(all);
          for (const [name, back, limit] of questions) {
            const id = Math.max(0, latest - back);
            const asked = all.filter((event) => event.id > id && (name ?? event.name) === event.name);
            const kept = asked.filter((event) => visible.has(event));
            const page = await events.after(id, { kind: CLUSTER_KIND, ...(name !== undefined && { name }) }, limit);
            assert.deepEqual(page, { events: kept.slice(0, limit), complete: kept.length === asked.length, latest });
          }
        }),
        { numRuns: 10 },
      );
      await close();
    }));
});

/** The events that are kept. */
function lastOfEachName(all: readonly ResourceEvent[]): Set<ResourceEvent> {
  const ofNames = Map.groupBy(all, ({ name }) => name).values();
  return new Set([...ofNames].flatMap((events) => events.slice(-EVENTS_KEPT_PER_RESOURCE)));
}
