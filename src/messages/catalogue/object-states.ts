import { texts } from '../text.ts';

/** How objects on a cluster are, why they are not gone yet, and why they stay. */
export const objectStates = texts({
  Terminating: { en: 'it is being deleted', zh: '正在被删除' },
  'Terminating.underWay': { en: 'its deletion is under way', zh: '正在删除' },
  'Terminating.content': { en: 'its content is being deleted', zh: '正在删除其中的内容' },
  Unobserved: { en: 'its controller has not seen it yet', zh: '其控制器还没有处理它' },
  'Unobserved.change': {
    en: 'its controller has not seen the latest change yet',
    zh: '其控制器还没有处理最近的改动',
  },
  NotBound: { en: 'the volume claim is not bound', zh: '卷申领（PVC）还没有绑定' },
  'Updating.replicas': { en: '{ready} of {total} replicas are up to date', zh: '{total} 个副本中 {ready} 个已更新' },
  'Updating.former': {
    en: '{count} replicas of the former version are still there',
    zh: '还有 {count} 个旧版本的副本',
  },
  'Updating.pods': { en: '{ready} of {total} pods are up to date', zh: '{total} 个 Pod 中 {ready} 个已更新' },
  'Unavailable.replicas': { en: '{ready} of {total} replicas are available', zh: '{total} 个副本中 {ready} 个可用' },
  ScaledToZero: {
    en: 'it is scaled to zero, which its manifest does not say (changed by {manager})',
    zh: '副本数被改为 0，而清单并没有这样声明（由 {manager} 修改）',
  },
  ScheduledNowhere: {
    en: 'a node selector that its manifest does not have keeps it off all nodes (added by {manager})',
    zh: '清单中没有的节点选择器使它不在任何节点上运行（由 {manager} 添加）',
  },
  'Unavailable.ready': { en: '{ready} of {total} replicas are ready', zh: '{total} 个副本中 {ready} 个就绪' },
  'Unavailable.pods': { en: '{ready} of {total} pods are available', zh: '{total} 个 Pod 中 {ready} 个可用' },
  Running: { en: 'the job has not completed', zh: 'Job 还没有完成' },
  PodFailed: { en: 'the pod has failed', zh: 'Pod 失败' },
  'NotReady.pod': { en: 'the pod is not ready', zh: 'Pod 还没有就绪' },
  NotEstablished: { en: 'its kind is not served yet', zh: '其 kind 还不可用' },
  NotApplied: { en: 'it has not been applied yet', zh: '它还没有被应用' },
  Missing: { en: 'it is not there', zh: '它不存在' },
  'KindNotServed.object': { en: 'its kind is not served', zh: '其 kind 不可用' },
  'Container.waiting': { en: 'container {name}: {what:message}', zh: '容器 {name}：{what:message}' },
  'Container.ended': { en: 'container {name} ended with code {code}', zh: '容器 {name} 以代码 {code} 结束' },

  Waiting: { en: 'instances that wait for a finalizer come first', zh: '先等待有 finalizer 的实例' },
  FinalizersRemaining: { en: 'it waits for {finalizers:list}', zh: '正在等待 {finalizers:list}' },
  NamespaceHeld: { en: 'its deletion waits: {causes:messages}', zh: '其删除正在等待：{causes:messages}' },
  'NamespaceHeld.content': { en: 'it still holds {resources:list}', zh: '其中还有 {resources:list}' },
  'NamespaceHeld.finalizers': {
    en: 'finalizers are left that no controller has removed: {finalizers:list}',
    zh: '还有控制器没有移除的 finalizer：{finalizers:list}',
  },
  'NamespaceHeld.discovery': {
    en: 'the API groups {groups:list} do not answer, so that its content cannot be listed',
    zh: 'API 组 {groups:list} 没有应答，无法列出其中的内容',
  },
  'NamespaceHeld.object': {
    en: '{object} waits for {finalizers:list}',
    zh: '{object} 正在等待 {finalizers:list}',
  },
  'NamespaceHeld.other': { en: '{what:message}', zh: '{what:message}' },
  InstancesRemaining: {
    en: 'its instance {object} waits for {finalizers:list}',
    zh: '它的实例 {object} 正在等待 {finalizers:list}',
  },

  'Retained.existedBefore': { en: 'it existed before', zh: '它原先就存在' },
  'Retained.setBack': {
    en: 'it existed before; what Nautes changed is set back: {fields:list}',
    zh: '它原先就存在；Nautes 改动的字段已改回：{fields:list}',
  },
  'Retained.changed': {
    en: 'it existed before and stays as Nautes changed it: {fields:list}',
    zh: '它原先就存在，并保持 Nautes 改动后的样子：{fields:list}',
  },
  'Retained.noLabel': { en: 'it no longer carries our label', zh: '它已没有我们的标签' },
  'Retained.otherInstallation': {
    en: 'it belongs to the installation {installation}, which holds the cluster now',
    zh: '它属于安装 {installation}，该安装现在持有这个集群',
  },
  'Retained.otherAccess': {
    en: 'the installation {installation} has its access in it',
    zh: '安装 {installation} 的访问账号在其中',
  },
  'Retained.notApplied': { en: 'it was not applied by us', zh: '它不是由我们应用的' },
  'Retained.instances': {
    en: 'it has {count} instances that others have made',
    zh: '它有 {count} 个由他人创建的实例',
  },
  'Retained.content': {
    en: 'it holds {count} objects that others have made',
    zh: '其中有 {count} 个由他人创建的对象',
  },
});
