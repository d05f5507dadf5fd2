import { actionTexts } from '../action-texts.ts';

/** What to do about errors of the server itself: its start, who calls, the Git host that knows the callers, what they send. */
export const serverActions = actionTexts({
  CheckHeldBack: {
    api: {
      en: 'Look in the logs of the server and of its host why it ended (killed, out of memory). To have the cluster tried at once, send POST /api/v1/clusters/{name}/sync.',
      zh: '请在服务器及其主机的日志中查看服务器结束的原因（被终止、内存不足）。要立即尝试该集群，请发送 POST /api/v1/clusters/{name}/sync。',
    },
    cli: {
      en: 'Look in the logs of the server and of its host why it ended (killed, out of memory). To have the cluster tried at once, run: nautes cluster sync {name}',
      zh: '请在服务器及其主机的日志中查看服务器结束的原因（被终止、内存不足）。要立即尝试该集群，请运行：nautes cluster sync {name}',
    },
    console: {
      en: 'Look in the logs of the server and of its host why it ended (killed, out of memory). To have the cluster tried at once, choose "Look now".',
      zh: '请在服务器及其主机的日志中查看服务器结束的原因（被终止、内存不足）。要立即尝试该集群，请选择“立即查看”。',
    },
  },
  UseGitLabUserToken: {
    en: 'Use a personal, project or group access token, or an OAuth token.',
    zh: '请使用个人、项目或群组的访问令牌，或 OAuth 令牌。',
  },
  CreateGitLabToken: {
    en: 'Use a personal, project or group access token, or an OAuth token with the scope api, or with read_api and write_repository.',
    zh: '请使用个人、项目或群组的访问令牌，或 OAuth 令牌，范围为 api，或 read_api 加 write_repository。',
  },
  RenewGitLabToken: { en: 'Make a new one in GitLab.', zh: '请在 GitLab 新建一个。' },
  CreateGiteaToken: {
    en: 'Make one in Gitea with the scopes read:user and read:repository, or write:repository to change something.',
    zh: '请在 Gitea 新建一个，范围为 read:user 和 read:repository；要更改，则为 write:repository。',
  },
  ReportRequestId: {
    en: 'Look for the request id in the server log and report it.',
    zh: '请在服务器日志中查找请求编号并上报。',
  },
  TryAgainWhenBack: { en: 'Try again when it is back.', zh: '等它恢复后再试。' },
  UseOwnPageOrToken: {
    en: 'Programs send a token in `Authorization`; pages of the console send `X-Nautes-Console: 1` from their own host and port.',
    zh: '程序请在 `Authorization` 中发送令牌；控制台的页面须从自己的主机和端口发送 `X-Nautes-Console: 1`。',
  },
  ReadHistory: {
    en: 'Take a commit of the history of the cluster.',
    zh: '请使用集群历史中的提交。',
  },
  RevokeThere: { en: 'Revoke tokens there.', zh: '请在那里吊销令牌。' },
  LogInOnceMore: {
    en: 'Begin the login again, in the same browser and within ten minutes.',
    zh: '请在同一浏览器中重新登录，并在十分钟内完成。',
  },
  CorrectConfiguration: {
    cli: {
      en: 'Correct the key named; `nautes server --print-config` shows what is in force.',
      zh: '请改正所指出的键；`nautes server --print-config` 显示生效的配置。',
    },
  },
  CheckAuthorityDirectory: {
    cli: {
      en: 'A server with `tls: auto` makes it at its first start; check --data-dir.',
      zh: '使用 `tls: auto` 的服务器首次启动时会建立它；请检查 --data-dir。',
    },
  },
  ChooseSandboxDirectory: {
    cli: { en: 'Name a directory of your own with --dir.', zh: '请用 --dir 指定一个自己的目录。' },
  },
  StopOtherServer: {
    cli: {
      en: 'Stop that server first or give this one another --data-dir.',
      zh: '请先停止那个服务器，或给这一个指定别的 --data-dir。',
    },
  },
  ChooseDataDirectory: {
    en: 'Give a directory on a local file system that this user may write to.',
    zh: '请指定本地文件系统上当前用户可写的目录。',
  },
  RestoreInstallation: {
    en: 'Bring the file back from a backup of the data directory, or write it as JSON with the members "id" and "createdAt", the id being what the label cluster.nautes.io/installation says on the clusters. With another id this server would take its own clusters for those of another installation.',
    zh: '请从数据目录的备份中恢复该文件，或写入含 "id" 和 "createdAt" 两个成员的 JSON，其中 id 是各集群上标签 cluster.nautes.io/installation 的值。换成别的 id，本服务器会把自己的集群当成另一个安装的集群。',
  },
  LogInAgain: {
    api: {
      en: 'Send "Authorization: Bearer <token>" with a valid token: one of GitLab or Gitea where the server is configured for that, else one that `nautes token create` has made.',
      zh: '请以 "Authorization: Bearer <token>" 发送有效的令牌：服务器配置为使用 GitLab 或 Gitea 时用它们的令牌，否则用 `nautes token create` 创建的令牌。',
    },
    cli: {
      en: 'Log in again: nautes login, or put a valid token into GIT_TOKEN; `nautes token create` makes one.',
      zh: '请重新登录：nautes login，或把有效的令牌放入 GIT_TOKEN；`nautes token create` 可创建令牌。',
    },
    console: { en: 'Log in again with a valid token.', zh: '请用有效的令牌重新登录。' },
  },
  AskForRight: { en: 'This needs {needed:message}; {grant:message}.', zh: '需要{needed:message}；{grant:message}。' },
  AskForNewToken: {
    en: 'Ask for a new one; `nautes token create` makes it.',
    zh: '请索取新的；`nautes token create` 可创建。',
  },
  ChooseTokenName: {
    en: 'Use lower case letters, digits, "-" and ".", beginning and ending with a letter or digit.',
    zh: '请使用小写字母、数字、“-”和“.”，以字母或数字开头和结尾。',
  },
  ChooseOtherTokenName: { en: 'Take another name or revoke that token first.', zh: '请换一个名称，或先作废那个令牌。' },
  CorrectTokenRequest: {
    en: 'Give a role (reader or maintainer), a plain email address and an end that lies ahead.',
    zh: '请给出角色（reader 或 maintainer）、普通的邮箱地址和将来的失效时间。',
  },
  ListTokens: { cli: { en: '`nautes token list` shows the names.', zh: '`nautes token list` 列出所有名称。' } },
  OwnDataDirectory: {
    en: 'Find out who wrote it. If its content is right: chown -R it to the user that runs Nautes, and chmod -R go-w.',
    zh: '请查明是谁写的。若内容无误：用 chown -R 把它交给运行 Nautes 的用户，再执行 chmod -R go-w。',
  },
  CheckDataDirectoryOwner: {
    en: 'Look whether the data directory is there and belongs to the user that runs Nautes.',
    zh: '请检查数据目录是否存在，并属于运行 Nautes 的用户。',
  },
  UnblockAccount: {
    en: 'Ask an administrator of {host} to unblock the account, or use the token of another one.',
    zh: '请 {host} 的管理员解除限制，或使用另一个账号的令牌。',
  },
  ReturnWithValidToken: {
    api: {
      en: 'Come back after the time in Retry-After with a valid token; tokens that were accepted lately keep working.',
      zh: '请在 Retry-After 的时间之后带有效的令牌再来；最近被接受过的令牌照常可用。',
    },
    cli: {
      en: 'Try again later with a valid token; tokens that were accepted lately keep working.',
      zh: '请稍后带有效的令牌再试；最近被接受过的令牌照常可用。',
    },
    console: {
      en: 'Try again later with a valid token; tokens that were accepted lately keep working.',
      zh: '请稍后带有效的令牌再试；最近被接受过的令牌照常可用。',
    },
  },
  CheckGitHost: {
    en: 'Nothing was changed; try again in a while. If it stays so, check identity.url, the network and {host}.',
    zh: '什么都没有改变；请过一会儿再试。如果一直如此，请检查 identity.url、网络和 {host}。',
  },
  RaiseRequestBudget: {
    api: {
      en: 'Nothing was changed; try again after the time in Retry-After, or raise identity.requestsPerMinute.',
      zh: '什么都没有改变；请在 Retry-After 的时间之后再试，或调高 identity.requestsPerMinute。',
    },
    cli: {
      en: 'Nothing was changed; try again later, or raise identity.requestsPerMinute of the server.',
      zh: '什么都没有改变；请稍后再试，或调高服务器的 identity.requestsPerMinute。',
    },
    console: {
      en: 'Nothing was changed; try again later, or raise identity.requestsPerMinute of the server.',
      zh: '什么都没有改变；请稍后再试，或调高服务器的 identity.requestsPerMinute。',
    },
  },
  CorrectGitHostAddress: {
    en: 'The address or the project has moved: correct identity.url and identity.project.',
    zh: '地址或项目已经迁移：请改正 identity.url 和 identity.project。',
  },
  CheckGitHostAddress: {
    en: 'Check that identity.url is the address of {host} itself, and its version.',
    zh: '请检查 identity.url 是否就是 {host} 本身的地址，以及它的版本。',
  },
  CorrectRequest: {
    api: {
      en: 'Correct what the message names and send the request again.',
      zh: '请改正消息所指出的内容，然后重新发送请求。',
    },
    cli: { en: 'Correct what the message names and try again.', zh: '请改正所指出的内容后再试。' },
    console: { en: 'Correct what the message names and try again.', zh: '请改正所指出的内容后再试。' },
  },
  CorrectFields: { en: 'Correct the fields that are named.', zh: '请改正所指出的字段。' },
  SendOneContext: {
    en: 'Send a kubeconfig with the one context that is needed.',
    zh: '请只发送需要的那一个上下文的 kubeconfig。',
  },
  SeeServedKinds: {
    api: {
      en: 'Nothing was changed. `GET /openapi.json` lists what is served.',
      zh: '没有做任何更改。`GET /openapi.json` 列出所提供的内容。',
    },
    cli: {
      en: 'Nothing was changed. Use a server that serves this kind.',
      zh: '没有做任何更改。请使用提供该类型的服务器。',
    },
    console: {
      en: 'Nothing was changed. Use a server that serves this kind.',
      zh: '没有做任何更改。请使用提供该类型的服务器。',
    },
  },
  SetWebhookSecret: {
    en: 'Give the hook in GitLab (secret token) or Gitea (secret) the content of the file webhooks.secretFile.',
    zh: '请把文件 webhooks.secretFile 的内容填入 GitLab（Secret token）或 Gitea（Secret）的 webhook。',
  },
  AskControllers: {
    en: 'A server whose role is `all` does that.',
    zh: '角色为 `all` 的服务器可以执行。',
  },
  AwaitReceipt: {
    en: 'A receipt is there once a deleted cluster is off; see the events of the cluster.',
    zh: '集群清除完毕后才有回执；进展见它的事件。',
  },
  CloseStreams: {
    api: {
      en: 'Close some or ask for pages with "Accept: application/json".',
      zh: '请关闭一些，或以 "Accept: application/json" 按页读取。',
    },
    cli: { en: 'Close some and try again.', zh: '请关闭一些后再试。' },
    console: { en: 'Close some windows that show events and try again.', zh: '请关闭一些显示事件的窗口后再试。' },
  },
  LookThenRetry: {
    en: 'Look at the cluster, then try again: a change may or may not have been made.',
    zh: '请先查看集群再试：改动可能已经生效，也可能没有。',
  },
});
