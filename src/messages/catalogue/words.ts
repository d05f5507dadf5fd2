import { texts } from '../text.ts';

/** Names of stages, phases, roles and operations, as they are shown alone or within a message. */
export const words = texts({
  'stage.Registered': { en: 'Registered', zh: '已登记' },
  'stage.Provisioned': { en: 'Provisioned', zh: '创建集群' },
  'stage.Reachable': { en: 'Reachable', zh: '连接集群' },
  'stage.CredentialReady': { en: 'CredentialReady', zh: '自有凭据' },
  'stage.SecretAccessReady': { en: 'SecretAccessReady', zh: '密钥访问' },
  'stage.ComponentsReady': { en: 'ComponentsReady', zh: '组件' },
  'stage.EntryPointsReady': { en: 'EntryPointsReady', zh: '入口' },
  'stage.Published': { en: 'Published', zh: '发布' },
  'stage.Paused': { en: 'Paused', zh: '暂停' },
  'stage.Offboarded': { en: 'Offboarded', zh: '清除' },
  'stage.Ready': { en: 'Ready', zh: '就绪' },

  'phase.Pending': { en: 'Pending', zh: '等待处理' },
  'phase.Provisioning': { en: 'Provisioning', zh: '配置中' },
  'phase.Installing': { en: 'Installing', zh: '安装中' },
  'phase.Ready': { en: 'Ready', zh: '就绪' },
  'phase.Degraded': { en: 'Degraded', zh: '异常' },
  'phase.Failed': { en: 'Failed', zh: '失败' },
  'phase.Deleting': { en: 'Deleting', zh: '清除中' },
  'phase.Removing': { en: 'Removing', zh: '移除中' },
  'phase.Gone': { en: 'Gone', zh: '已清除' },

  'role.maintainer': { en: 'maintainer', zh: '维护者（maintainer）' },
  'role.reader': { en: 'reader', zh: '只读（reader）' },

  'operation.install': { en: 'install', zh: '安装' },
  'operation.update': { en: 'update', zh: '更新' },
  'operation.remove': { en: 'remove', zh: '移除' },
  'operation.keep': { en: 'keep', zh: '不变' },
});
