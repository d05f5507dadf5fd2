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
});
