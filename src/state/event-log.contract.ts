import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render, verbatim } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import { CLUSTER_KIND, clusterKey } from '../resources/cluster/cluster-key.ts';
import type { ResourceEvent } from '../resources/event.ts';
import { EVENTS_KEPT_PER_RESOURCE, type EventLog } from './event-log.ts';
import { eventOf, ofOtherKind } from './testing/samples.ts';
import { type StoreFixture, type WithStore, withStoreOf } from './testing/store-fixture.ts';

const ALL = { kind: CLUSTER_KIND };

/** The behaviour that every event log has. */
export function describeEventLogContract(name: string, create: () => Promise<StoreFixture<EventLog>>): void {
  describe(`${name} as an event log`, () => {
    const withLog = withStoreOf(create);
    describeReading(withLog);
    describeRetention(withLog);
    describeListening(withLog);
  });
}

function describeReading(withLog: WithStore<EventLog>): void {
  it('returns the events after an id, of one resource or of all of its kind', () =>
    withLog(async (log) => {
      assert.deepEqual(await log.after(0, ALL, 10), { events: [], complete: true, latest: 0 });
      const added: ResourceEvent[] = [];
      for (const name of ['a', 'b', 'a', 'b', 'a']) added.push(await log.add(eventOf(name)));
      const latest = added.at(-1)?.id ?? 0;
      const second = added[1]?.id ?? 0;
      const a = clusterKey('a');
      assert.deepEqual(await log.after(0, ALL, 10), { events: added, complete: true, latest });
      assert.deepEqual((await log.after(0, ALL, 2)).events, added.slice(0, 2));
      assert.deepEqual((await log.after(second, ALL, 10)).events, added.slice(2));
      assert.deepEqual((await log.after(second, a, 10)).events, [added[2], added[4]]);
      assert.deepEqual(await log.after(latest, a, 10), { events: [], complete: true, latest });
      assert.deepEqual(await log.after(0, clusterKey('unknown'), 10), { events: [], complete: true, latest });
      assert.deepEqual((await log.after(0, ALL, 0)).events, []);
    }));

  it('returns the newest first, of a type or a reason', () =>
    withLog(async (log) => {
      const added: ResourceEvent[] = [];
      const types = ['Normal', 'Warning', 'Normal', 'Warning'] as const;
      for (const [index, type] of types.entries()) {
        added.push(await log.add({ ...eventOf(index % 2 === 0 ? 'a' : 'b'), type, reason: `Reason${index}` }));
      }
      await log.add({ ...ofOtherKind({ ...eventOf('a'), kind: CLUSTER_KIND }), type: 'Warning' });
      const [first, second, third, fourth] = added;
      assert.deepEqual(await log.latest(ALL, {}, 10), [fourth, third, second, first]);
      assert.deepEqual(await log.latest(ALL, {}, 2), [fourth, third]);
      assert.deepEqual(await log.latest(ALL, { type: 'Warning' }, 10), [fourth, second]);
      assert.deepEqual(await log.latest(ALL, { type: 'Warning', reason: 'Reason1' }, 10), [second]);
      assert.deepEqual(await log.latest(clusterKey('a'), {}, 10), [third, first]);
      assert.deepEqual(await log.latest(clusterKey('a'), { reason: "x' OR 1" }, 10), []);
      assert.deepEqual(await log.latest(ALL, {}, 0), []);
    }));

  it('keeps kinds apart, and numbers the events of all kinds together', () =>
    withLog(async (log) => {
      const ours = await log.add(eventOf('a'));
      const other = await log.add(ofOtherKind({ ...eventOf('a'), kind: CLUSTER_KIND }));
      assert.ok(other.id > ours.id);
      assert.deepEqual(await log.after(0, ALL, 10), { events: [ours], complete: true, latest: other.id });
      assert.deepEqual((await log.after(0, ofOtherKind(clusterKey('a')), 10)).events, [other]);
    }));

  it('returns fields that it does not know as they were added', () =>
    withLog(async (log) => {
      const added = await log.add({ ...eventOf('a'), details: { isNew: [true] } } as ReturnType<typeof eventOf>);
      assert.deepEqual((added as { readonly details?: unknown }).details, { isNew: [true] });
      assert.deepEqual((await log.after(0, ALL, 10)).events, [added]);
    }));

  it('keeps the words of a message that is too long, cut to their limit', () =>
    withLog(async (log) => {
      const problem = verbatim('😀'.repeat(900));
      const long: Message = { id: 'Many', params: { problems: Array.from({ length: 90 }, () => problem) } };
      const event = await log.add({ ...eventOf('a'), message: long });
      assert.ok(JSON.stringify(event).length < 16_000);
      const words = render(event.message, 'en');
      assert.ok(words.isWellFormed() && words.includes('😀'));
      assert.deepEqual((await log.after(0, ALL, 10)).events, [event]);
    }));
}

function describeRetention(withLog: WithStore<EventLog>): void {
  it('keeps the last 200 events of each resource, and is not complete where some are missing', () =>
    withLog(async (log) => {
      const quiet = await log.add(eventOf('quiet'));
      const added = await Promise.all(Array.from({ length: 250 }, () => log.add(eventOf('busy'))));
      const kept = added.slice(-EVENTS_KEPT_PER_RESOURCE);
      const [firstKept, lastDropped] = [kept[0]?.id ?? 0, added[added.length - kept.length - 1]?.id ?? 0];
      const busy = clusterKey('busy');
      const page = await log.after(0, busy, 1000);
      assert.deepEqual(page.events, kept);
      assert.equal(page.complete, false);
      assert.equal((await log.after(lastDropped - 1, busy, 1000)).complete, false);
      assert.equal((await log.after(lastDropped, busy, 1000)).complete, true);
      assert.equal((await log.after(firstKept, busy, 1000)).complete, true);
      const ofQuiet = await log.after(0, clusterKey('quiet'), 1000);
      assert.deepEqual([ofQuiet.events, ofQuiet.complete], [[quiet], true]);
      assert.equal((await log.after(0, ALL, 1000)).complete, false);
      assert.equal((await log.after(quiet.id, ALL, 1000)).complete, false);
      assert.equal((await log.after(lastDropped, ALL, 1000)).complete, true);
    }));

  it('is not complete for readers who have seen an event that it does not know', () =>
    withLog(async (log) => {
      const { id } = await log.add(eventOf('a'));
      assert.deepEqual(await log.after(id + 1, ALL, 10), { events: [], complete: false, latest: id });
    }));
}

function describeListening(withLog: WithStore<EventLog>): void {
  it('gives events increasing ids, and announces them in that order once they can be read', () =>
    withLog(async (log) => {
      const heard: ResourceEvent[] = [];
      const readable: Promise<boolean>[] = [];
      log.onEvent((event) => {
        heard.push(event);
        readable.push(log.after(event.id - 1, ALL, 1).then((page) => page.events[0]?.id === event.id));
      });
      const names = Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? 'a' : 'b'));
      const added = await Promise.all(names.map((name, index) => log.add(eventOf(name, String(index)))));
      assert.deepEqual(heard, added);
      assert.deepEqual(new Set(await Promise.all(readable)), new Set([true]));
      for (const [index, { id, time, ...event }] of added.entries()) {
        assert.deepEqual(event, eventOf(names[index] ?? '', String(index)));
        assert.ok(id > (added[index - 1]?.id ?? 0));
        assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      }
    }));

  it('does not announce to listeners that have left, and a listener that fails disturbs no other', () =>
    withLog(async (log) => {
      const heard: string[] = [];
      const listener = (event: ResourceEvent): void => void heard.push(render(event.message, 'en'));
      log.onEvent(() => {
        throw new Error('expected');
      });
      const leave = log.onEvent(listener);
      const leaveAgain = log.onEvent(listener);
      await log.add(eventOf('a', 'one'));
      leave();
      leave();
      await log.add(eventOf('a', 'two'));
      leaveAgain();
      await log.add(eventOf('a', 'three'));
      assert.deepEqual(heard, ['one', 'one', 'two']);
    }));
}
