import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { systemClock } from '../../../../../base/clock.ts';
import { silentLogger } from '../../../../../base/logger.ts';
import { message } from '../../../../../messages/message.ts';
import { openSqliteState } from '../../../../../state/index.ts';
import { ClusterMemory } from '../../../runtime/cluster-memory.ts';
import { clusterReporting } from '../../../runtime/cluster-reporting.ts';
import { showComponent, showDeclared } from './component-status.ts';
import type { DeclaredComponent } from './declared-component.ts';

function declared(name: string): DeclaredComponent {
  return { category: 'gateway', choice: { name, namespace: name, additions: {} }, definition: undefined };
}

describe('how components stand', () => {
  it('is known of all before the first is worked on, and kept of each of those that are shown at the same time', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nautes-components-'));
    const state = await openSqliteState({
      file: join(directory, 'status.db'),
      logger: silentLogger,
      clock: systemClock,
    });
    try {
      const reporting = clusterReporting({ status: state.status, events: state.events, clock: systemClock });
      const subject = { name: 'one', incarnation: 'first', observedGeneration: 'g', commit: 'c' };
      const context = { reporter: await reporting.open(subject), memory: new ClusterMemory('first') };
      const names = ['a', 'b', 'c'];
      await showDeclared(context.reporter, names.slice(0, 1).map(declared));
      await showDeclared(context.reporter, names.map(declared));
      assert.deepEqual(
        context.reporter.status.components.map((component) => `${component.name} ${component.phase}`),
        ['a Pending', 'b Pending', 'c Pending'],
      );
      const scope = { kind: 'Cluster', name: 'one' };
      assert.equal((await state.events.after(0, scope, 10)).events.length, 1); // Registered
      for (const phase of ['Pending', 'Ready'] as const) {
        const shown = { phase, reason: phase, message: message('Removing') };
        await Promise.all(names.map((name) => showComponent(context, declared(name), shown)));
        assert.deepEqual(
          context.reporter.status.components.map((component) => `${component.name} ${component.phase}`),
          names.map((name) => `${name} ${phase}`),
        );
      }
    } finally {
      await state.close();
      await rm(directory, { recursive: true });
    }
  });
});
