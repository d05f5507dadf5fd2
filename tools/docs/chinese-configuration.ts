/** What each key of the configuration means, in Chinese; in English it stands in the schema of the configuration. */

const authorities = (whose: string): string =>
  `${whose}的证书颁发机构，在 Node 和系统信任的之外：含有证书（PEM）的文件名，或证书文本本身。`;

const proxy = (whose: string): string => `${whose.trim()}的代理：其 URL，或 none；为空则按 proxies.url。`;

export const chineseDescriptions: Readonly<Record<string, string>> = {
  dataDirectory: '存放所有数据的目录。同时只能由一个进程使用。',
  listen: 'API 的地址和端口，HOST:PORT。',
  role: '本进程运行哪些部分。',
  'tls.mode':
    'HTTPS：auto 创建一次证书颁发机构并由它签发证书（`nautes ca` 会打印该机构的证书）；files 使用下面两个文件。`tls: auto` 是此键的简写。',
  'tls.certificateFile': 'files 模式的证书链（PEM）。',
  'tls.keyFile': '其私钥（PEM），用于 files 模式。',
  'tls.names': 'auto 模式下证书中的其他主机名和地址。',
  namespace: '写入集群文件的命名空间。',
  'log.level': '记录日志的最低级别。',
  'log.format': 'json：每行一个对象，供日志系统使用；plain：供人阅读的行；auto：在终端上为 plain，其他情况为 json。',
  'console.enabled': '是否在 /console 提供网页控制台。',
  'metrics.listen':
    '供没有令牌的采集器使用的指标的地址和端口，HOST:PORT（明文 HTTP，GET /metrics）；为空则只有 API 提供指标，且需要只读权限。',
  storage:
    '状态、事件、清单和下线记录存放在哪里：embedded 存放在数据目录中；kubernetes 作为管理集群的对象存放（需要 management.kubeconfig 或 management.inCluster）。',
  'management.kubeconfig': '管理集群的 kubeconfig：内含凭据的文件；服务器运行期间会重新读取它。',
  'replicas.name':
    '本进程在 storage 为 kubernetes 的各副本中的名称；为空时取其 Pod 的名称（POD_NAME），否则取本机名称。',
  'management.inCluster': '管理集群是否就是本服务器作为 Pod 运行所在的集群。',
  'management.cluster': '作为管理集群的已注册集群的名称；可在那里发布，但不能存放状态。',
  'management.serviceAccountDirectory': '含有 ServiceAccount 的 token 和 ca.crt 的目录，用于 management.inCluster。',
  'management.namespace': '本安装在管理集群中保存的对象所在的命名空间。',
  'management.former': '以前的管理集群的 kubeconfig：撤回在那里发布过的内容。已注册的集群不必列出。',
  'management.publish.when':
    '集群何时首次发布：就绪之后（Ready），或一旦可达且本服务器在那里有了自己的账户（Reachable）。',
  'management.publish.argocd.enabled': '是否为每个集群建立一个 Argo CD 集群 Secret，并配一个专用账户。',
  'management.publish.argocd.namespace': 'Argo CD 的命名空间。',
  'management.publish.argocd.tokenSeconds':
    '为 Argo CD 在各集群上的令牌请求的有效期；每次续期都会使 Argo CD 重新列出该集群的全部内容。',
  'management.publish.clusterProfiles.namespaces':
    '在其中每个命名空间里，每个集群都有一个 ClusterProfile；各使用者读取自己的命名空间。为空则没有。切勿写 Argo CD 的命名空间，否则另一个控制器会由它再建一个集群 Secret。',
  'management.publish.clusterProfiles.manager':
    'ClusterProfile 中集群管理者的名称；不会改动其他管理者的 ClusterProfile。',
  'management.publish.clusterProfiles.credentials':
    '是否在每个 ClusterProfile 旁边放一个供参考插件读取的 Secret，并配一个专用账户。',
  'management.publish.clusterProfiles.tokenSeconds': '为这些 Secret 中的令牌请求的有效期。',
  'management.publish.clusterObject.mode':
    '每个集群在那里是否是一个 Cluster 对象：object 由本服务器建立；status 只写其他程序依据仓库建立的对象的 status。',
  'management.publish.clusterObject.namespace': 'Cluster 对象的命名空间。',
  'management.publish.kubeconfigSecret.namespace':
    '每个集群在其中有一个 Cluster API 形式的 kubeconfig Secret 的命名空间，并配一个专用账户；为空则没有。',
  'management.publish.kubeconfigSecret.tokenSeconds': '为这些 Secret 中的令牌请求的有效期。',
  'git.remote': 'Git 远端的 URL，每次改动在应答之前都先推送到那里；为空则没有远端。',
  'git.username': 'https 远端的用户名。',
  'git.tokenFile': '含有 https 远端令牌的文件。',
  'git.caFile': authorities('https 远端'),
  'git.branch': '远端中起作用的分支；内嵌仓库使用 main。',
  'git.sshKeyFile': 'SSH 远端的私钥文件（不带口令）；每次使用时读取，只会出示这一把密钥。',
  'git.knownHostsFile': '含有 SSH 远端主机密钥的文件，格式与 ssh-keyscan 的输出相同；拒绝出示其他密钥的主机。',
  'git.pollSeconds': '每隔多久查询一次远端上别人的提交。',
  'git.operationsPerMinute': '任意一分钟内对 https 或 ssh 远端的获取和推送次数，均匀分布；其间到来的改动一起推送。',
  'git.pushAs':
    '用谁的令牌推送改动：本服务器的，或每个调用者自己的（仅在 identity.provider 为 gitlab 或 gitea 时；此时一批只有一个调用者）。作者总是调用者。',
  'git.committerName': '所有提交的提交者。',
  'git.committerEmail': '提交者的邮箱地址。',
  'proxies.url':
    '所有 HTTP 连接的代理：不含用户名的 URL，或 none；为空则取环境变量 HTTPS_PROXY、HTTP_PROXY 或 ALL_PROXY。环回地址始终直接访问。',
  'proxies.exceptions':
    '不经代理访问的目标：名称（包括其下的所有名称）、.后缀、地址、网络（CIDR），可带端口；为空则取环境变量 NO_PROXY。',
  'proxies.kubeconfigs':
    'kubeconfig 可以指定（proxy-url）的代理，以不含用户名的 URL 列出：此后总是通过它访问该集群，与其他配置无关。',
  'proxies.credentialsFile': '含有本节所列代理的 user:password 的文件；启动时读取。',
  'proxies.git': proxy(' https 远端'),
  'proxies.identity': proxy(' GitLab 或 Gitea '),
  'proxies.vault': proxy(' Vault '),
  'proxies.catalog': proxy('组件来源'),
  'proxies.clusters': proxy('集群'),
  'proxies.management': proxy('管理集群'),
  'identity.provider':
    '身份来源：local 使用 `nautes token create` 创建的令牌；gitlab 和 gitea 使用其用户的令牌，可以推送到项目 main 分支的用户在这里有写权限。',
  'identity.url': 'GitLab 或 Gitea 的地址；为空则为 git.remote 的源（origin）。',
  'identity.project':
    '其成员可以调用的项目：完整路径，GitLab 也可用 id（改名后仍然有效）；为空则为 git.remote 的路径。',
  'identity.caFile': authorities('GitLab 或 Gitea（为空则用 git.caFile）'),
  'identity.tokenFile':
    '本服务器自己的令牌的文件，用它读取项目的规则和成员，以便说明拒绝的原因；为空则用 git.tokenFile。',
  'identity.cacheSeconds': '令牌的所有者及其读权限缓存多久；写权限从不缓存。',
  'identity.oauthClientId': '人们登录 Web 控制台所用的 GitLab 或 Gitea OAuth 应用的 ID；为空：使用令牌登录。',
  'identity.oauthClientSecretFile': '该应用密钥所在的文件；为空：它是公开应用。',
  'identity.requestsPerMinute': '任意一分钟内对 GitLab 或 Gitea 的请求数。',
  'clients.trustedProxies': '本服务器前面的代理的地址和网段（CIDR）；客户端的地址取自它们发送的 X-Forwarded-For。',
  'clients.failedTokensPerMinute':
    '一个地址可以尝试的不同的未知令牌数；超过则应答 429。最近一小时内被接受过的令牌不受影响。',
  'clients.failedTokensPerMinuteTotal': '所有地址合计的同一限制；超过时，最近失败过的地址会被减速。',
  'webhooks.secretFile': '推送 webhook（POST /api/v1/webhooks/gitlab 和 …/gitea）的密钥文件；为空则不提供 webhook。',
  'secrets.store':
    '集群凭据的密钥存储：封存在 storage 中（数据目录中的文件；storage 为 kubernetes 时是 Secret），或 Vault、OpenBao。',
  'secrets.keyFile':
    '封存密钥的文件。默认：数据目录中的 sealing.key，首次启动时创建；storage 为 kubernetes 时是 Secret nautes-sealing-key，由第一个服务器创建。',
  'secrets.vault.address': '本服务器访问 Vault 或 OpenBao 的地址：https，或回环地址上的 http。',
  'secrets.vault.peers': '它的其他节点的地址：备用节点只能重定向到这些地址。',
  'secrets.vault.namespace': '它的命名空间（Enterprise、HCP、OpenBao）；为空则为根命名空间。',
  'secrets.vault.caFile': authorities('Vault '),
  'secrets.vault.mount': 'KV 第 2 版引擎，存放每个集群的 kubeconfig，供部署工具使用。',
  'secrets.vault.ownMount': '只有本服务器读取的 KV 第 2 版引擎：暂存的凭据。',
  'secrets.vault.auth.method': '服务器如何登录。',
  'secrets.vault.auth.mount': '认证方法的路径。默认为方法的名称。',
  'secrets.vault.auth.role': '角色，用于 kubernetes 和 jwt。',
  'secrets.vault.auth.roleId': '角色 id，用于 approle。',
  'secrets.vault.auth.secretIdFile': '含有 secret id 的文件，用于 approle。',
  'secrets.vault.auth.jwtFile': '含有登录令牌的文件，用于 jwt 和 kubernetes；kubernetes 有默认值：pod 的令牌。',
  'secrets.vault.auth.tokenFile': '含有令牌的文件，用于 token。以上文件在每次登录时重新读取。',
  'catalog.files': '扩展内置目录的组件目录文件。',
  'catalog.mirror': '所有远程组件来源的副本所在的目录或 https URL，路径为 <host>/<path>；为空则没有镜像。',
  'catalog.caFile': authorities('组件来源'),
  'helm.path': 'helm 程序；为空则用 `make setup` 安装的，否则用 PATH 中的。',
  'vault.address': '集群的工作负载访问 Vault 或 OpenBao 的地址，供 agent injector 使用。默认：secrets.vault.address。',
  'vault.workloadAuth':
    '服务器是否让每个 worker 集群的工作负载登录 secrets.vault 的 Vault，通过 auth/<cluster> 处的 kubernetes 认证方法；auto：secrets.store 为 vault 时。',
  'vault.roles':
    '谁可以登录：role=namespace/serviceaccount。`{category}` 表示集群中该组件的命名空间，`*` 表示命名空间中的所有 ServiceAccount。',
  'vault.policy': '角色得到的策略的名称，可含 {cluster} 和 {role}。策略本身由您编写。',
  'clusters.caFile': authorities('kubeconfig 中没有指定颁发机构的集群'),
  'oauth.issuer': '登录控制台页面所用的 OpenID Connect 签发者（https）；为空则集群没有 oauth2-proxy。',
  'oauth.clientId': '那里的客户端名称。',
  'oauth.clientSecretFile': '含有其密钥的文件。',
  'addresses.loopback': '集群是否可以使用回环地址；auto：服务器自己只监听回环地址时。',
  'addresses.linkLocal': '集群是否可以使用链路本地地址。',
  'addresses.metadata': '集群是否可以使用云厂商元数据服务的地址。',
  'addresses.private': '集群是否可以使用私有地址，例如 10.0.0.0/8。',
  'addresses.services': '集群是否可以使用本安装自己的服务的地址和端口：本服务器、Git 远端、GitLab 或 Gitea、Vault。',
  'addresses.denied': '任何集群都不可以使用的地址和网段（CIDR），例如您自己的服务的地址。',
  'controllers.concurrency': '同时调谐的集群数。',
  'controllers.suspectConcurrency': 'suspect 通道的并发数：以前失败过或拖延过运行的集群。',
  'controllers.quickLookSeconds': '对没有任何变化的集群，每隔多久检查一次其 Service、Deployment 和 CRD 的漂移。',
  'controllers.driftSeconds': '每隔多久检查一次就绪集群的漂移。',
  'controllers.graceSeconds': '清除时等待无法访问的集群多久，之后不再等它而结束。',
  'controllers.tokenSeconds': '为集群上的自有令牌申请的有效期。',
};
