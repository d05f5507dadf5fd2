import { texts } from '../text.ts';

/** What is said of components and of the virtual clusters that run as one on their host. */
export const components = texts({
  ComponentReady: { en: '{name} {version} is ready', zh: '{name} {version} 已就绪' },
  ComponentsReady: { en: 'all {count} components are ready', zh: '{count} 个组件全部就绪' },
  'ComponentsReady.one': { en: 'its component is ready', zh: '它的组件已就绪' },
  RemovingComponents: {
    en: '{remaining} objects of former components are still there; {first}: {what:message}',
    zh: '以前的组件还有 {remaining} 个对象；{first}：{what:message}',
  },
  WaitingForComponent: { en: 'waits until {name} is ready', zh: '等待 {name} 就绪' },
  Applying: { en: 'its objects are being applied', zh: '正在应用其对象' },
  'Applying.counted': { en: '{done} of {total} objects are applied', zh: '{total} 个对象中已应用 {done} 个' },
  'Pending.component': { en: 'its turn has not come yet', zh: '还没有轮到它' },
  Healthy: { en: '{ready} of {total} objects are ready', zh: '{total} 个对象中 {ready} 个就绪' },
  Unhealthy: {
    en: '{ready} of {total} ready, {problem:message}',
    zh: '{total} 个对象中 {ready} 个就绪，{problem:message}',
  },
  Removing: { en: 'it is no longer wanted and is being removed', zh: '不再需要它，正在移除' },
  'Provisioning.onHost': { en: '{name} on {host}: {what:message}', zh: '{host} 上的 {name}：{what:message}' },
  KubeconfigPending: {
    en: '{name} on {host} runs and has not written its kubeconfig yet',
    zh: '{host} 上的 {name} 已经运行，还没有写出它的 kubeconfig',
  },
  Provisioned: {
    en: '{name} {version} runs in namespace {namespace} of {host}, node port {port}',
    zh: '{name} {version} 运行在 {host} 的 namespace {namespace}，节点端口 {port}',
  },
  'HostNotReady.new': { en: 'it has just been registered', zh: '它刚刚登记' },
  'HostNotReady.why': {
    en: 'the host cluster {host} is not ready yet: {why:message}',
    zh: '宿主集群 {host} 还没有就绪：{why:message}',
  },
});
