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
    en: 'Look at the hooks and the rules of its branch (git.branch); its own words stand in the message.',
    zh: '请检查其钩子和该分支（git.branch）的规则；它自己的话就在消息里。',
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
    en: 'Allow the account of git.tokenFile to push in the rule of the branch (git.branch), or set git.pushAs to caller. Nothing was changed.',
    zh: '请在该分支（git.branch）的规则中允许 git.tokenFile 的账号推送，或把 git.pushAs 设为 caller。什么都没有改变。',
  },
  CorrectGitRemote: {
    en: 'Correct git.remote, or give the account of git.tokenFile or git.sshKeyFile access to the repository. Nothing was changed.',
    zh: '请改正 git.remote，或给 git.tokenFile 或 git.sshKeyFile 的账号访问该仓库的权限。什么都没有改变。',
  },
  FollowMovedRepo: {
    en: 'Set git.remote to its new address and start the server again. Nothing was changed.',
    zh: '请把 git.remote 设为新地址，然后重新启动服务器。什么都没有改变。',
  },
  UnarchiveConfigRepo: {
    en: 'Ask an owner of it to bring it back from the archive. It can still be read; nothing was changed.',
    zh: '请它的所有者取消归档。读取照常；什么都没有改变。',
  },
  RegisterSshKey: {
    en: 'It is not registered there, expired or revoked: add the public key (ssh-keygen -y -f KEYFILE prints it) to the account or, with write access, as a deploy key of the repository, or put another key into git.sshKeyFile, which is read at every use. Nothing was changed.',
    zh: '它没有在那里登记、已过期或已撤销：请把公钥（用 ssh-keygen -y -f KEYFILE 打印）加到账号上，或作为可写的部署密钥加到该仓库，或者把另一把密钥放入 git.sshKeyFile，每次使用时都会读取它。什么都没有改变。',
  },
  LetSshKeyWrite: {
    en: 'Give the deploy key write access (GitHub: “Allow write access”; GitLab: “Grant write permissions to this key”; Gitea: “Enable write access”; a key of an account: a role that may push). Nothing was changed.',
    zh: '请给部署密钥写权限（GitHub：“Allow write access”；GitLab：“Grant write permissions to this key”；Gitea：“Enable write access”；账号的密钥：给该账号可推送的角色）。什么都没有改变。',
  },
  CorrectSshKeyFile: {
    en: 'Put a private key as ssh-keygen writes it (ssh-keygen -t ed25519 -N "" -f KEYFILE) there; it is read at every use. Nothing was changed.',
    zh: '请在那里放入 ssh-keygen 所写的私钥（ssh-keygen -t ed25519 -N "" -f KEYFILE）；每次使用时都会读取它。什么都没有改变。',
  },
  RemoveSshPassphrase: {
    en: 'Make a key for this server alone (ssh-keygen -t ed25519 -N "" -f KEYFILE), or take the passphrase away (ssh-keygen -p -N "" -f KEYFILE). Nothing was changed.',
    zh: '请为本服务器单独生成一把密钥（ssh-keygen -t ed25519 -N "" -f KEYFILE），或去掉口令（ssh-keygen -p -N "" -f KEYFILE）。什么都没有改变。',
  },
  CloseSshKeyFile: {
    en: 'Let only its owner read it (chmod 600; for a Secret in a Pod defaultMode: 0400). Nothing was changed.',
    zh: '请只让其所有者读取它（chmod 600；Pod 中的 Secret 用 defaultMode: 0400）。什么都没有改变。',
  },
  AddHostKey: {
    en: 'Add its key (ssh-keyscan -p PORT HOST prints it), compared with the fingerprint that the operator of the Git server publishes, to git.knownHostsFile, which is read at every use. Nothing was changed.',
    zh: '请把它的主机密钥（用 ssh-keyscan -p PORT HOST 打印）与 Git 服务器运维方公布的指纹核对后，加入 git.knownHostsFile，每次使用时都会读取它。什么都没有改变。',
  },
  CheckHostKey: {
    en: 'Ask the operator of the Git server whether its host key was replaced. If so, replace its line in git.knownHostsFile; if not, another machine answers in its place. Nothing was changed.',
    zh: '请向 Git 服务器的运维方确认主机密钥是否已更换。若已更换，请替换 git.knownHostsFile 中的对应行；若没有，则是另一台机器在冒充它。什么都没有改变。',
  },
  AllowUnsignedCommits: {
    en: 'This server does not sign commits. Take the branch, or the account of this server, out of the rule; each commit names its author and the request. Nothing was changed.',
    zh: '本服务器不对提交签名。请把该分支或本服务器的账号排除在该规则之外；每个提交都写明作者和请求。什么都没有改变。',
  },
  UseMirroredRepo: {
    en: 'Set git.remote to the repository that is mirrored, or end the mirroring. It can still be read; nothing was changed.',
    zh: '请把 git.remote 设为被镜像的原仓库，或停止镜像。读取照常；什么都没有改变。',
  },
  InstallSsh: {
    en: 'Install the OpenSSH client where the PATH of the server finds it (Debian: openssh-client), or use an https remote.',
    zh: '请安装 OpenSSH 客户端（Debian：openssh-client），并让服务器的 PATH 能找到它，或改用 https 远端。',
  },
  NameUserOfServer: {
    en: 'Run the server as a user of its image (OpenShift: the SCC nonroot-v2 with runAsUser 65532), give the user an entry in /etc/passwd, or use an https remote.',
    zh: '请以镜像中已有的用户运行服务器（OpenShift：SCC nonroot-v2 并设 runAsUser 65532），在 /etc/passwd 中为该用户添加条目，或改用 https 远端。',
  },
  CreateMainBranch: {
    en: 'Set git.branch to the one that is meant, or make {branch} there (git push origin {first}:{branch}); its default branch may stay as it is. Nothing was changed.',
    zh: '请把 git.branch 设为要用的分支，或在那里建立 {branch}（git push origin {first}:{branch}）；它的默认分支可以不变。什么都没有改变。',
  },
  InstallGit: {
    en: 'Install Git {needed} or newer where the PATH of the server finds it.',
    zh: '请安装 Git {needed} 或更新的版本，并让服务器的 PATH 能找到它。',
  },
});
