import { message } from '../../../../../messages/message.ts';
import type { ComponentStatus } from '../../../../../resources/cluster/cluster-status.ts';
import type { StageContext } from '../../../runtime/stage-context.ts';
import type { DeclaredComponent } from './declared-component.ts';

/** How a component stands; what is left out stays as it was. */
export type ComponentState = Pick<ComponentStatus, 'phase' | 'reason' | 'message'> &
  Partial<Pick<ComponentStatus, 'objects' | 'advisories' | 'login' | 'unready'>>;

/** Shows how a component stands, also while its stage is running; each change of its phase or reason makes an event. */
export async function showComponent(
  { reporter, memory }: Pick<StageContext, 'reporter' | 'memory'>,
  { choice, category, definition }: DeclaredComponent,
  state: ComponentState,
): Promise<ComponentStatus> {
  const { name, namespace } = choice;
  const before = reporter.status.components.find((component) => component.name === name);
  const { objects = { total: 0, ready: 0 }, advisories = [] } = before ?? {};
  const status = { name, category, namespace, version: definition?.version ?? '', objects, advisories, ...state };
  if (status.phase === 'Ready') memory.markReady(name);
  if (before?.phase !== status.phase || before.reason !== status.reason) await tell(reporter, status);
  const { components } = reporter.status; // others were shown while the event was stored
  const isKnown = components.some((component) => component.name === name);
  const changed = isKnown ? components.map((one) => (one.name === name ? status : one)) : [...components, status];
  await reporter.report({ components: changed });
  return status;
}

/** Shows those that nothing is known of yet, so that their number is known before the first is worked on. */
export async function showDeclared(
  reporter: StageContext['reporter'],
  declared: readonly DeclaredComponent[],
): Promise<void> {
  const { components } = reporter.status;
  const missing = declared.filter(({ choice }) => !components.some(({ name }) => name === choice.name));
  const pending = missing.map(({ choice: { name, namespace }, category, definition }): ComponentStatus => {
    const about = { name, category, namespace, version: definition?.version ?? '' };
    const why = { phase: 'Pending', reason: 'Pending', message: message('Pending.component') } as const;
    return { ...about, ...why, objects: { total: 0, ready: 0 }, advisories: [] };
  });
  await reporter.report({ components: [...components, ...pending] });
}

async function tell(reporter: StageContext['reporter'], component: ComponentStatus): Promise<void> {
  const { name, version, phase, reason, message: what } = component;
  const subject = `components/${name}`;
  if (phase === 'Ready') {
    return reporter.event('Normal', 'ComponentReady', message('ComponentReady', { name, version }), subject);
  }
  const text = message('About.version', { name, version, what });
  return reporter.event(phase === 'Degraded' ? 'Warning' : 'Normal', reason, text, subject);
}
