import { errors } from '../error-text.ts';

/** Errors about the management cluster and the objects of this installation there. Part of the one catalogue. */
export const managementErrors = errors({
  ManagementAccessUnusable: {
    status: 500,
    next: 'stalled',
    en: 'the access to the management cluster cannot be used ({key:message}): {problem:message}',
    zh: '无法使用对管理集群的访问（{key:message}）：{problem:message}',
    action: 'CorrectManagementAccess',
  },
  OwnedElsewhere: {
    status: 503,
    next: 'transient',
    en: 'another replica works on {cluster} now',
    zh: '{cluster} 现在由另一个副本处理',
    action: 'AwaitRetry',
  },
  ManagementUnavailable: {
    status: 503,
    next: 'transient',
    en: 'the management cluster is the cause: {problem:message}',
    zh: '问题在管理集群：{problem:message}',
    action: 'AwaitManagement',
  },
  PublicationForeign: {
    status: 409,
    next: 'stalled',
    en: '{object} is there in the management cluster and is not ours; nothing of it is changed',
    zh: '管理集群中已有 {object}，它不属于我们；不会改动它',
    action: 'ResolveForeignPublication',
  },
  PublicationForbidden: {
    status: 403,
    next: 'stalled',
    en: 'the management cluster does not allow it: {problem:message}',
    zh: '管理集群不允许：{problem:message}',
    action: 'GrantPublishing',
  },
  PublicationNamespaceMissing: {
    status: 409,
    next: 'stalled',
    en: 'the management cluster has no namespace {namespace}',
    zh: '管理集群没有命名空间 {namespace}',
    action: 'CreatePublishingNamespace',
  },
  PublicationLeaving: {
    status: 409,
    next: 'waiting',
    en: '{object} is being deleted in the management cluster and waits for {finalizers:list}',
    zh: '管理集群中的 {object} 正在被删除，等待 {finalizers:list}',
    action: 'AwaitPublication',
  },
  PublicationAwaited: {
    status: 409,
    next: 'waiting',
    en: '{object} is not there yet as the file says: another program makes it from the repository',
    zh: '{object} 还没有按文件建立：它由另一个程序依据仓库创建',
    action: 'CheckRepositorySync',
  },
  PublicationAddressRefused: {
    status: 409,
    next: 'stalled',
    en: 'the definition of {object} does not accept the address {address}',
    zh: '{object} 的定义不接受地址 {address}',
    action: 'ReplaceClusterDefinition',
  },
  PublicationKindMissing: {
    status: 409,
    next: 'waiting',
    en: 'the management cluster does not serve {kind} of {apiVersion}',
    zh: '管理集群不提供 {apiVersion} 的 {kind}',
    action: 'InstallDefinition',
  },
  PublicationRefused: {
    status: 409,
    next: 'stalled',
    en: 'the management cluster refuses {object}: {problem:message}',
    zh: '管理集群拒绝 {object}：{problem:message}',
    action: 'CorrectPublishing',
  },
  ManagementTokenRefused: {
    status: 500,
    next: 'stalled',
    en: 'the management cluster has refused the credential of this server for {seconds} s: the server ends',
    zh: '管理集群已连续 {seconds} 秒拒绝本服务器的凭据：服务器将退出',
    action: 'CorrectManagementAccess',
  },
});
