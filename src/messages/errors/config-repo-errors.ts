import { errors } from '../error-text.ts';

/** Errors of the repository of clusters. Part of the one catalogue. */
export const configRepoErrors = errors({
  // --- config-repo ---------------------------------------------------------------------------------------------
  ClusterFileInvalid: {
    status: 409,
    next: 'stalled',
    en: 'the file of cluster {name} in the tenant configuration repository, {file}, is not valid: {problem:message}',
    zh: '租户配置库中集群 {name} 的文件 {file} 无效：{problem:message}',
    action: 'CorrectClusterFile',
  },
  ProductFileInvalid: {
    status: 409,
    next: 'stalled',
    en: 'the file of product {name} in the tenant configuration repository is not valid: {problem:message}',
    zh: '租户配置库中产品 {name} 的文件无效：{problem:message}',
    action: 'CorrectProductFile',
  },
  ConfigRepoUnavailable: {
    status: 503,
    next: 'transient',
    en: 'the tenant configuration repository is not available: {problem:message}',
    zh: '租户配置库不可用：{problem:message}',
    action: 'AskAgainLater',
  },
  ConfigRepoRefused: {
    status: 409,
    next: 'stalled',
    en: 'the tenant configuration repository refuses the commit: {problem:message}',
    zh: '租户配置库拒绝了提交：{problem:message}',
    action: 'CheckBranchRules',
  },
  ConfigRepoInvalid: {
    status: 500,
    next: 'stalled',
    en: 'the tenant configuration repository cannot be used: {problem:message}',
    zh: '租户配置库不能使用：{problem:message}',
    action: 'CorrectConfigRepo',
  },
  ConfigRepoTokenRefused: {
    status: 503,
    next: 'stalled',
    en: 'the Git server does not accept the token of this server (401): {problem:message}',
    zh: 'Git 服务器不接受本服务器的令牌（401）：{problem:message}',
    action: 'ReplaceGitToken',
  },
  ConfigRepoForbidden: {
    status: 503,
    next: 'stalled',
    en: 'the Git server does not allow this to the account of this server: {problem:message}',
    zh: 'Git 服务器不允许本服务器的账号这样做：{problem:message}',
    action: 'GrantPush',
  },
  ConfigRepoProtected: {
    status: 503,
    next: 'stalled',
    en: 'the rules of branch main do not let this server push: {problem:message}',
    zh: 'main 分支的规则不允许本服务器推送：{problem:message}',
    action: 'AllowPushToMain',
  },
  ConfigRepoMissing: {
    status: 503,
    next: 'stalled',
    en: 'the Git server shows no repository at git.remote to this server (404): {problem:message}',
    zh: 'Git 服务器在 git.remote 处没有向本服务器显示任何仓库（404）：{problem:message}',
    action: 'CorrectGitRemote',
  },
  ConfigRepoMoved: {
    status: 503,
    next: 'stalled',
    en: 'the tenant configuration repository has moved{place:message}',
    zh: '租户配置库已经迁移{place:message}',
    action: 'FollowMovedRepo',
  },
  ConfigRepoArchived: {
    status: 503,
    next: 'stalled',
    en: 'the tenant configuration repository is archived and takes no changes',
    zh: '租户配置库已归档，不接受改动',
    action: 'UnarchiveConfigRepo',
  },
  ConfigRepoThrottled: {
    status: 503,
    next: 'waiting',
    en: 'the Git server asks to come back later (429)',
    zh: 'Git 服务器要求稍后再来（429）',
    action: 'RetryLater',
  },
  ConfigRepoBranchMissing: {
    status: 503,
    next: 'stalled',
    en: 'the tenant configuration repository has no branch main, only {branches}',
    zh: '租户配置库没有 main 分支，只有 {branches}',
    action: 'CreateMainBranch',
  },
  GitUnusable: {
    status: 500,
    next: 'stalled',
    en: 'git cannot be used: {problem:message}',
    zh: 'git 不能使用：{problem:message}',
    action: 'InstallGit',
  },
});
