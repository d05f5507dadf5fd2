import { texts } from '../../../src/messages/text.ts';

/** Words of the page of access tokens. */
export const tokens = texts({
  'tokens.title': { en: 'Access tokens', zh: '访问令牌' },
  'tokens.about': {
    en: 'Tokens of this installation, never their values. The last use is kept by the day; with several replicas it is what the one that answers has seen.',
    zh: '本安装的令牌，从不显示其值。最近使用按日期保存；有多个副本时，为应答的副本所见。',
  },
  'tokens.readers': {
    en: 'Tokens are shown to maintainers only.',
    zh: '令牌只对维护者显示。',
  },
  'tokens.name': { en: 'Name', zh: '名称' },
  'tokens.nameHelp': { en: 'Whom it is for; becomes the author of commits.', zh: '给谁用；会成为提交的作者。' },
  'tokens.role': { en: 'Role', zh: '角色' },
  'tokens.created': { en: 'Created', zh: '创建' },
  'tokens.expires': { en: 'Expires', zh: '失效' },
  'tokens.used': { en: 'Last used', zh: '最近使用' },
  'tokens.actions': { en: 'Actions', zh: '操作' },
  'tokens.never': { en: 'Never', zh: '永不' },
  'tokens.day': { en: 'In a day', zh: '1 天后' },
  'tokens.month': { en: 'In 30 days', zh: '30 天后' },
  'tokens.year': { en: 'In a year', zh: '1 年后' },
  'tokens.unused': { en: 'not known', zh: '未知' },
  'tokens.own': { en: 'yours, in this session', zh: '您当前会话所用' },
  'tokens.revoke': { en: 'Revoke', zh: '作废' },
  'tokens.revokeOne': { en: 'Revoke {name}', zh: '作废 {name}' },
  'tokens.revoked': { en: 'The token {name} is revoked.', zh: '令牌 {name} 已作废。' },
  'tokens.revokeAbout': {
    en: 'The server refuses the token {name} within a second, and sessions that began with it end. It cannot be brought back.',
    zh: '服务器会在一秒内拒绝令牌 {name}，用它开始的会话也会结束。作废后无法恢复。',
  },
  'tokens.revokeOwn': { en: 'This ends your own session.', zh: '这会结束您自己的会话。' },
  'tokens.unreadable': {
    en: 'Cannot be read, and let nobody in: {names}',
    zh: '无法读取，不能凭其登录：{names}',
  },
  'tokens.new': { en: 'New token', zh: '新令牌' },
  'tokens.newAbout': {
    en: 'No token makes others: those who run the server make one there, with this command.',
    zh: '令牌不能创建其他令牌：由服务器的管理者在服务器上用此命令创建。',
  },
  'tokens.command': { en: 'Command that makes the token', zh: '创建令牌的命令' },
  'tokens.shownOnce': {
    en: 'The command prints the token once; only its hash is stored.',
    zh: '命令只输出一次令牌；只保存其哈希值。',
  },
  'tokens.link': { en: 'Access tokens', zh: '访问令牌' },
});
