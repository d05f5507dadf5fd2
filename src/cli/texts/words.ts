import type { Language } from '../../messages/text.ts';

/** Names of the API in the reader's language. Messages come from the server in that language already. */
export interface Words {
  /** A stage (a type of condition) or a component, e.g. `components/argocd`. */
  subject(subject: string): string;
  phase(phase: string): string;
  role(role: string): string;
  action(action: string): string;
}

type Names = Readonly<Record<string, string>>;

interface NameTables {
  readonly subjects: Names;
  readonly phases: Names;
  readonly roles: Names;
  readonly actions: Names;
}

/** A name that is in no table is shown as it is on the wire. */
const tables: Readonly<Record<Language, NameTables>> = {
  en: { subjects: {}, phases: {}, roles: {}, actions: {} },
  zh: {
    subjects: {
      Registered: '已登记',
      Provisioned: '创建集群',
      Reachable: '连接集群',
      CredentialReady: '自有凭据',
      SecretAccessReady: '密钥访问',
      ComponentsReady: '组件',
      EntryPointsReady: '入口',
      Published: '发布',
      Paused: '暂停',
      Offboarded: '清除',
      Ready: '就绪',
    },
    phases: {
      Pending: '等待处理',
      Provisioning: '配置中',
      Installing: '安装中',
      Ready: '就绪',
      Degraded: '异常',
      Failed: '失败',
      Deleting: '清除中',
      Removing: '移除中',
      Gone: '已清除',
    },
    roles: { maintainer: '维护者（maintainer）', reader: '只读（reader）' },
    actions: { install: '安装', update: '更新', remove: '移除', keep: '不变' },
  },
};

export function wordsIn(language: Language): Words {
  const { subjects, phases, roles, actions } = tables[language];
  return {
    subject: (subject) => subjects[subject] ?? subject.replace(/^components\//, ''),
    phase: (phase) => phases[phase] ?? phase,
    role: (role) => roles[role] ?? role,
    action: (action) => actions[action] ?? action,
  };
}
