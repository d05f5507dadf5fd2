import { texts } from '../text.ts';

/** What is wrong with the configuration of the server. The key, or the file, is named before it. */
export const configurationTexts = texts({
  'ConfigurationInvalid.oauthProvider': {
    en: 'a login by OAuth needs identity.provider gitlab or gitea',
    zh: '通过 OAuth 登录需要将 identity.provider 设为 gitlab 或 gitea',
  },
  'ConfigurationInvalid.needed': { en: 'it is needed', zh: '必须设置' },

  // --- files ---------------------------------------------------------------------------------------------------
  'ConfigurationInvalid.unreadable': { en: '{file} cannot be read', zh: '{file} 无法读取' },
  'ConfigurationInvalid.empty': { en: '{file} is empty', zh: '{file} 为空' },
  'ConfigurationInvalid.noFile': { en: 'there is no file {file}', zh: '没有文件 {file}' },
  'ConfigurationInvalid.noSuchFile': { en: 'there is no such file', zh: '没有这个文件' },
  'ConfigurationInvalid.tooLarge': { en: 'larger than {maximum} bytes', zh: '超过 {maximum} 字节' },
  'ConfigurationInvalid.unreadableContent': { en: 'unreadable', zh: '无法读取' },
  'ConfigurationInvalid.noMap': { en: 'this is no map of keys', zh: '这不是由键组成的映射' },

  // --- keys, variables and values ------------------------------------------------------------------------------
  'ConfigurationInvalid.unverified': {
    en: 'the environment variable NODE_TLS_REJECT_UNAUTHORIZED=0 turns off that certificates are verified: unset it, and name the authority with the key caFile of the peer',
    zh: '环境变量 NODE_TLS_REJECT_UNAUTHORIZED=0 关闭了证书验证：请取消它，并用对端的键 caFile 指定证书颁发机构',
  },
  'ConfigurationInvalid.unknownVariable': {
    en: 'the environment variable {variable} stands for no key',
    zh: '环境变量 {variable} 不对应任何键',
  },
  'ConfigurationInvalid.network': {
    en: '{network} is no address or network (CIDR)',
    zh: '{network} 不是地址或网络（CIDR）',
  },

  // --- where the server listens --------------------------------------------------------------------------------
  'ConfigurationInvalid.notHostPort': { en: '{text} is not HOST:PORT', zh: '{text} 不是 HOST:PORT 形式' },
  'ConfigurationInvalid.addressInUse': {
    en: '{address} is in use by another process',
    zh: '{address} 正被另一个进程使用',
  },
  'ConfigurationInvalid.addressElsewhere': {
    en: '{address} is no address of this machine',
    zh: '{address} 不是本机的地址',
  },
  'ConfigurationInvalid.addressForbidden': {
    en: '{address} may not be used by this user',
    zh: '当前用户不能使用 {address}',
  },
  'ConfigurationInvalid.hostUnknown': {
    en: '{address} has a host name that cannot be resolved',
    zh: '{address} 的主机名无法解析',
  },

  // --- certificates --------------------------------------------------------------------------------------------
  'ConfigurationInvalid.tlsFiles': { en: 'tls.mode files needs it', zh: 'tls.mode 为 files 时必须设置' },
  'ConfigurationInvalid.notCertificate': {
    en: '{file} is no certificate in PEM form',
    zh: '{file} 不是 PEM 格式的证书',
  },
  'ConfigurationInvalid.expired': { en: 'it expired on {time}', zh: '它已于 {time} 过期' },
  'ConfigurationInvalid.otherPrivateKey': {
    en: 'it is not the private key of the certificate',
    zh: '它不是该证书的私钥',
  },
  'ConfigurationInvalid.authority': {
    en: '{certificate} and {privateKey} cannot be used',
    zh: '{certificate} 和 {privateKey} 不能使用',
  },
  'ConfigurationInvalid.pemMissing': {
    en: 'there is no certificate in PEM form in it',
    zh: '其中没有 PEM 格式的证书',
  },
  'ConfigurationInvalid.pemBroken': {
    en: 'certificate {index} in it cannot be read',
    zh: '其中第 {index} 个证书无法读取',
  },
  'ConfigurationInvalid.pemUnreadable': { en: 'it cannot be read', zh: '它无法读取' },

  // --- Git, its host, and logins to dashboards -----------------------------------------------------------------
  'ConfigurationInvalid.hooks': { en: 'hooks need git.remote', zh: 'webhook 需要 git.remote' },
  'ConfigurationInvalid.caller': {
    en: 'caller needs git.remote and identity.provider gitlab or gitea',
    zh: '取值 caller 时需要 git.remote，且 identity.provider 为 gitlab 或 gitea',
  },
  'ConfigurationInvalid.callerOverSsh': {
    en: 'caller needs an https remote: over SSH everything is pushed with one key',
    zh: '取值 caller 时需要 https 远端：通过 SSH 时所有内容都用同一把密钥推送',
  },
  'ConfigurationInvalid.proxyScheme': {
    en: 'only proxies of HTTP can be used (http:// or https://), not SOCKS',
    zh: '只能使用 HTTP 代理（http:// 或 https://），不能使用 SOCKS',
  },
  'ConfigurationInvalid.proxyUrl': {
    en: 'this is neither the URL of a proxy nor none',
    zh: '这既不是代理的 URL，也不是 none',
  },
  'ConfigurationInvalid.proxyPassword': {
    en: 'the URL has a user; put user:password into proxies.credentialsFile',
    zh: 'URL 中含有用户名；请把 user:password 放入 proxies.credentialsFile',
  },
  'ConfigurationInvalid.proxyCredentials': {
    en: 'the file does not hold user:password',
    zh: '文件中不是 user:password',
  },
  'ConfigurationInvalid.branchWithoutRemote': {
    en: 'only a remote can have another branch than main',
    zh: '只有远端才能使用 main 以外的分支',
  },
  'ConfigurationInvalid.branchName': { en: 'this is no name of a branch', zh: '这不是分支名称' },
  'ConfigurationInvalid.sshFile': { en: 'an SSH remote needs it', zh: 'SSH 远端需要它' },
  'ConfigurationInvalid.sshFileName': {
    en: 'the name of the file has quotation marks or control characters',
    zh: '文件名含有引号或控制字符',
  },
  'ConfigurationInvalid.notHttp': { en: '{url} is no http or https address', zh: '{url} 不是 http 或 https 地址' },
  'ConfigurationInvalid.urlParts': { en: 'only scheme, host, port and path', zh: '只能有协议、主机、端口和路径' },
  'ConfigurationInvalid.notProject': {
    en: '{project} is no path or id of a project',
    zh: '{project} 不是项目的路径或 id',
  },
  'ConfigurationInvalid.remote': {
    en: 'the URL of the Git remote {problem:message}',
    zh: 'Git 远程仓库的 URL {problem:message}',
  },
  'remoteUrl.characters': { en: 'has spaces or control characters', zh: '含有空格或控制字符' },
  'remoteUrl.scheme': { en: 'is not https, ssh, file or a path', zh: '不是 https、ssh、file 或路径' },
  'remoteUrl.host': { en: 'has no sound host', zh: '没有有效的主机' },
  'remoteUrl.password': { en: 'has a password; give it as credentials', zh: '含有密码；请作为凭据提供' },
  'remoteUrl.sshUser': { en: 'has no user; most servers want git@', zh: '没有用户名；多数服务器要求 git@' },
  'remoteUrl.path': { en: 'has no sound path', zh: '没有有效的路径' },
  'remoteUrl.user': { en: 'has a user; give it as credentials', zh: '含有用户名；请作为凭据提供' },
  'ConfigurationInvalid.mirror': {
    en: 'this is neither a directory nor an https URL without user, "?" and "#"',
    zh: '这既不是目录，也不是不含用户名、“?”和“#”的 https URL',
  },
  'ConfigurationInvalid.notIssuer': { en: 'this is no https URL of an issuer', zh: '这不是 issuer 的 https URL' },
  'ConfigurationInvalid.clientMissing': { en: 'an issuer needs a client', zh: '设置 issuer 时需要客户端' },
  'ConfigurationInvalid.clientSecretMissing': { en: 'the client needs a secret', zh: '客户端需要密钥' },
  'ConfigurationInvalid.noSecret': { en: '{file} holds no secret', zh: '{file} 中没有密钥' },

  // --- the management cluster ----------------------------------------------------------------------------------
  'ConfigurationInvalid.twoManagements': {
    en: 'at most one of kubeconfig, inCluster and cluster can be set',
    zh: 'kubeconfig、inCluster 和 cluster 最多只能设置一个',
  },
  'ConfigurationInvalid.publishNeedsManagement': {
    en: 'publishing needs a management cluster: management.kubeconfig, management.inCluster or management.cluster',
    zh: '发布需要管理集群：management.kubeconfig、management.inCluster 或 management.cluster',
  },
  'ConfigurationInvalid.profilesInArgoCd': {
    en: 'ClusterProfiles in {namespace}, the namespace of Argo CD, would become a second cluster Secret for each address',
    zh: '在 Argo CD 的命名空间 {namespace} 中，ClusterProfile 会使每个地址多出一个集群 Secret',
  },
  'ConfigurationInvalid.labelValue': {
    en: 'has to be a label value: letters, digits, "-", "_" and ".", at most 63',
    zh: '必须是标签值：字母、数字、“-”、“_”和“.”，最多 63 个字符',
  },
  'ConfigurationInvalid.storageNeedsAccess': {
    en: 'kubernetes needs management.kubeconfig or management.inCluster',
    zh: '取值 kubernetes 时需要 management.kubeconfig 或 management.inCluster',
  },
  'ConfigurationInvalid.namespace': {
    en: '{namespace} is not the name of a namespace',
    zh: '{namespace} 不是命名空间的名称',
  },
  'ManagementAccessUnusable.noPod': {
    en: 'KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this process does not run in a Pod',
    zh: '没有设置 KUBERNETES_SERVICE_HOST 和 KUBERNETES_SERVICE_PORT：本进程不在 Pod 中运行',
  },

  // --- Vault ---------------------------------------------------------------------------------------------------
  'ConfigurationInvalid.vaultStore': { en: 'secrets.store vault needs it', zh: 'secrets.store 为 vault 时必须设置' },
  'ConfigurationInvalid.vaultMethod': { en: 'the method {method} needs it', zh: '登录方式 {method} 需要它' },
  'ConfigurationInvalid.vaultMount': {
    en: 'it is not the path of a mount, such as cluster or team/cluster',
    zh: '它不是挂载路径，例如 cluster 或 team/cluster',
  },
  'ConfigurationInvalid.workloadAuth': {
    en: 'kubernetes needs secrets.vault.address',
    zh: '取值 kubernetes 时需要 secrets.vault.address',
  },
  'ConfigurationInvalid.sameStore': { en: '--from and --to are both {store}', zh: '--from 和 --to 都是 {store}' },
  'vaultAddress.notUrl': {
    en: 'it is not a URL such as https://vault.example:8200',
    zh: '它不是 URL，例如 https://vault.example:8200',
  },
  'vaultAddress.user': { en: 'it must not contain a user or a password', zh: '它不能含有用户名或密码' },
  'vaultAddress.path': { en: 'it must be host and port alone, without a path', zh: '它只能有主机和端口，不能有路径' },
  'vaultAddress.scheme': {
    en: 'it must be https (plain http only on a loopback address)',
    zh: '它应为 https（只有环回地址可用 http）',
  },
  'roleRule.form': { en: 'it is not role=namespace/serviceaccount', zh: '它不是 role=namespace/serviceaccount 形式' },
  'roleRule.category': { en: 'there is no category of components {category}', zh: '没有组件类别 {category}' },
  'roleRule.namespace': { en: 'its namespace is not the name of one', zh: '其中的命名空间不是命名空间的名称' },
  'roleRule.account': {
    en: 'its service account is neither a name nor *',
    zh: '其中的 ServiceAccount 既不是名称也不是 *',
  },
  'policyTemplate.characters': {
    en: 'it holds other characters than lower case letters, digits, "-", "_" and "."',
    zh: '它含有小写字母、数字、“-”、“_”和“.”以外的字符',
  },
  'policyTemplate.placeholder': {
    en: 'it has a placeholder other than {known:list}',
    zh: '它含有 {known:list} 以外的占位符',
  },
  'policyTemplate.prefix': {
    en: 'it must begin with at least three fixed characters',
    zh: '它应以至少三个固定字符开头',
  },
});
