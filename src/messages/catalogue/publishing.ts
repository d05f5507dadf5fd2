import { texts } from '../text.ts';

/** What is said of making clusters known in a management cluster. */
export const publishing = texts({
  NoManagementCluster: {
    en: 'no management cluster is configured; the status and the API are where this cluster is known',
    zh: '没有配置管理集群；此集群在状态和 API 中可见',
  },
  'NoManagementCluster.left': {
    en: 'no management cluster is configured; still published at {places:list}, which has to be configured to withdraw it',
    zh: '没有配置管理集群；在 {places:list} 仍有发布，要撤回就得先配置它',
  },
  NothingPublished: {
    en: 'no publication is selected (management.publish)',
    zh: '没有选择任何发布（management.publish）',
  },
  Published: { en: '{parts:messages}', zh: '{parts:messages}' },
  'Published.where': { en: '{object} in {place}', zh: '{place} 中的 {object}' },
  'Published.problem': { en: '{object} in {place}: {problem:message}', zh: '{place} 中的 {object}：{problem:message}' },
  PublicationWaits: {
    en: 'it is published as soon as the cluster is ready',
    zh: '集群就绪后即发布',
  },
  'PublicationWaits.paused': {
    en: 'it is not changed while the cluster is paused',
    zh: '集群暂停期间不改动它',
  },
  PublicationFormer: {
    en: 'it is withdrawn: it is no longer wanted there; waiting for {names:list}',
    zh: '正在撤回：那里不再需要它；等待 {names:list}',
  },
  'PublicationFormer.elsewhere': {
    en: 'it is no longer wanted there, and that management cluster is not configured any more',
    zh: '那里不再需要它，而那个管理集群已不在配置中',
  },
  PublicationMade: { en: '{object} is there', zh: '已建立 {object}' },
  PublicationChanged: { en: '{object} follows the cluster', zh: '{object} 已随集群更新' },
  PublicationSetBack: { en: '{object} had been changed and is set back', zh: '{object} 被改动过，已恢复' },
  PublicationWritten: {
    en: '{object} is there, with a token until {time}',
    zh: '{object} 已建立，令牌有效至 {time}',
  },
  PublicationRenewed: {
    en: '{object} has a new token until {time}',
    zh: '{object} 有了新令牌，有效至 {time}',
  },
  PublicationUpdated: { en: '{object}: changed {fields:list}', zh: '{object}：更改了 {fields:list}' },
  'PublicationUpdated.access': {
    en: '{object} has the new address or certificate authority, and a new token until {time}',
    zh: '{object} 已有新的地址或证书颁发机构，以及有效至 {time} 的新令牌',
  },
  PublicationRepaired: {
    en: '{object} had been changed: set back {fields:list}',
    zh: '{object} 被改动过：已恢复 {fields:list}',
  },
  'PublicationRepaired.access': {
    en: '{object} or its account had been changed: it has a new token until {time}',
    zh: '{object} 或其账户被改动过：它有了新令牌，有效至 {time}',
  },
  PublicationWithdrawn: { en: '{object} in {place} is withdrawn', zh: '已撤回 {place} 中的 {object}' },
  'ManagementUnavailable.late': { en: 'it did not answer in time', zh: '它没有及时应答' },
  LettingGo: {
    en: 'it is no longer offered in the management cluster; waiting for {names:list} to let it go',
    zh: '管理集群中不再提供它；等待 {names:list} 放手',
  },
  WithdrawingPublications: {
    en: 'its objects in the management cluster are removed',
    zh: '正在删除它在管理集群中的对象',
  },
  'Retained.notOurs': { en: 'it is not ours any more', zh: '它已不属于我们' },
  'Retained.finalizers': {
    en: 'its deletion is accepted and waits for {finalizers:list}',
    zh: '已接受删除，正在等待 {finalizers:list}',
  },
  'Retained.losesCluster': {
    en: 'it points to the cluster that was removed',
    zh: '它指向已移除的集群',
  },
  'Removal.inManagement': { en: 'in {place}: {why:message}', zh: '在 {place}：{why:message}' },
});
