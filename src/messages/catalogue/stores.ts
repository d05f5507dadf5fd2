import { texts } from '../text.ts';

/** Why the stores of the server cannot be used: credentials, their keys, access tokens, state. */
export const storeTexts = texts({
  'Installation.noId': { en: 'it has no valid "id"', zh: '其中没有有效的“id”' },
  'Installation.id': { en: 'installation {id}', zh: '安装 {id}' },
  'StorageDiffers.credentials': { en: 'the credentials', zh: '凭据' },
  'StorageDiffers.tokens': { en: 'the access tokens', zh: '访问令牌' },
  'StorageDiffers.state': { en: 'the state of {name}', zh: '{name} 的状态' },
  'StorageDiffers.names': { en: 'the names of what has a state', zh: '有状态的各项的名称' },
  'Installation.described': {
    en: 'installation {id} (repository {repository})',
    zh: '安装 {id}（仓库 {repository}）',
  },
  'Installation.new': {
    en: 'an installation that is new (repository {repository})',
    zh: '一个新的安装（仓库 {repository}）',
  },
  'DataDirectoryUnusable.mark': { en: '{file} cannot be read', zh: '无法读取 {file}' },
  'SealingKeyInvalid.none': { en: 'there is none', zh: '其中没有密钥' },
  'SealingKeyInvalid.tooMany': { en: 'there are more than {maximum}', zh: '密钥超过 {maximum} 个' },
  'SealingKeyInvalid.form': { en: 'it is not {bytes} bytes in base64', zh: '它不是 base64 编码的 {bytes} 字节' },
  'SealingKeyInvalid.tooLarge': { en: 'it is too large', zh: '它太大' },
  'CredentialUnreadable.pointerFile': { en: 'the file "active" is damaged', zh: '文件“active”已损坏' },
  'CredentialUnreadable.pointerEntry': { en: 'the entry "active" is damaged', zh: '条目“active”已损坏' },
  'CredentialUnreadable.tooLarge': { en: 'its file is too large', zh: '它的文件太大' },
  'CredentialUnreadable.keyMissing': {
    en: 'it was sealed with key {key}, which is not there',
    zh: '它用密钥 {key} 封存，而该密钥不存在',
  },
  'CredentialUnreadable.changed': {
    en: 'it was changed or belongs to another place',
    zh: '它被改动过，或属于另一个位置',
  },
  'CredentialUnreadable.noEnvelope': { en: 'it is not a sealed envelope', zh: '它不是封存的信封' },
  'CredentialUnreadable.noEntry': { en: 'it is not in its entry', zh: '它不在自己的条目中' },
  'CredentialUnreadable.foreign': { en: 'it belongs to another registration', zh: '它属于另一个注册' },
  'CredentialUnreadable.kind': { en: 'its kind is not known', zh: '它的类型不认识' },
  'CredentialUnreadable.origin': { en: 'its origin is not known', zh: '它的来源不认识' },
  'CredentialUnreadable.json': { en: 'it is not JSON', zh: '它不是 JSON' },
  'CredentialUnreadable.member': { en: '{member} is missing', zh: '缺少 {member}' },
  'CredentialScopeInvalid.incarnation': { en: 'the incarnation is not one', zh: 'incarnation 的形式不对' },
  'StatusStoreUnavailable.log': {
    en: 'the file system cannot hold a write-ahead log',
    zh: '文件系统不支持预写日志（WAL）',
  },
});
