import { errorCatalogue, type ErrorReason } from '../../messages/errors/index.ts';
import { type Action, renderAction } from '../../messages/action.ts';
import { actions } from '../../messages/actions/index.ts';
import { render } from '../../messages/message.ts';
import type { Params, Text } from '../../messages/text.ts';
import { chinesePhrases } from './chinese-phrases.ts';
import { type Phrase, Phrasebook } from './phrases.ts';
import { reasonOfWire } from './reasons.ts';
import type { Words } from './texts.ts';

const SUBJECTS: Readonly<Record<string, string>> = {
  Registered: '已登记',
  Provisioned: '创建集群',
  Reachable: '连接集群',
  CredentialReady: '自有凭据',
  ComponentsReady: '组件',
  EntryPointsReady: '入口',
  Published: '发布',
  Offboarded: '清除',
  Ready: '就绪',
};
const PHASES: Readonly<Record<string, string>> = {
  Pending: '等待处理',
  Provisioning: '配置中',
  Installing: '安装中',
  Ready: '就绪',
  Degraded: '异常',
  Failed: '失败',
  Deleting: '清除中',
  Removing: '移除中',
  Gone: '已清除',
};
const ROLES: Readonly<Record<string, string>> = { maintainer: '维护者（maintainer）', reader: '只读（reader）' };
const ACTIONS: Readonly<Record<string, string>> = { install: '安装', update: '更新', remove: '移除', keep: '不变' };

/** Message, remedy and both in one, as events and findings have them. */
function ofCatalogue(): readonly Phrase[] {
  return Object.values(errorCatalogue).flatMap((entry): readonly Phrase[] => {
    const said: Phrase = [entry.en, entry.zh];
    if (!('action' in entry)) return [said];
    const advice = adviceOf(entry.action);
    return [said, advice, [`${said[0]}. ${advice[0]}`, `${said[1]}。${advice[1]}`]];
  });
}

function adviceOf(id: keyof typeof actions): Phrase {
  const wordings: Text | { readonly cli: Text; readonly api?: Text } = actions[id];
  if ('en' in wordings) return [wordings.en, wordings.zh];
  return [(wordings.api ?? wordings.cli).en, wordings.cli.zh];
}

const book = new Phrasebook([...ofCatalogue(), ...chinesePhrases]);

/** `Reachable: nothing accepts connections …`: a summary names the stage or the component first, also with its version. */
const PREFIXED = /^([A-Z][A-Za-z]+Ready|Reachable|Provisioned|Published|[a-z][a-z0-9-]*(?: v?\d[^\s:]*)?): (.+)$/s;

function translate(text: string): string {
  const [, stage, rest] = PREFIXED.exec(text) ?? [];
  if (stage !== undefined && rest !== undefined) return `${SUBJECTS[stage] ?? stage}：${translate(rest)}`;
  return book.translate(text, (value) => (value.includes(' ') ? translate(value) : (SUBJECTS[value] ?? value)));
}

export const chineseWords: Words = {
  subject: (subject) => SUBJECTS[subject] ?? subject.replace(/^components\//, ''),
  phase: (phase) => PHASES[phase] ?? phase,
  role: (role) => ROLES[role] ?? role,
  action: (action) => ACTIONS[action] ?? action,
  message: (_reason, message) => translate(message),
  remedy: (reason, remedy) => ofReason(reasonOfWire(reason), remedy) ?? translate(remedy),
  violation: (_subject, text) => translate(text),
  error: ({ said, action }) => ({
    message: render({ ...said, params: translated(said.params) }, 'zh'),
    remedy: ofAction(action),
  }),
};

function translated(params: Params): Params {
  const entries = Object.entries(params).map(([name, param]) => [
    name,
    typeof param === 'string' ? translate(param) : param,
  ]);
  return Object.fromEntries(entries) as Params;
}

function ofAction(action: Action | undefined): string {
  return action === undefined ? '' : (renderAction(action, 'cli', 'zh') ?? '');
}

/** Remedies that differ from the server's because a flag or a command does the same here have no places. */
function ofReason(reason: string, remedy: string): string | undefined {
  const entry = reason in errorCatalogue ? errorCatalogue[reason as ErrorReason] : undefined;
  const advice = entry === undefined || !('action' in entry) ? undefined : adviceOf(entry.action)[1];
  return remedy === '' || advice === undefined || advice.includes('{') ? undefined : advice;
}
