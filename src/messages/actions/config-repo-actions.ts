import { actionTexts } from '../action-texts.ts';

/** What to do about errors of the repository of clusters. */
export const configRepoActions = actionTexts({
  CorrectClusterFile: {
    en: 'Correct or remove the file with a commit, or delete the cluster and save it again.',
    zh: '请用一次提交改正或删除该文件，或者删除集群后重新保存。',
  },
  CorrectProductFile: {
    en: 'Correct or remove the file with a commit.',
    zh: '请用一次提交改正或删除该文件。',
  },
  AskAgainLater: {
    en: 'Ask again in a while; a change that has arrived already is not made twice.',
    zh: '请过一会儿再试；已经到达的改动不会重复。',
  },
  CheckBranchRules: {
    en: 'Look at the hooks and the rules of its branch main; its own words stand in the message.',
    zh: '请检查其钩子和 main 分支的规则；它自己的话就在消息里。',
  },
  CorrectConfigRepo: {
    en: 'Correct the repository or the configuration that names it.',
    zh: '请修正该仓库，或修正指定它的配置。',
  },
  ReplaceGitToken: {
    en: 'It is wrong, expired or revoked: put a valid one into the file git.tokenFile, which is read at every use. Nothing was changed.',
    zh: '它有误、已过期或已作废：请把有效的令牌放入文件 git.tokenFile，每次使用时都会读取它。什么都没有改变。',
  },
  GrantPush: {
    en: 'Give the account of git.tokenFile a role that may push, and its token a scope that writes (GitLab: write_repository; Gitea: write:repository). Nothing was changed.',
    zh: '请给 git.tokenFile 的账号可以推送的角色，并给它的令牌可写的范围（GitLab：write_repository；Gitea：write:repository）。什么都没有改变。',
  },
  AllowPushToMain: {
    en: 'Allow the account of git.tokenFile to push in the rule of main, or set git.pushAs to caller. Nothing was changed.',
    zh: '请在 main 的规则中允许 git.tokenFile 的账号推送，或把 git.pushAs 设为 caller。什么都没有改变。',
  },
  CorrectGitRemote: {
    en: 'Correct git.remote, or give the account of git.tokenFile access to the repository. Nothing was changed.',
    zh: '请改正 git.remote，或给 git.tokenFile 的账号访问该仓库的权限。什么都没有改变。',
  },
  FollowMovedRepo: {
    en: 'Set git.remote to its new address and start the server again. Nothing was changed.',
    zh: '请把 git.remote 设为新地址，然后重新启动服务器。什么都没有改变。',
  },
  UnarchiveConfigRepo: {
    en: 'Ask an owner of it to bring it back from the archive. It can still be read; nothing was changed.',
    zh: '请它的所有者取消归档。读取照常；什么都没有改变。',
  },
  CreateMainBranch: {
    en: 'Make a branch main there (git push origin {first}:main); its default branch may stay as it is. Nothing was changed.',
    zh: '请在那里建立 main 分支（git push origin {first}:main）；它的默认分支可以不变。什么都没有改变。',
  },
  InstallGit: {
    en: 'Install Git {needed} or newer where the PATH of the server finds it.',
    zh: '请安装 Git {needed} 或更新的版本，并让服务器的 PATH 能找到它。',
  },
});
