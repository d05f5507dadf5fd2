import { actionTexts } from '../action-texts.ts';

/** What to do about errors that only those meet who call a server: the command line. */
export const commandLineActions = actionTexts({
  LogIn: {
    cli: {
      en: 'Log in once with `nautes login https://HOST:PORT`, or name it with -s or in API_SERVER.',
      zh: '请先登录一次：`nautes login https://HOST:PORT`，或用 -s 或 API_SERVER 指定。',
    },
  },
  LogInTo: {
    cli: {
      en: 'Log in once with `nautes login {server}`, or put the token into the environment variable GIT_TOKEN.',
      zh: '请先登录一次：`nautes login {server}`，或把令牌放入环境变量 GIT_TOKEN。',
    },
  },
  GiveServerAddress: {
    cli: {
      en: 'Give http:// or https://, the host and, where it is not the usual one, the port.',
      zh: '请给出 http:// 或 https://、主机，以及非默认的端口。',
    },
  },
  GivePemFile: {
    cli: {
      en: 'Give a PEM file; on the machine of the server `nautes ca` prints it.',
      zh: '请给出 PEM 文件；在服务器的机器上 `nautes ca` 可以输出它。',
    },
  },
  CheckServerRuns: {
    cli: { en: 'Check the address and that the server runs.', zh: '请检查地址，以及服务器是否在运行。' },
  },
  GiveServerAuthority: {
    cli: {
      en: 'Give its authority with --ca-file; on the machine of the server `nautes ca` prints it.',
      zh: '请用 --ca-file 给出其颁发机构；在服务器的机器上 `nautes ca` 可以输出它。',
    },
  },
  UseServerName: {
    cli: {
      en: 'Use a name that is in it, or add this one to tls.names of the server and start it again.',
      zh: '请使用证书中的名称，或把此名称加入服务器的 tls.names 后重启。',
    },
  },
  UseHttp: {
    cli: {
      en: 'If it is meant to be reached without, write http:// instead of https://.',
      zh: '如果本来就不加密，请写 http:// 而不是 https://。',
    },
  },
  GiveApiAddress: {
    cli: {
      en: 'Nothing was sent there. If that is where the API is, give that address.',
      zh: '没有向那里发送任何内容。如果 API 在那里，请给出那个地址。',
    },
  },
  CheckServerAddress: {
    cli: {
      en: 'Check that the address is that of a Nautes server and that no proxy answers in its place.',
      zh: '请检查该地址是否是 Nautes 服务器，是否有代理替它应答。',
    },
  },
  CompareVersions: {
    cli: {
      en: 'Compare the versions of server and command with `nautes version`, and check that no proxy changes replies.',
      zh: '请用 `nautes version` 比较服务器和命令行的版本，并检查是否有代理改动了应答。',
    },
  },
  LookBeforeRetry: {
    cli: {
      en: 'A change may have been made all the same: look, then try again.',
      zh: '改动也可能已经生效：请先查看再试。',
    },
  },
  ListContexts: {
    cli: {
      en: '`nautes config get-contexts` shows those that there are; `nautes login` makes one.',
      zh: '`nautes config get-contexts` 列出现有的；`nautes login` 可建立新的。',
    },
  },
  CorrectContextFile: { cli: { en: 'Correct it, or remove it and log in again.', zh: '请改正它，或删除后重新登录。' } },
  GiveToken: {
    cli: {
      en: 'Give the one line that `nautes token create` or your Git server printed.',
      zh: '请给出 `nautes token create` 或您的 Git 服务器输出的那一行。',
    },
  },
  RunTokenCommand: {
    cli: { en: 'Run it by hand; it has to print the token and nothing else.', zh: '请手工运行它；它应当只输出令牌。' },
  },
  CheckFile: { cli: { en: 'Check the path and the rights of the file.', zh: '请检查路径和文件的权限。' } },
  NameDocuments: {
    cli: {
      en: 'Files end in .yaml, .yml or .json when a directory is given; "-" is the standard input.',
      zh: '给出目录时，文件应以 .yaml、.yml 或 .json 结尾；“-”表示标准输入。',
    },
  },
  CorrectDocument: { cli: { en: 'Correct the file; nothing was sent.', zh: '请改正文件；没有发送任何内容。' } },
  ChooseKind: { cli: { en: 'The kinds are {known}.', zh: '类型有 {known}。' } },
  UseOwnKubeconfig: {
    cli: {
      en: 'Use the kubeconfig with which it was registered, or one from the operator of the cluster.',
      zh: '请使用注册时的 kubeconfig，或向集群的管理者索取。',
    },
  },
  WaitForVirtual: {
    cli: { en: 'Wait until it is ready: "nautes wait cluster NAME".', zh: '请等它就绪：“nautes wait cluster 名称”。' },
  },
  WriteSelector: {
    cli: {
      en: 'Write it as for kubectl, e.g. "usage=worker,type in (physical,virtual)".',
      zh: '请按 kubectl 的写法，例如“usage=worker,type in (physical,virtual)”。',
    },
  },
  WriteObjectNames: {
    cli: {
      en: 'Write "cluster NAME …" or "cluster/NAME …"; "-o name" prints the second.',
      zh: '请写成“cluster 名称 …”或“cluster/名称 …”；“-o name” 输出后一种形式。',
    },
  },
  LeaveKindsOut: {
    cli: {
      en: 'Nothing was sent. Leave these documents out, or use a server that serves them.',
      zh: '没有发送任何内容。请去掉这些文档，或使用提供它们的服务器。',
    },
  },
  NameProduct: {
    cli: {
      en: 'Name it with -p or in PRODUCT; in a document it stands in the spec.',
      zh: '请用 -p 或 PRODUCT 指定；文档中写在 spec 里。',
    },
  },
  UpdateServer: {
    cli: { en: 'Update the server to the version of this client.', zh: '请把服务器升级到此客户端的版本。' },
  },
  ReadFindings: {
    cli: { en: 'The findings above say why, and what to do about each.', zh: '上面列出了原因，以及每一项该怎么办。' },
  },
  CorrectJsonPath: {
    cli: { en: 'For example: -o jsonpath={example}', zh: '例如：-o jsonpath={example}' },
  },
  Confirm: { cli: { en: 'Answer it, or say yes beforehand with -y.', zh: '请回答问题，或事先用 -y 表示同意。' } },
  ConfirmChange: {
    cli: {
      en: 'Agree with --yes, or look at the change first with --dry-run=server.',
      zh: '请用 --yes 表示同意，或先用 --dry-run=server 查看更改。',
    },
  },
  NameKubeconfig: { cli: { en: 'Name one with --kubeconfig.', zh: '请用 --kubeconfig 指定。' } },
  ChooseContext: { cli: { en: 'It has: {known}.', zh: '其中有：{known}。' } },
  NameKubeconfigOrContext: {
    cli: {
      en: 'Give --kubeconfig FILE, or --context NAME for one of your own.',
      zh: '请给出 --kubeconfig FILE，或用 --context NAME 指定您自己的一个上下文。',
    },
  },
  CorrectSettingName: {
    cli: {
      en: 'Write COMPONENT.KEY=VALUE, e.g. gateway.httpNodePort=30080; the components are {known}.',
      zh: '请写成 组件.键=值，例如 gateway.httpNodePort=30080；组件有 {known}。',
    },
  },
  CompleteVirtualCluster: {
    cli: {
      en: 'Give its host with --host-cluster, and with --address https://HOST:PORT a free node port of that host.',
      zh: '请用 --host-cluster 给出宿主集群，用 --address https://HOST:PORT 给出该宿主集群上空闲的节点端口。',
    },
  },
  GiveOneCluster: {
    cli: {
      en: 'Give a file with one physical cluster without a kubeconfig of its own.',
      zh: '请给出只含一个物理集群、且其中没有 kubeconfig 的文件。',
    },
  },
  InstallKubectl: {
    cli: {
      en: 'Install kubectl, or make the token yourself: kubectl create token NAME --duration=1h.',
      zh: '请安装 kubectl，或自己创建令牌：kubectl create token NAME --duration=1h。',
    },
  },
  CheckKubectl: {
    cli: {
      en: 'Check that kubectl works with this context and that you may do this there.',
      zh: '请检查 kubectl 能否用这个上下文工作，以及您在那里是否有权这样做。',
    },
  },
  WaitAgain: {
    cli: {
      en: 'The server continues. `nautes wait {cluster}` waits again, `nautes describe cluster {cluster}` tells more.',
      zh: '服务器会继续处理。`nautes wait {cluster}` 可继续等待，`nautes describe cluster {cluster}` 显示详情。',
    },
  },
  ReadReceiptOf: {
    cli: {
      en: 'The receipt has the command for each of them: nautes receipt {cluster}.',
      zh: '回执中有移除每一个的命令：nautes receipt {cluster}。',
    },
  },
});
