import type { OutputTexts } from './texts.ts';

const RECEIPT_OUTCOMES: Readonly<Record<string, string>> = {
  Complete: '已全部清除',
  Incomplete: '已注销，但集群上还有残留',
};

/** Chinese texts of output and messages. */
export const chineseOutput: OutputTexts = {
  warning: '警告：',
  colon: '：',
  sentenceGap: '。',
  sentenceSpace: '',
  unexpected: '意外的错误',
  requestId: '请求编号',
  violationHeads: ['位置', '问题'],
  retryAfter: (seconds) => `可在 ${seconds} 秒后重试。`,
  tokenInArguments:
    '命令行上的令牌会出现在进程列表中被别人看到，也会留在 shell 历史里；请改用 GIT_TOKEN 或 `nautes login`',

  usageErrors: {
    unknownOption: (option) => `没有选项 ${option}`,
    unknownCommand: (command) => `没有命令 ${command}`,
    missingArgument: (argument) => `缺少参数 ${argument}`,
    optionWithoutValue: (option) => `选项 ${option} 需要一个值`,
    missingOption: (option) => `缺少选项 ${option}`,
    excessArguments: '参数太多',
    invalidValue: (value, where, expected) =>
      `${value} 不能作为 ${where} 的值${expected === '' ? '' : `：${expected}`}`,
    conflict: '两个选项互相排斥',
    suggestion: (name) => `是不是想用 ${name}？`,
    oneOf: (values) => `应为 ${values} 之一`,
  },
  durationExpected: '应为时长，例如 90s、10m 或 1h30m，最多 24h',
  countExpected: (from, to) => `应为 ${from} 到 ${to} 之间的数`,

  saved: '已保存',
  unchanged: '没有变化',
  deleted: '已删除',
  notThere: '不存在',
  isReady: '已就绪',
  forced: '强制',
  wouldBeSent: '将会发送（客户端试运行）',
  wouldBeRegistered: '将会注册（试运行）',
  moreFields: (count: number) => `……另有 ${count} 个字段`,
  wouldBeChanged: '将会修改（试运行）',
  notPlanned: (reference) => `${reference}：只有集群可以预览，已跳过`,
  kustomizationSkipped: (place) => `跳过 ${place}：kustomization 不是 Nautes 的文档`,
  unknownKeys: (place, keys) => `${place}：不认识、因而没有发送的键：${keys}`,
  rotationAskedFor: '将换新凭据',
  isPaused: (until) => (until === '' ? '已暂停' : `已暂停，至 ${until}`),
  isResumed: '已恢复',
  endExpected: '将来的时间，例如 30m、2h、1d 或 2026-12-01T08:00Z',
  phasePaused: (phase) => `${phase}（已暂停）`,
  pausedBy: (by, since, until, reason) =>
    [by && `由 ${by}`, since && `自 ${since}`, until && `至 ${until}`, reason].filter(Boolean).join('，') || '是',
  isBeingChecked: '正在检查',
  namesOrAll: '请给出集群名称，或使用 -f、-l、--field-selector 或 --all',
  kindOrFiles: '请给出类型，例如 clusters，或使用 -f',
  namesOrFiles: '请给出要删除的对象的名称，或使用 -f',
  readsFromHost: (name, host, context) => `在宿主集群 ${host}（上下文 ${context}）读取 ${name} 的 kubeconfig`,
  followHint: (name) => `服务器正在执行：nautes wait ${name}`,
  receiptHint: (name) => `服务器正在清除：nautes logs -f ${name}；结束后：nautes receipt ${name}`,
  entryPoints: (addresses) => `其网关地址：${addresses}`,
  wouldBeDeleted: '将会删除（试运行）',
  plannedObjects: (count) => `${count} 个对象`,
  plannedLosses: (count) => `用户会失去（${count}）：`,
  plannedLeft: (count) => `保留在集群上（${count}）：`,
  lostInstance: (definition) => `${definition} 的实例`,
  lostContent: (namespace) => `位于 namespace ${namespace}`,
  losesNothing: '没有发现用户创建的内容',
  andMore: (count) => `… 另有 ${count} 项`,
  someNotDeleted: (deleted, total, names) => `${total} 个中已删除 ${deleted} 个；未删除：${names}`,
  changeHead: (name) => `cluster/${name} 已经登记。将会更改以下内容，其余保持原样：`,
  credentialKept: '凭据不变',
  credentialReplaced: '凭据替换为 kubeconfig 中的凭据',
  changeQuestion: (name, server) => `要更改 ${server} 上的集群 ${name} 吗？[y/N]`,
  addressStays: (registered, named) =>
    `已登记的地址 ${registered} 保持不变，而 kubeconfig 中是 ${named}；可以用 --address 更改`,
  loginAt: (name, url, user) => (user === '' ? `${name} 的地址是 ${url}` : `${name} 的地址是 ${url}，用户 ${user}`),
  loginWithoutAddress: (name, user) =>
    user === '' ? `${name} 没有自己的地址` : `${name} 没有自己的地址，用户 ${user}`,
  loginPassword: '初始密码：',
  loginForward: (url) => `如果无法访问，以下命令使它在 ${url} 上可用：`,
  headLogins: '登录',
  headPublished: '发布',
  notDeleted: (kind, name) => `${kind} ${name} 保持原样。`,
  deleteQuestion: (kind, name, server, isOneOfSeveral) =>
    `从 ${server} 删除 ${kind} ${name}？[y/N${isOneOfSeveral ? '，a 表示全部' : ''}]`,

  interruptHint: (goal) =>
    goal === 'deleted' ? 'Ctrl-C 只结束观看，清除会继续进行。' : 'Ctrl-C 只结束观看，服务器会继续进行。',
  goesOn: (cluster, goal) =>
    goal === 'deleted'
      ? `${cluster} 的清除会继续进行：nautes logs -f ${cluster}；结束后：nautes receipt ${cluster}`
      : `服务器会继续处理 ${cluster}：nautes wait ${cluster}；要清除它：nautes delete cluster ${cluster}`,
  serverAway: '服务器暂时没有应答，正在重试。',
  serverTriesOn: '服务器会继续尝试。',
  changedMeanwhile: (cluster) => `${cluster} 在此期间又被改动；现在等待目前注册的内容。`,
  waitsForController: '等待处理',
  beingTakenAway: '正在移除已安装的内容',
  componentsOf: (ready, total) => `${total} 个组件中 ${ready} 个就绪`,
  componentsReady: (count) => `${count} 个组件已就绪`,

  accountNeeded: (context, program) =>
    program === ''
      ? `将用 kubectl 和您的权限，在上下文 ${context} 的集群上为服务器创建一个账号：`
      : `上下文 ${context} 的凭据来自程序 ${program}，它只能在这里运行。因此将用 kubectl 和您的权限，在集群上为服务器创建一个账号：`,
  accountBounds: (minutes) => `其令牌 ${minutes} 分钟后自动失效。服务器一旦有了自己的账号，以上内容就全部移除。`,
  accountQuestion: '创建吗？[y/N]',
  waitsForOwnAccount: '正在等待服务器建立自己的账号……',
  accountRemoved: (name) => `账号 ${name} 已移除。`,
  accountNotRemoved: (name) => `账号 ${name} 未能移除。`,
  accountKept: (name) => `服务器还没有自己的账号，因此 ${name} 仍在集群上。其令牌一小时内失效；移除它的命令：`,

  clusterHeads: ['名称', '阶段', '类型', '版本', '就绪', '时长', '检查于', ''],
  noClusters: '还没有集群。`nautes cluster add NAME --kubeconfig FILE` 可注册一个。',
  headConditions: '状况',
  headComponents: '组件',
  headEvents: '事件',
  notRequired: '不要求',
  conditionHeads: ['类型', '状态', '原因', '说明'],
  publishedHeads: ['名称', '原因', '始于', '说明'],
  componentHeads: ['名称', '版本', '命名空间', '阶段', '对象', '说明'],
  eventHeads: ['时间', '类型', '原因', '对象', '说明'],
  noEvents: '没有事件。',
  factKind: '类型',
  factServer: 'API server',
  factHost: '宿主集群',
  factDomain: '域名',
  factCredential: '凭据',
  factEntryPoints: '入口',
  factPaused: '暂停',
  factRegistered: '注册时间',
  factChecked: '上次检查',
  factCommit: '最近改动',
  factIncarnation: '注册编号',
  credentialUntil: (end, since) =>
    since === '' ? `有效期至 ${end}` : `自 ${since} 起使用我们自己的凭据，有效期至 ${end}`,
  catalogHeads: ['名称', '类别', '版本', '命名空间', '说明'],
  historyHeads: ['时间', '作者', '操作', '提交', '说明'],
  catalogHeadsWide: ['名称', '类别', '版本', '命名空间', '来源'],
  catalogNote: '* 表示集群没有指定该类别的组件时采用它。',

  receiptOutcome: (outcome) => RECEIPT_OUTCOMES[outcome] ?? outcome,
  receiptAskedBy: '请求者',
  receiptEnded: '结束于',
  receiptRemoved: '已移除',
  receiptLeft: (count) => `有意保留（${count}）：`,
  receiptMore: (count, cluster) => `……还有 ${count} 个：nautes receipt ${cluster}`,
  receiptLost: (count) => `用户建立、随之删除的内容（${count}）：`,
  receiptRemaining: (count) => `未能移除（${count}），可用下面的命令移除：`,

  tokenQuestion: (server) => `${server} 的令牌（不显示）：`,
  loggedIn: (name, role, server, context) => `已登录 ${server}，身份 ${name}（${role}）；当前上下文为 ${context}。`,
  readerOnly: '此令牌只能查看。保存和删除需要角色为 maintainer 的令牌。',
  plainHttp: '连接没有加密：令牌在途中可被读取；请给服务器配置 HTTPS（tls: auto）',
  contextHeads: ['当前', '名称', '服务器', '令牌'],
  noContexts: '还没有上下文。`nautes login https://HOST:PORT` 可建立一个。',
  tokenStored: '已保存',
  contextInUse: (name) => `当前上下文为 ${name}。`,
  contextDeleted: (name) => `上下文 ${name} 已删除。`,
  clientVersion: '客户端',
  serverVersion: '服务器',
  installation: '安装',
  notInBundle: (command) => `\`nautes ${command}\` 属于服务器，不在此客户端中。它随服务器提供：镜像，或项目的源码。`,

  storage: {
    outcome: (outcome, installation, from, to) => {
      if (outcome === 'planned') return `安装 ${installation} 将从 ${from} 迁到 ${to}（试运行）：`;
      if (outcome === 'thereAlready') return `安装 ${installation} 已在 ${to}，未做任何事。`;
      if (outcome === 'takenBack') return `已放弃未完成的迁移：${to} 照旧使用。`;
      return `安装 ${installation} 现在位于 ${to}。复制的内容已读回核对，一致：`;
    },
    heads: ['内容', '数量', '已复制', '已删除', 'SHA-256'],
    part: (part) =>
      ({ mark: '标记', sealingKey: '封存密钥', tokens: '令牌', credentials: '凭据', resources: '资源' })[part] ?? part,
    within: (events, receipts) => `其中有 ${events} 个事件、${receipts} 份回执`,
    notCopied: (cluster, problem) => `未复制，${cluster} 的凭据：${problem}`,
    next: (storage, from) =>
      `现在请把 storage 设为 ${storage} 并启动服务器。${from} 中的内容原样保留，但服务器不会在其上启动。`,
  },

  doctor: {
    server: '服务器',
    token: '令牌',
    installation: '安装',
    clusters: '集群',
    serverReady: (server) => `${server} 已就绪`,
    serverNotReady: (server) => `${server} 有应答但未就绪：见其各部分`,
    tlsOk: '证书可信',
    tlsLocal: '无，就在本机',
    tlsMissing: '无：途中任何人都能读到令牌',
    tlsRemedy: '给服务器配置证书：配置中写 tls: auto。',
    tokenOf: (name, role, version) => `${name}，${role}；服务器版本 ${version}`,
    serverOlder: '服务器比此客户端旧，不能说明令牌属于谁',
    clusterWorks: (phase, version) => `${phase}，Kubernetes ${version}`,
    noClusters: '还没有注册',
    credentialEnds: (phase, end) => `${phase}，但我们的凭据到 ${end} 失效且没有更新`,
    credentialRemedy: (name) => `nautes rotate ${name}`,
    states: { ok: '正常', failed: '不可用', off: '不在此进程中' },
    parts: {
      config_repository: {
        name: 'Git',
        degraded: '可以读取；访问不到远程仓库',
        remedy:
          '配置了远程仓库时请检查 git.remote 及其令牌，否则请检查数据目录的权限和空间；详情见服务器日志。恢复之前不能保存。',
      },
      secret_store: { name: '密钥存储', degraded: '部分正常', remedy: '请检查数据目录的权限和空间，以及服务器日志。' },
      status_store: { name: '状态存储', degraded: '部分正常', remedy: '请检查数据目录的权限和空间，以及服务器日志。' },
      token_store: {
        name: '令牌存储',
        degraded: '可以读取；不能创建令牌',
        remedy: '请检查数据目录的权限和空间，以及服务器日志。',
      },
      controllers: { name: '控制器', degraded: '部分正常', remedy: '请重新启动服务器；停止的原因见其日志。' },
      helm: {
        name: 'helm',
        degraded: '没有找到',
        remedy: '请在服务器上安装 helm，或在 helm.path 中指定：以 chart 提供的组件在等它。',
      },
      disk: { name: '磁盘', degraded: '快满了', remedy: '数据目录剩余不到 512 MiB：请腾出空间。' },
    },
  },
  linkWorksOnce: '链接五分钟内有效，只能使用一次。',
  doctorSummary: (failed, warned) =>
    failed + warned === 0 ? '一切正常。' : `${failed} 项失败，${warned} 项需要留意。`,
};
