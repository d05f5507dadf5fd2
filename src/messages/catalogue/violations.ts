import { texts } from '../text.ts';

/** What can be wrong with a request, and what of it is accepted and has no effect. */
export const violations = texts({
  'ClusterInvalid.problems': { en: '{problems:messages}', zh: '{problems:messages}' },
  'ClusterInvalid.problemsAndMore': {
    en: '{problems:messages}; and {count} more',
    zh: '{problems:messages}；还有 {count} 处',
  },
  'ClusterInvalid.andMore': { en: 'and {count} more', zh: '还有 {count} 处' },

  // --- the name ---------------------------------------------------------------------------------------------------
  'ClusterInvalid.nameEmpty': { en: 'the name is empty', zh: '名称为空' },
  'ClusterInvalid.nameTooLong': {
    en: 'the name has {length} characters, at most {maximum} are possible',
    zh: '名称有 {length} 个字符，最多 {maximum} 个',
  },
  'ClusterInvalid.nameForm': {
    en: 'a name consists of lower case letters, digits and "-", and begins and ends with a letter or digit',
    zh: '名称由小写字母、数字和 "-" 组成，首尾须是字母或数字',
  },
  'ClusterInvalid.cloneOfItself': {
    en: 'a cluster is no copy of itself',
    zh: '集群不能是自己的副本',
  },
  'ClusterInvalid.nameReserved': {
    en: '"kustomization" is the name of a file of the repository itself',
    zh: '"kustomization" 是仓库自身一个文件的名称',
  },

  // --- the address of the API server -------------------------------------------------------------------------------
  'ApiServerInvalid.missing': { en: 'the address of the API server is missing', zh: '缺少 API server 的地址' },
  'ApiServerInvalid.tooLong': {
    en: 'the address has more than {maximum} characters',
    zh: '地址超过 {maximum} 个字符',
  },
  'ApiServerInvalid.characters': {
    en: 'the address contains characters that no URL has',
    zh: '地址中有 URL 不能包含的字符',
  },
  'ApiServerInvalid.form': { en: 'the address is not a URL', zh: '地址不是 URL' },
  'ApiServerInvalid.noScheme': {
    en: 'the address has no scheme: it begins with https://',
    zh: '地址没有协议：应以 https:// 开头',
  },
  'ApiServerInvalid.scheme': {
    en: 'the scheme is {scheme}, only https keeps credentials secret',
    zh: '协议是 {scheme}，只有 https 能让凭据保密',
  },
  'ApiServerInvalid.account': {
    en: 'the address contains a user name or password',
    zh: '地址中有用户名或密码',
  },
  'ApiServerInvalid.query': { en: 'the address has a query or a fragment', zh: '地址中有查询参数或片段' },
  'ApiServerInvalid.path': { en: 'the path of the address has an empty part', zh: '地址的路径中有空的部分' },
  'ApiServerInvalid.virtualPath': {
    en: 'a virtual cluster has no path: it answers at a port of its host',
    zh: '虚拟集群的地址没有路径：它在宿主集群的一个端口上应答',
  },
  'ApiServerInvalid.port': { en: 'port 0 cannot be connected to', zh: '无法连接端口 0' },

  // --- what kind of cluster it is -----------------------------------------------------------------------------------
  'ClusterInvalid.kind': {
    en: 'only clusters of kind "kubernetes" can be registered',
    zh: '只能注册类型为 "kubernetes" 的集群',
  },
  'ClusterInvalid.type': {
    en: 'this is neither "physical" nor "virtual"',
    zh: '既不是 "physical" 也不是 "virtual"',
  },
  'ClusterInvalid.usage': { en: 'this is neither "host" nor "worker"', zh: '既不是 "host" 也不是 "worker"' },
  'ClusterInvalid.hostWorkerType': { en: 'a host has no worker type', zh: '宿主集群没有 worker 类型' },
  'ClusterInvalid.workerType': {
    en: 'this is neither "deployment" nor "pipeline"',
    zh: '既不是 "deployment" 也不是 "pipeline"',
  },
  'ClusterInvalid.physicalHost': {
    en: 'a physical cluster belongs to no host cluster',
    zh: '物理集群不属于任何宿主集群',
  },
  'ClusterInvalid.virtualHost': { en: 'a host cluster cannot be virtual', zh: '宿主集群不能是虚拟集群' },
  'ClusterInvalid.hostMissing': {
    en: 'a virtual cluster needs the name of its host cluster',
    zh: '虚拟集群需要给出宿主集群的名称',
  },
  'ClusterInvalid.nodePort': {
    en: 'this is not a node port between {first} and {last}',
    zh: '不是 {first} 到 {last} 之间的节点端口',
  },
  'ClusterInvalid.domain': { en: 'this is not a domain name', zh: '不是域名' },
  'ClusterInvalid.domainMissing': {
    en: 'it is missing, and no domain follows from {host}, the host of api_server',
    zh: '缺少该值，而且无法由 api_server 的主机 {host} 得出域名',
  },
  'ClusterInvalid.profile': {
    en: 'there is no {type} {usage} of type "{workerType}"',
    zh: '没有 {type} {usage} 这样的 "{workerType}" 类型',
  },

  // --- components ----------------------------------------------------------------------------------------------------
  'ClusterInvalid.namedAndLeftOut': {
    en: 'a component is named, and its category is in without_components',
    zh: '指定了组件，而它的类别又在 without_components 中',
  },
  'ClusterInvalid.requirementLeftOut': {
    en: '{component} needs {required}, whose category is left out',
    zh: '{component} 需要 {required}，而后者的类别被排除',
  },
  'ClusterInvalid.notChosen': {
    en: 'the cluster has no component of the category {category}',
    zh: '集群没有类别 {category} 的组件',
  },
  'ClusterInvalid.noComponent': { en: 'the catalogue has no component for it', zh: '组件目录中没有对应的组件' },
  'ClusterInvalid.componentUnknown': { en: 'the catalogue has no "{component}"', zh: '组件目录中没有 "{component}"' },
  'ClusterInvalid.componentCategory': {
    en: '"{component}" serves the category {category}',
    zh: '"{component}" 属于类别 {category}',
  },
  'ClusterInvalid.namespace': { en: 'this is not the name of a namespace', zh: '不是合法的 namespace 名称' },
  'ClusterInvalid.additionMissing': { en: '{component} needs this value', zh: '{component} 需要这个值' },
  'ClusterInvalid.additionUnknown': {
    en: '{component} has no setting {key}; {hint:message}',
    zh: '{component} 没有设置 {key}；{hint:message}',
  },
  'AdditionUnknown.nearest': { en: 'did you mean {nearest}?', zh: '您是指 {nearest} 吗？' },
  'AdditionUnknown.known': { en: 'its settings are {known:list}', zh: '它的设置有 {known:list}' },
  'AdditionUnknown.none': { en: 'it has no settings', zh: '它没有任何设置' },
  'ClusterInvalid.additionDefault': {
    en: 'it is missing, and its default cannot be used: {value}',
    zh: '缺少该值，而且其默认值不能使用：{value}',
  },
  'ClusterInvalid.additionForm': {
    en: 'the value does not have the form {pattern}',
    zh: '这个值不符合格式 {pattern}',
  },
  'ClusterInvalid.sharedPort': {
    en: 'http and https cannot share a node port',
    zh: 'http 和 https 不能共用一个节点端口',
  },
  'ClusterInvalid.namespaceUnused': {
    en: 'no component of the cluster has this namespace',
    zh: '集群没有组件使用这个 namespace',
  },
  'ClusterInvalid.resourceEmpty': {
    en: 'kind and group of a resource must not be empty',
    zh: '资源的 kind 和 group 不能为空',
  },

  // --- fields of any kind ----------------------------------------------------------------------------------------------
  'ClusterInvalid.missing': { en: 'is missing', zh: '缺少' },
  'ClusterInvalid.tooLong': { en: 'is longer than {maximum} characters', zh: '超过 {maximum} 个字符' },
  'ClusterInvalid.mustBe': { en: 'must be {wanted:message}', zh: '应为{wanted:message}' },
  'ClusterInvalid.mustBeList': { en: 'must be a list of {items:message}', zh: '应为列表，其中是{items:message}' },
  'ClusterInvalid.tooMany': {
    en: 'has {count} names and items, at most {maximum} are possible',
    zh: '共有 {count} 个名称和条目，最多 {maximum} 个',
  },
  'ClusterInvalid.noNodePort': { en: 'this is not a node port', zh: '不是节点端口' },
  'wanted.categories': { en: 'a list of categories: {names:list}', zh: '类别的列表：{names:list}' },
  'wanted.text': { en: 'text', zh: '文本' },
  'wanted.option': { en: '{options:message}', zh: ' {options:message}' },
  'wanted.lists': { en: 'an object of lists', zh: '由列表组成的对象' },
  'ClusterInvalid.pauseEnd': {
    en: 'must be a time that is still to come, such as 2026-12-01T08:00:00Z',
    zh: '必须是尚未到来的时间，例如 2026-12-01T08:00:00Z',
  },
  'wanted.pause': {
    en: '`true`, or a JSON object with the times `since` and `until`, and `by` and `reason` of at most {maximum} characters',
    zh: '`true`，或带有时间 `since`、`until` 以及 `by` 和不超过 {maximum} 个字符的 `reason` 的 JSON 对象',
  },
  'wanted.port': { en: 'a port', zh: '端口' },
  'wanted.object': { en: 'an object', zh: '对象' },
  'wanted.groupPath': { en: 'the path of a group', zh: '组的路径' },
  'wanted.repositoryUrl': { en: 'the URL of a repository', zh: '仓库的 URL' },
  'items.products': { en: 'the names of products', zh: '产品名称' },
  'items.clusterResources': {
    en: 'objects with the strings kind and group',
    zh: '含有字符串 kind 和 group 的对象',
  },

  // --- the shape of a request -------------------------------------------------------------------------------------------
  'Validator.length': {
    en: 'value length must be at least {minimum} runes',
    zh: '长度至少为 {minimum} 个字符',
  },
  'Validator.list': { en: 'value must be in list [{values}]', zh: '应为 [{values}] 之一' },
  'Validator.emptyBody': { en: 'the body is empty', zh: '请求体为空' },
  'Validator.conflict': {
    en: '{left} and {right} are both given and differ',
    zh: '同时给出了 {left} 和 {right}，且两者不同',
  },
  'Validator.differs': { en: 'differs from {field}', zh: '与 {field} 不同' },
  'Validator.differsOlder': { en: 'differs from its older spelling', zh: '与旧写法的值不同' },

  // --- why a kubeconfig is needed, who holds a port ----------------------------------------------------------------------
  'KubeconfigRequired.new': { en: 'the cluster is not registered yet', zh: '集群还没有注册' },
  'KubeconfigRequired.address': {
    en: 'the address of the API server changes',
    zh: 'API server 的地址有变化',
  },
  'KubeconfigRequired.none': { en: 'no credential is stored for it', zh: '没有为它保存凭据' },
  'HostPortTaken.gateway': { en: 'its gateway', zh: '它的网关' },
  'HostPortTaken.virtualCluster': { en: 'the virtual cluster {cluster}', zh: '虚拟集群 {cluster}' },
  'PlaceChanged.physical': { en: 'a physical cluster', zh: '物理集群' },
  'PlaceChanged.virtual': { en: 'a virtual cluster on {host}', zh: ' {host} 上的虚拟集群' },
});

/** What a save accepts and has to be known. */
export const warnings = texts({
  'Warning.componentAdopts': {
    en: '{component} takes over what is there: {objects:message} ({count} in all, managed by {owners:messages})',
    zh: '{component} 会接管现有的：{objects:message}（共 {count} 个，由 {owners:messages} 管理）',
  },
  'Warning.componentNotExamined': {
    en: 'whether {component} is on the cluster already could not be found out: {problem:message}; if so, nothing of it will be applied',
    zh: '无法确定集群上是否已有 {component}：{problem:message}；如果已有，则不会应用它的任何内容',
  },
  'Warning.componentNotExamined.late': {
    en: 'its sources are still being loaded',
    zh: '其来源仍在加载',
  },
  'Warning.kubeconfigUnused': {
    en: 'kubeconfig is not used: a virtual cluster gives its own to its host',
    zh: '没有使用 kubeconfig：虚拟集群会把自己的 kubeconfig 交给宿主集群',
  },
  'Warning.gatewayDropped': {
    en: 'components_list.gateway is dropped: a virtual cluster is reached through the gateway of its host',
    zh: '去掉了 components_list.gateway：虚拟集群通过宿主集群的网关访问',
  },
  'Warning.categoryDropped': {
    en: '{field} is dropped: a {profile} cluster has no component of this category',
    zh: '去掉了 {field}：{profile} 集群没有这个类别的组件',
  },
  'Warning.namespaceUnused': {
    en: 'no component of the cluster uses the namespace {namespace}; it is reserved as asked',
    zh: '集群没有组件使用 namespace {namespace}；仍按要求保留',
  },
  'Warning.portDiffers': {
    en: 'api_server names port {port} and vcluster.https_node_port is {given}: a load balancer has to pass port {port} on to this node port of the host',
    zh: 'api_server 的端口是 {port}，而 vcluster.https_node_port 是 {given}：需要由负载均衡器把端口 {port} 转发到宿主集群的这个节点端口',
  },
  'Warning.takeOverNotAsked': {
    en: 'the cluster is not asked who holds it, so it is not taken over',
    zh: '没有询问集群由谁持有，因此不会接管',
  },
  'Warning.publishedByOthers': {
    en: 'the management cluster has objects of others with the name or the address of this cluster, which stay as they are: {objects:list}',
    zh: '管理集群中有他人的对象与此集群同名或同地址，它们会保持不变：{objects:list}',
  },
  'Warning.takesOver': {
    en: 'the cluster is taken over from {holder:message}: what that has made there is this installation’s then',
    zh: '将从{holder:message}接管集群：它在那里建立的一切随后归本安装所有',
  },
  'Warning.hostNotAsked': {
    en: 'the host cluster {host} cannot be asked now ({problem:message}); the virtual cluster waits for it',
    zh: '现在无法询问宿主集群 {host}（{problem:message}）；虚拟集群会等它',
  },
  'Warning.hostAddress': {
    en: 'api_server names {own}, the host cluster {host} is at {address}: node ports have to answer there',
    zh: 'api_server 的主机是 {own}，宿主集群 {host} 在 {address}：节点端口必须在那里应答',
  },
  'Warning.notUsed': { en: '{field} is not used', zh: '没有使用 {field}' },
  'Warning.noMeaning': {
    en: '{field} has no meaning for this {kind} profile and is dropped',
    zh: '{field} 对这类资源（{kind}）没有意义，已去掉',
  },
  'Warning.kubeconfigFields': {
    en: '{place:message} of the kubeconfig has unknown fields, which are ignored: {fields:list}',
    zh: 'kubeconfig 的{place:message}有未知的字段，已忽略：{fields:list}',
  },
  'Warning.kubeconfigFieldCount': {
    en: '{place:message} of the kubeconfig has unknown fields, which are ignored: {count} fields',
    zh: 'kubeconfig 的{place:message}有未知的字段，已忽略：{count} 个字段',
  },
  'Warning.kubeconfigDocuments': {
    en: 'the kubeconfig has several documents: only the first is used',
    zh: 'kubeconfig 有多个文档：只使用第一个',
  },
  'Warning.tokenUnused': {
    en: 'the kubeconfig has a client certificate and a token: the token is not used',
    zh: 'kubeconfig 同时有客户端证书和令牌：没有使用令牌',
  },
  'Warning.proxyCredentials': {
    en: 'user and password of the proxy in proxy-url are not used: this server has credentials of its own for it',
    zh: 'proxy-url 中代理的用户名和密码没有使用：本服务器有自己的代理凭据',
  },
  'Warning.programUnused': {
    en: 'the kubeconfig has a credential and a program for one (exec, auth-provider): the program is not used',
    zh: 'kubeconfig 既有凭据，又有取得凭据的程序（exec、auth-provider）：没有使用该程序',
  },
  'Warning.basicAuthentication': {
    en: 'name and password are accepted by no API server itself, only by a proxy in front of one',
    zh: 'API server 本身不接受用户名和密码，只有它前面的代理可能接受',
  },
  'Warning.staleApiServices': {
    en: 'APIServices that do not answer ({names:list}) keep namespaces from being deleted',
    zh: '没有应答的 APIService（{names:list}）使 namespace 无法删除',
  },
  'Warning.namespaceTerminating': {
    en: 'the namespace {name} is being deleted, and nothing can be installed there before it is gone; {what:message}',
    zh: '命名空间 {name} 正在被删除，在删除完成之前无法在其中安装任何内容；{what:message}',
  },
  'Warning.webhookSilent': {
    en: 'the admission webhook {webhook} does not answer: no namespace can be created or deleted',
    zh: '准入 webhook {webhook} 没有应答：不能创建或删除 namespace',
  },
  'Warning.notJson': {
    en: 'the body is not JSON: it has {what:message}, first in line {line}',
    zh: '请求体不是 JSON：其中有{what:message}，首次出现在第 {line} 行',
  },
  'Expected.end': { en: 'the end of the body', zh: '请求体的结尾' },
  'Expected.name': { en: 'the name of a field in double quotes or {closing}', zh: '双引号中的字段名或 {closing}' },
  'Expected.value': { en: 'a value (a string needs double quotes)', zh: '一个值（字符串需要双引号）' },
  'Expected.replaced': { en: 'a value in place of {placeholder}', zh: '用来替换 {placeholder} 的值' },
  'Expected.lineEnd': { en: 'the end of the line after "|"', zh: '"|" 之后换行' },
  'Expected.indented': { en: 'lines that are indented deeper than the field', zh: '比该字段缩进更深的行' },
  'Expected.string': {
    en: 'a string that ends in its line and has no unknown escapes',
    zh: '在本行内结束、没有未知转义的字符串',
  },
  'Expected.depth': { en: 'less than {maximum} objects within each other', zh: '少于 {maximum} 层的嵌套' },
  'Expected.either': { en: '{one} or {other}', zh: '{one} 或 {other}' },
  'notJson.bare': { en: 'values without quotes', zh: '没有引号的值' },
  'notJson.pasted': { en: 'a kubeconfig without quotes', zh: '没有引号的 kubeconfig' },
  'notJson.comment': { en: 'comments', zh: '注释' },
  'notJson.missingComma': { en: 'missing commas', zh: '缺少的逗号' },
  'notJson.trailingComma': { en: 'trailing commas', zh: '多余的末尾逗号' },
  'notJson.block': { en: 'a "|" block', zh: '"|" 文本块' },
});
