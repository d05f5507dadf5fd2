import type { StatusView } from '../contract/views.ts';
import { messageFromJson } from '../messages/from-json.ts';
import { isKnown, render } from '../messages/message.ts';
import type { Language } from '../messages/text.ts';

export type Mark = 'done' | 'active' | 'waiting' | 'failed' | 'skipped';

/** One line of the progress of a cluster: a stage, or a component below its stage. */
export interface StageRow {
  /** Stable over time, e.g. `ComponentsReady` or `components/argocd`. */
  readonly key: string;
  readonly mark: Mark;
  /** 0 for stages, 1 for components. */
  readonly level: 0 | 1;
  /** What the row is about: a condition's type or a component's name. */
  readonly subject: string;
  /** Beside the subject, e.g. a version or how many objects are ready. */
  readonly note: string;
  readonly reason: string;
  /** What is to be said beside it. */
  readonly detail: string;
  readonly remedy: string;
  readonly action?: StatusView['conditions'][number]['action'];
}

type Condition = StatusView['conditions'][number];
type Component = StatusView['components'][number];

/** `Ready` sums the others up; what it says is the headline. */
const SUMMARY = 'Ready';
const COMPONENTS = 'ComponentsReady';
/** Stages, and components, that are shown of one cluster: all are measured for each frame. */
const MAXIMUM_STAGE_ROWS = 200;

/** The stages of a cluster in their order, with the components below theirs. */
export function stageRows(status: StatusView, language: Language): readonly StageRow[] {
  const stages = status.conditions.filter(({ type }) => type !== SUMMARY).slice(0, MAXIMUM_STAGE_ROWS);
  const working = stages.findIndex((condition) => condition.status !== 'True' && condition.optional !== true);
  const rows = stages.flatMap((condition, index) => {
    const row = conditionRow(condition, index === working);
    return condition.type === COMPONENTS
      ? [row, ...status.components.slice(0, MAXIMUM_STAGE_ROWS).map((component) => componentRow(component, language))]
      : [row];
  });
  return rows;
}

function conditionRow(condition: Condition, isWorking: boolean): StageRow {
  const { type, status, reason, message: detail, remedy, action, optional } = condition;
  return { key: type, level: 0, subject: type, note: '', reason, detail, remedy, action, mark: markOf() };

  function markOf(): Mark {
    if (status === 'True') return 'done';
    if (optional === true) return 'skipped';
    if (status === 'False' && remedy !== '') return 'failed';
    return status === 'False' || isWorking ? 'active' : 'waiting';
  }
}

const COMPONENT_MARKS: Readonly<Record<Component['phase'], Mark>> = {
  Pending: 'waiting',
  Installing: 'active',
  Ready: 'done',
  Degraded: 'failed',
  Removing: 'active',
};

function componentRow(component: Component, language: Language): StageRow {
  const { name, version, phase, reason, objects } = component;
  const count = objects.total === 0 ? '' : `${objects.ready}/${objects.total}`;
  const note = [version, count].filter(Boolean).join('  ');
  const mark = COMPONENT_MARKS[phase];
  const detail = uncounted(component, language);
  return { key: `components/${name}`, level: 1, subject: name, note, mark, reason, detail, remedy: '' };
}

/** What is said of a component without the number of its objects, which stands beside its name. */
function uncounted({ message, messageId, params = {} }: Component, language: Language): string {
  if (messageId === 'Healthy') return '';
  if (messageId !== 'Unhealthy') return message;
  const problem = messageFromJson(params['problem']);
  return isKnown(problem) ? render(problem, language) : message;
}
