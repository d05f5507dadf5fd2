import { texts } from '../text.ts';

/** What requests are answered with and refused for; in English in the words that clients of the original look for. */
export const requestTexts = texts({
  'Codec.contentType': { en: 'unregister Content-Type: {type}', zh: '不支持的 Content-Type：{type}' },
  'Codec.body': { en: 'body unmarshal proto: {problem:message}', zh: '无法读取请求体：{problem:message}' },
  'Codec.selector': {
    en: 'failed to get selector, the filter field {field} operator symbol {operator} is not supported',
    zh: '不支持过滤字段 {field} 的运算符 {operator}',
  },
  'Codec.limit': {
    en: 'parsing field "limit": must be a number from 1 to {maximum}',
    zh: '字段 "limit"：应为 1 到 {maximum} 的数字',
  },
  'Codec.continue': {
    en: 'parsing field "continue": is not a value that a list answered',
    zh: '字段 "continue"：不是列表应答过的值',
  },
  'Codec.token': {
    en: 'parsing field "token": at most {maximum} printable characters of ASCII, without blanks',
    zh: '字段 "token"：最多 {maximum} 个可打印的 ASCII 字符，不含空格',
  },
  'Codec.commit': {
    en: 'parsing field "{field}": is not the id of a commit',
    zh: '字段 "{field}"：不是提交的编号',
  },
  'Codec.eventType': {
    en: 'parsing field "type": is neither Normal nor Warning',
    zh: '字段 "type"：既不是 Normal 也不是 Warning',
  },
  'TokenRevoked.reply': { en: 'Revoked token {name}', zh: '已吊销令牌 {name}' },
  'OAuth.notBegun': { en: 'the login was not begun in this browser', zh: '登录不是在该浏览器中开始的' },
  'OAuth.noCode': { en: 'it sent no code', zh: '没有收到授权码' },
  'Codec.number': { en: 'parsing field "{field}": is not a number', zh: '字段 "{field}"：不是数字' },
  'Codec.idempotencyKey': {
    en: 'Idempotency-Key: at most 63 letters, digits, ".", "_" and "-" are understood',
    zh: 'Idempotency-Key：最多 63 个字母、数字、“.”、“_”和“-”',
  },
  'Codec.dryRun': {
    en: 'the parameter {parameter} is not known here; a dry run is asked for with dry_run=true',
    zh: '这里没有参数 {parameter}；试运行请用 dry_run=true',
  },
  'Codec.ifMatch': { en: 'If-Match: exactly one entity tag is understood', zh: 'If-Match：只接受一个实体标签' },
  'Codec.notJson': { en: 'the body is not JSON', zh: '请求体不是 JSON' },
  'Codec.path': { en: 'the path is not a valid URL', zh: '路径不是有效的 URL' },
  'Codec.http': { en: 'the request is not valid HTTP', zh: '请求不是有效的 HTTP' },
  ConsoleNotBuilt: {
    en: 'The console is not built: make console',
    zh: '控制台尚未构建：make console',
  },
  'Webhook.looking': { en: 'the repository is fetched', zh: '正在获取仓库' },
  'Webhook.known': { en: 'that commit is known already', zh: '这次提交已经知道' },
  'Webhook.elsewhere': {
    en: 'this is not the branch of the tenant configuration repository that counts (git.branch)',
    zh: '这不是租户配置仓库中起作用的分支（git.branch）',
  },
  'Webhook.noPush': { en: 'only pushes have an effect', zh: '只有推送才有作用' },
  'Internal.original': { en: 'unknown request error', zh: '未知的请求错误' },
  'TooManyFailures.everywhere': { en: 'from everywhere', zh: '各处' },
  'TooManyFailures.here': { en: 'from this address', zh: '这个地址' },
  Saved: { en: 'Successfully saved {name} cluster', zh: '已保存集群 {name}' },
  RotationRequested: {
    en: 'Successfully asked for a new credential of {name} cluster',
    zh: '已请求集群 {name} 的新凭据',
  },
  'Deleted.reply': { en: 'Successfully deleted {name} cluster', zh: '已删除集群 {name}' },
});
