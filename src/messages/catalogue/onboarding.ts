import { texts } from '../text.ts';

/** What is said while a cluster is reached, besides its credentials and components. */
export const onboarding = texts({
  Reachable: { en: 'Kubernetes {version} answers at {server}', zh: 'Kubernetes {version}，地址 {server}' },
  'KubeconfigPending.certificate': {
    en: '{problem:message}; the kubeconfig of the virtual cluster as it is now is not on its host yet',
    zh: '{problem:message}；虚拟集群现在的 kubeconfig 还没有出现在宿主集群上',
  },
  WaitingForOffboarding: {
    en: 'this Kubernetes cluster was registered as {name}, which is off-boarded first',
    zh: '这个 Kubernetes 集群曾登记为 {name}，先移除它',
  },
  'WaitingForOffboarding.held': {
    en: 'this Kubernetes cluster is still that of {name}, whose removal waits to be confirmed',
    zh: '这个 Kubernetes 集群仍属于 {name}，其清除有待确认',
  },
  EntryPointsReady: { en: '{addresses:list}', zh: '{addresses:list}' },
  'EntryPointsReady.ofHost': { en: 'those of {host}: {addresses:list}', zh: '{host} 的入口：{addresses:list}' },
  NoGateway: { en: 'the cluster has no gateway of its own', zh: '集群没有自己的网关' },
  NoEntryPoint: {
    en: 'no Service of {name} has a node port or an external address yet',
    zh: '{name} 的 Service 还没有节点端口或外部地址',
  },
  'HostNotReady.entryPoints': {
    en: 'the host cluster {host} has no entry points yet',
    zh: '宿主集群 {host} 还没有入口',
  },
});
