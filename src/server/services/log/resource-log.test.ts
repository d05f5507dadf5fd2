import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogFields, Logger } from '../../../base/logger.ts';
import { message } from '../../../messages/message.ts';
import type { ReportedStatus } from '../../../reconcile/reporter.ts';
import type { ResourceEvent } from '../../../resources/event.ts';
import type { Phase } from '../../../resources/phase.ts';
import { REPEAT_WINDOW_MILLISECONDS } from './repeat-filter.ts';
import { ResourceLog } from './resource-log.ts';

type Written = readonly [level: string, text: string, fields: LogFields];

class Bed {
  readonly written: Written[] = [];
  now = 0;
  readonly log: ResourceLog;
  #listener: (event: ResourceEvent) => void = () => assert.fail('nobody listens');

  constructor() {
    const level = (name: string) => (fields: LogFields, text: string) => this.written.push([name, text, fields]);
    const logger: Logger = {
      debug: level('debug'),
      info: level('info'),
      warn: level('warn'),
      error: level('error'),
      child: () => logger,
    };
    const events = {
      onEvent: (listener: (event: ResourceEvent) => void) => {
        this.#listener = listener;
        return () => {};
      },
    };
    this.log = new ResourceLog({ events, logger, clock: { now: () => this.now } });
  }

  repaired(cluster: string): void {
    this.#listener({
      id: 1,
      time: '',
      kind: 'Cluster',
      name: cluster,
      incarnation: 'i',
      type: 'Warning',
      reason: 'DriftRepaired',
      message: message('DriftRepaired', { object: 'ConfigMap a/b', fields: ['data.url'] }),
      subject: 'components/traefik',
    });
  }

  status(phase: Phase, before?: Phase): void {
    const status = (one: Phase): ReportedStatus => ({
      name: 'one',
      incarnation: 'i',
      observedGeneration: 'g',
      commit: 'c1',
      phase: one,
      conditions: [
        {
          type: 'Ready',
          status: 'False',
          reason: 'ClusterUnreachable',
          message: message('Ready'),
          lastTransitionTime: '',
        },
      ],
    });
    const change = { kind: 'Cluster', status: status(phase) };
    this.log.onStatus(before === undefined ? change : { ...change, before: status(before) });
  }
}

describe('ResourceLog', () => {
  it('writes events and changes of the phase with cluster, reason and commit', () => {
    const bed = new Bed();
    bed.status('Ready');
    bed.repaired('one');
    bed.status('Degraded', 'Ready');
    bed.status('Degraded', 'Degraded');
    bed.log.close();
    const about = { cluster: 'one', commit: 'c1' };
    assert.deepEqual(
      bed.written.map(([level, , fields]) => [level, fields]),
      [
        ['warn', { ...about, reason: 'DriftRepaired', subject: 'components/traefik' }],
        ['warn', { ...about, phase: 'Degraded', before: 'Ready', reason: 'ClusterUnreachable' }],
      ],
    );
    assert.match(bed.written[1]?.[1] ?? '', /^Ready -> Degraded: /);
  });

  it('writes what is said again once, then how often it came', () => {
    const bed = new Bed();
    for (let time = 0; time < 50; time += 1) bed.repaired('one');
    bed.repaired('two');
    assert.equal(bed.written.length, 2);
    bed.now = REPEAT_WINDOW_MILLISECONDS;
    bed.repaired('one');
    const texts = bed.written.slice(2).map(([, text, { repeats }]) => [text.endsWith('(again, 49 times)'), repeats]);
    assert.deepEqual(texts, [
      [true, 49],
      [false, undefined],
    ]);
    bed.repaired('one');
    bed.log.close();
    assert.equal(bed.written.at(-1)?.[2]['repeats'], 1);
  });
});
