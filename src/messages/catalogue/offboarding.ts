import { texts } from '../text.ts';

/** What is said while a cluster is off-boarded, and on its receipt. */
export const offboarding = texts({
  'Offboarding.requested': {
    en: 'its file is no longer in the repository; its removal from the cluster is about to begin',
    zh: '它的文件已不在仓库中；即将开始从集群上移除',
  },
  'Offboarding.needsSecrets': {
    en: 'it cannot continue without the secret store: {problem:message}',
    zh: '没有密文存储无法继续：{problem:message}',
  },
  'Offboarding.waitsForCluster': {
    en: '{problem:message}; waits for it until {time}',
    zh: '{problem:message}；最多等到 {time}',
  },
  RemovingVirtualClusters: {
    en: 'its virtual clusters go first: {names:list}',
    zh: '先移除它的虚拟集群：{names:list}',
  },
  HostInUse: { en: 'it is still the host of {names:list}', zh: '它还是 {names:list} 的宿主' },
  'RemovingComponents.offboarding': {
    en: '{removed} of {total} objects are gone; {object}: {what:message}',
    zh: '{total} 个对象中已移除 {removed} 个；{object}：{what:message}',
  },
  RemovingAccess: {
    en: 'the components are gone; our own account goes last',
    zh: '组件已移除；最后移除我们自己的账号',
  },
  Deleted: {
    en: 'the cluster is no longer registered: {removed} objects removed, {retained} left, {stuck} could not be removed',
    zh: '集群已注销：移除 {removed} 个对象，保留 {retained} 个，{stuck} 个未能移除',
  },
  'DeletionPlan.notAsked': {
    en: 'the cluster could not be asked, so this is what was recorded of it: {problem:message}',
    zh: '无法询问集群，以下内容来自已有记录：{problem:message}',
  },
  'DeletionPlan.usersLeave': {
    en: 'they are deployed there because of its labels, and go with what they have there ({count}): {objects}',
    zh: '它们因其标签而部署在那里，会连同其内容一起移除（{count}）：{objects}',
  },
  'DeletionPlan.usersStay': {
    en: 'they stay, lose the cluster, and what they have there is left on it ({count}): {objects}',
    zh: '它们会保留但失去该集群，其内容留在集群上（{count}）：{objects}',
  },
  'DeletionPlan.virtualCluster': {
    en: 'everything inside the virtual cluster goes with {object} of its host',
    zh: '虚拟集群内的所有内容随宿主集群的 {object} 一起删除',
  },
  'Removal.uncertain': { en: 'it may have been made; {why:message}', zh: '它可能已经创建；{why:message}' },
  'Removal.insideVirtualCluster': {
    en: 'it is inside the virtual cluster, which goes with {object} of the host',
    zh: '它在虚拟集群内部，虚拟集群随宿主集群的 {object} 一起消失',
  },
});
