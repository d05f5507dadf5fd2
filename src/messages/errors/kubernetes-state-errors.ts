import { errors } from '../error-text.ts';

/** Errors about state that is stored in the management cluster. Part of the one catalogue. */
export const kubernetesStateErrors = errors({
  DefinitionMissing: {
    status: 500,
    next: 'stalled',
    en: 'the management cluster does not have the definition {definition}',
    zh: '管理集群中没有定义 {definition}',
    action: 'InstallDefinitions',
  },
  DefinitionOutdated: {
    status: 500,
    next: 'stalled',
    en: 'the definition {definition} of the management cluster has version {found}, this program needs version {needed}',
    zh: '管理集群中的定义 {definition} 是版本 {found}，本程序需要版本 {needed}',
    action: 'InstallDefinitions',
  },
  ManagementRightMissing: {
    status: 500,
    next: 'stalled',
    en: 'the account of this server in the management cluster may not: {rights:list}',
    zh: '本服务器在管理集群中的账户没有以下权限：{rights:list}',
    action: 'GrantStateRights',
  },
  StateTooLarge: {
    status: 500,
    next: 'stalled',
    en: 'what is to be stored of this cluster is larger than the management cluster accepts',
    zh: '这个集群要存储的内容超过了管理集群所能接受的大小',
    action: 'RaiseRequestLimit',
  },
  StateRefused: {
    status: 500,
    next: 'stalled',
    en: 'the management cluster does not accept the state of this cluster: {problem:message}',
    zh: '管理集群不接受这个集群的状态：{problem:message}',
    action: 'InstallDefinitions',
  },
  ManagementStorageFull: {
    status: 503,
    next: 'stalled',
    en: 'the management cluster has no room left: the database of its API server is full',
    zh: '管理集群没有剩余空间：其 API 服务器的数据库已满',
    action: 'FreeManagementStorage',
  },
});
