import { errorCatalogue, type ErrorReason } from '../../errors/catalogue.ts';
import { chineseErrors } from './chinese-errors.ts';
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
  return (Object.entries(chineseErrors) as [ErrorReason, readonly [string, string]][]).flatMap(
    ([reason, [message, remedy]]) => {
      const { message: from, remedy: advice } = errorCatalogue[reason];
      return [
        [from, message],
        [advice, remedy],
        [`${from}. ${advice}`, `${message}。${remedy}`],
      ] as const;
    },
  );
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
  error: ({ reason, message, remedy, details }) => {
    const [said, advice] = chineseErrors[reason] ?? [message, remedy];
    const fill = (template: string): string =>
      template.replace(/\{(\w+)\}/g, (whole, name: string) => translate(String(details[name] ?? whole)));
    return { message: fill(said), remedy: fill(advice) };
  },
};

/** Remedies that differ from the server's because a flag or a command does the same here have no places. */
function ofReason(reason: string, remedy: string): string | undefined {
  const advice = reason in chineseErrors ? chineseErrors[reason as ErrorReason]?.[1] : undefined;
  return remedy === '' || advice === undefined || advice.includes('{') ? undefined : advice;
}
