import { texts } from '../text.ts';

/** What is wrong with a server, a file or an argument, as the command line finds it. */
export const commandLine = texts({
  // --- connections ---------------------------------------------------------------------------------------------------
  'Connection.refused': { en: 'nothing accepts connections there', zh: '那里没有程序接受连接' },
  'Connection.reset': { en: 'the connection was cut off', zh: '连接中断' },
  'Connection.resetPerhapsHttps': {
    en: 'the connection was cut off, perhaps because https:// is expected',
    zh: '连接中断，可能应当使用 https://',
  },
  'Connection.timeout': { en: 'nothing answers there', zh: '那里没有应答' },
  'Connection.hostUnreachable': { en: 'there is no route to that host', zh: '没有到该主机的路由' },
  'Connection.networkUnreachable': { en: 'there is no route to that network', zh: '没有到该网络的路由' },
  'Connection.nameUnknown': { en: 'the host name is not known', zh: '主机名无法解析' },
  'Connection.nameLookupFailed': { en: 'the host name cannot be resolved at the moment', zh: '暂时无法解析主机名' },
  'Certificate.selfSigned': { en: 'it is self-signed', zh: '它是自签名的' },
  'Certificate.authorityUnknown': { en: 'its authority is not known here', zh: '这里不认识其颁发机构' },
  'Certificate.signatureInvalid': { en: 'it was not signed by that authority', zh: '它不是由该颁发机构签发的' },
  'Certificate.expired': { en: 'it has expired', zh: '它已过期' },
  'Certificate.notYetValid': {
    en: 'it is not valid yet; is the clock of this machine right?',
    zh: '它尚未生效；本机时钟正确吗？',
  },
  'Certificate.purpose': {
    en: 'it is not one for servers, or was issued by a certificate that may not issue others',
    zh: '它不能用于服务器，或由无权签发证书的证书签发',
  },
  'Certificate.otherNames': { en: 'its names do not match', zh: '其中的名称不符' },
  'Answer.notHttp': { en: 'it is not HTTP', zh: '它不是 HTTP' },
  'Answer.notJson': { en: 'it is not JSON', zh: '它不是 JSON' },
  'Answer.depth': {
    en: 'it is nested in more than {limit} levels',
    zh: '其嵌套超过 {limit} 层',
  },
  'Answer.values': { en: 'it has more than {limit} values', zh: '它有超过 {limit} 个值' },
  'Answer.noProgress': {
    en: 'a page of events is no further than the one before',
    zh: '事件的一页没有比前一页更进一步',
  },
  'Answer.pages': { en: 'its events have more than {limit} pages', zh: '其事件超过 {limit} 页' },
  'Answer.notStream': { en: 'it is not a stream of events', zh: '它不是事件流' },
  'Answer.line': {
    en: 'a message of its stream has more than {limit} characters',
    zh: '其事件流中的一条消息超过 {limit} 个字符',
  },
  'Answer.kept': {
    en: 'its replies have more than {limit} characters together',
    zh: '其各个应答合计超过 {limit} 个字符',
  },
  'Answer.status': { en: 'status {status}', zh: '状态码 {status}' },
  // --- addresses -----------------------------------------------------------------------------------------------------
  'Address.notUrl': { en: 'it is not a URL', zh: '它不是 URL' },
  'Address.schemeMissing': { en: 'the scheme is missing', zh: '缺少协议' },
  'Address.schemeUnknown': { en: '{scheme}// is not supported', zh: '不支持 {scheme}//' },
  'Address.hasCredentials': { en: 'it holds a user name or a password', zh: '其中有用户名或密码' },
  'Address.hasQuery': { en: 'it has a query or a fragment', zh: '其中有查询参数或片段' },
  // --- files ---------------------------------------------------------------------------------------------------------
  'File.address': {
    en: 'it is an address, which is not fetched: curl -fsSL URL | nautes apply -f -',
    zh: '它是网址，不会被下载：curl -fsSL URL | nautes apply -f -',
  },
  'File.missing': { en: 'it does not exist', zh: '它不存在' },
  'File.denied': { en: 'this user may not read it', zh: '当前用户无权读取' },
  'File.directory': { en: 'it is a directory', zh: '它是目录' },
  'File.notRegular': { en: 'it is a pipe, a socket or a device', zh: '它是管道、套接字或设备' },
  'File.parentNotDirectory': { en: 'a part of the path is not a directory', zh: '路径的一部分不是目录' },
  'File.tooLarge': { en: 'it has more than {limit} bytes', zh: '它超过 {limit} 字节' },
  'File.unreadable': { en: 'it cannot be read', zh: '它无法读取' },
  'File.unwritable': { en: 'it cannot be written', zh: '它无法写入' },
  'File.noCertificate': { en: 'it holds no PEM certificate', zh: '其中没有 PEM 证书' },
  'File.certificateUnreadable': { en: 'a certificate in it cannot be read', zh: '其中有无法读取的证书' },
  // --- names of objects ----------------------------------------------------------------------------------------------
  'Names.missing': { en: 'no name is given after {kind}', zh: '{kind} 之后没有给出名称' },
  'Names.notReference': { en: '{word} is not of the form KIND/NAME', zh: '{word} 不是“类型/名称”的形式' },
  'Names.notName': { en: '{word} is no name', zh: '{word} 不是名称' },
  'Names.notCluster': {
    en: 'the {kind} {name} is no cluster, and this command knows only clusters',
    zh: '{kind} {name} 不是集群，而此命令只用于集群',
  },
  'Names.severalKinds': {
    en: 'the command shows one kind at a time, and {other} is named beside {kind}',
    zh: '此命令一次只显示一种类型，但同时给出了 {other} 和 {kind}',
  },
  'Names.several': {
    en: 'the command takes one cluster, and {count} are named',
    zh: '此命令只接受一个集群，但给出了 {count} 个',
  },
  // --- documents -----------------------------------------------------------------------------------------------------
  'Document.files': { en: 'the files', zh: '这些文件' },
  'Document.standardInput': { en: 'standard input', zh: '标准输入' },
  'Document.notYaml': { en: 'it is not YAML: {problem:message}', zh: '它不是 YAML：{problem:message}' },
  'Document.notYamlAt': {
    en: 'it is not YAML (line {line}, column {column})',
    zh: '它不是 YAML（第 {line} 行第 {column} 列）',
  },
  'Document.notMap': { en: 'it is not a map of fields', zh: '它不是字段的集合' },
  'Document.noKind': {
    en: 'it has no kind, and it is not a cluster as "nautes get -o yaml" prints it',
    zh: '没有 kind，也不是 “nautes get -o yaml” 输出的集群',
  },
  'Document.notRegistered': {
    en: 'the cluster {name} was printed without its registration, because its file is invalid or it is being deleted: there is nothing to save',
    zh: '输出的集群 {name} 不含登记内容，因为其文件无效或正在删除：没有可保存的内容',
  },
  'Document.namesNothing': { en: 'it names no object', zh: '其中没有对象的名称' },
  'Document.noRegistration': {
    en: 'it tells of the cluster {name} and not how it is registered: `nautes get cluster {name} -o yaml` prints what can be saved',
    zh: '它讲的是集群 {name}，但不含登记内容：`nautes get cluster {name} -o yaml` 输出可以保存的内容',
  },
  'Document.planWithoutFile': {
    en: 'the plan for the cluster {name} has no file: its findings say why',
    zh: '集群 {name} 的计划中没有文件：其检查结果说明原因',
  },
  'Document.names': {
    en: 'metadata.name is {outside} and spec.name is {name}: they must be equal',
    zh: 'metadata.name 是 {outside}，spec.name 是 {name}：两者应相同',
  },
  'Document.kubeconfig': {
    en: 'it is a kubeconfig: `nautes cluster add NAME --kubeconfig FILE` registers its cluster',
    zh: '它是 kubeconfig：用 `nautes cluster add NAME --kubeconfig FILE` 注册其中的集群',
  },
  'Document.noName': { en: 'spec.name is missing', zh: '缺少 spec.name' },
  'Document.notText': { en: '{path} must be text', zh: '{path} 应为文本' },
  'Document.notBoolean': { en: '{path} must be true or false', zh: '{path} 应为 true 或 false' },
  'Document.notInteger': { en: '{path} must be a whole number', zh: '{path} 应为整数' },
  'Document.notList': { en: '{path} must be a list', zh: '{path} 应为列表' },
  'Document.notFields': { en: '{path} must be a map of fields', zh: '{path} 应为字段的集合' },
  // --- contexts and tokens -------------------------------------------------------------------------------------------
  'Context.notList': { en: 'contexts is not a list', zh: 'contexts 不是列表' },
  'Context.incomplete': { en: '{where} has no name or no server', zh: '{where} 没有名称或服务器' },
  'Context.commandInvalid': {
    en: '{where}.token-command is not a list of strings',
    zh: '{where}.token-command 不是字符串的列表',
  },
  'Token.empty': { en: 'it is empty', zh: '它是空的' },
  'Token.tooLong': { en: 'it is too long', zh: '它过长' },
  'Token.characters': {
    en: 'it has spaces, several lines or other characters that no token has',
    zh: '其中有空格、多行或令牌不会有的其他字符',
  },
  'Program.notStarted': { en: 'it could not be run', zh: '无法运行它' },
  'Program.exitCode': { en: 'it ended with {code}', zh: '它以 {code} 结束' },
  'Program.noAnswer': { en: 'no answer within {seconds} s', zh: '{seconds} 秒内没有应答' },
  'Kubectl.createAccount': { en: 'create an account', zh: '创建账号' },
  'Kubectl.createToken': { en: 'create a token for the account', zh: '为账号创建令牌' },
  'Kubectl.readKubeconfig': {
    en: 'read the kubeconfig of {name} on its host',
    zh: '在宿主集群上读取 {name} 的 kubeconfig',
  },
  'Kubectl.remove': { en: 'remove {object}', zh: '移除 {object}' },
  // --- JSONPath ------------------------------------------------------------------------------------------------------
  'JsonPath.noPath': { en: '"{text}" is not a path', zh: '"{text}" 不是路径' },
  'JsonPath.noField': { en: '"{text}" is not a field', zh: '"{text}" 不是字段' },
  'JsonPath.noIndex': { en: '"[{text}]" is not an index', zh: '"[{text}]" 不是索引' },
  'JsonPath.bracketOpen': { en: 'a [ is not closed', zh: '有 [ 没有闭合' },
  'JsonPath.braceOpen': { en: 'a brace is not closed', zh: '有花括号没有闭合' },
  'JsonPath.endWithoutRange': { en: '"end" without "range"', zh: '有 end 而没有 range' },
  'JsonPath.rangeWithoutEnd': { en: '"range" without "end"', zh: '有 range 而没有 end' },
});
