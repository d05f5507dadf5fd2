/** The picture of the parts in docs/architecture.md, from the table of imports. */
import { partImports } from '../lint/import-direction.ts';
import type { ImportTable } from '../lint/import-rules.ts';

type PageLanguage = 'en' | 'zh';

/** What each part is, in a few words. */
const DESCRIPTIONS: Readonly<Record<string, Readonly<Record<PageLanguage, string>>>> = {
  'src/cli': { en: 'commands, output, progress', zh: '命令、输出、进度' },
  'src/server': { en: 'configuration, composition', zh: '配置与组装' },
  'src/api': { en: 'HTTP, wire format, event streams', zh: 'HTTP、传输格式、事件流' },
  'src/client': { en: 'the API as calls', zh: '以调用方式使用 API' },
  'src/registry': { en: 'use cases: save, delete, get, list', zh: '用例：保存、删除、查询、列表' },
  'src/controllers': { en: 'onboarding, credentials, off-boarding', zh: '接入、凭据、下线' },
  'src/reconcile': { en: 'queue of keys, stages, summary', zh: '工作队列、阶段、状态汇总' },
  'src/render': { en: 'component + facts → objects', zh: '组件 + 事实 → 对象' },
  'src/cluster-access': { en: 'the way to a cluster', zh: '到达集群的途径' },
  'src/management': { en: 'the way to the management cluster', zh: '到达管理集群的途径' },
  'src/replicas': { en: 'sharing the work by Leases', zh: '通过 Lease 分担工作' },
  'src/publish': { en: 'clusters in a management cluster', zh: '管理集群中的集群' },
  'src/kube': { en: 'one cluster: client, apply, health', zh: '一个集群：客户端、应用、健康' },
  'src/kubeconfig': { en: 'kubeconfigs as client-go reads them', zh: '按 client-go 的方式读取 kubeconfig' },
  'src/kube-objects': { en: 'Kubernetes objects as data', zh: '作为数据的 Kubernetes 对象' },
  'src/git-store': { en: 'repositories of resources', zh: '资源仓库' },
  'src/state': { en: 'status, events, inventory, receipts', zh: '状态、事件、清单、回执' },
  'src/secrets': { en: 'credentials: sealed files, Vault', zh: '凭据：加密文件、Vault' },
  'src/workload-auth': { en: 'logins of workloads', zh: '工作负载的登录' },
  'src/vault': { en: 'client of Vault or OpenBao', zh: 'Vault 或 OpenBao 的客户端' },
  'src/identity': { en: 'who calls, what they may do', zh: '谁在调用、可以做什么' },
  'src/git-host': { en: 'GitLab, Gitea', zh: 'GitLab、Gitea' },
  'src/catalog': { en: 'components as data', zh: '以数据描述的组件' },
  'src/contract': { en: 'the HTTP API as data', zh: '作为数据的 HTTP API' },
  'src/resources': { en: 'kinds: fields, files, rules', zh: '资源种类：字段、文件、规则' },
  'src/errors': { en: 'what can go wrong', zh: '可能出的错' },
  'src/messages': { en: 'texts in both languages', zh: '两种语言的文本' },
  'src/base': { en: 'async, files, programs, TLS', zh: '异步、文件、程序、TLS' },
  'src/progress': { en: 'the stages of a cluster as rows', zh: '以行表示集群的各阶段' },
  console: { en: 'the web console, for browsers', zh: '网页控制台，在浏览器中运行' },
  sandbox: { en: 'simulated clusters', zh: '模拟集群' },
};

const BLOCK = /(<!-- The picture follows from [^\n]*-->\n)```mermaid\n[\s\S]*?```\n/;

/** The page with its picture as the table has it. */
export function withPartsPicture(page: string, language: PageLanguage): string {
  if (!BLOCK.test(page)) throw new Error('the page has no place for the picture of the parts');
  return page.replace(BLOCK, (_, comment: string) => `${comment}\`\`\`mermaid\n${partsPicture(language)}\`\`\`\n`);
}

function partsPicture(language: PageLanguage): string {
  const reduced = transitiveReduction(partImports);
  const rows = Object.entries(reduced).toReversed();
  return ['flowchart TB', ...rows.map(([part, targets]) => `  ${boxOf(part, language)}${arrowsTo(targets)}`), ''].join(
    '\n',
  );
}

function boxOf(part: string, language: PageLanguage): string {
  const description = DESCRIPTIONS[part]?.[language];
  if (description === undefined) throw new Error(`the picture of the parts has no words for ${part}`);
  return `${idOf(part)}["${nameOf(part)}<br/>${description}"]`;
}

function arrowsTo(targets: readonly string[]): string {
  return targets.length === 0 ? '' : ` --> ${targets.map(idOf).join(' & ')}`;
}

function nameOf(part: string): string {
  return part.replace('src/', '');
}

function idOf(part: string): string {
  return nameOf(part).replaceAll('-', '_');
}

/** Without the arrows that follow from others: what a part can reach stays the same. */
export function transitiveReduction(table: ImportTable): ImportTable {
  const rows = Object.entries(table).map(([part, targets]) => {
    const isDirect = (target: string): boolean =>
      !targets.some((other) => other !== target && reaches(table, other, target));
    return [part, targets.filter(isDirect)] as const;
  });
  return Object.fromEntries(rows);
}

function reaches(table: ImportTable, from: string, to: string): boolean {
  return (table[from] ?? []).some((next) => next === to || reaches(table, next, to));
}
