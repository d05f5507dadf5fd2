import { texts } from '../text.ts';

/** Why Vault or the secret store cannot be used. Nothing of an answer is said. */
export const vaultTexts = texts({
  'VaultUnreachable.late': { en: 'no answer in time', zh: '没有及时应答' },
  'VaultRedirectRefused.nowhere': { en: 'no address', zh: '一个不是地址的位置' },
  'VaultTokenInvalid.login': { en: 'the file of the login', zh: '登录所用的文件' },
  'VaultResponseInvalid.http': { en: 'not valid HTTP', zh: '不是有效的 HTTP' },
  'VaultResponseInvalid.tooLarge': { en: 'more than {maximum} bytes', zh: '超过 {maximum} 字节' },
  'VaultResponseInvalid.shape': {
    en: 'JSON with more than {limit} values, or levels, in it',
    zh: 'JSON 的值或层数超过 {limit}',
  },
  'VaultResponseInvalid.json': { en: 'not JSON', zh: '不是 JSON' },
  'VaultResponseInvalid.health': { en: 'its health is not one that is known', zh: '它的健康状态未知' },
  'VaultResponseInvalid.status': { en: 'status {status}', zh: '状态码 {status}' },
  'VaultResponseInvalid.token': { en: 'no token in the answer to the login', zh: '登录的应答中没有令牌' },
  'VaultAuditBlocked.noAnswer': { en: 'no answer in time', zh: '没有及时应答' },
  'VaultAuditBlocked.status': { en: 'status {status}', zh: '状态码 {status}' },
  'VaultLoginFileUnreadable.failed': { en: 'cannot be read ({code})', zh: '无法读取（{code}）' },
  'VaultLoginFileUnreadable.empty': { en: 'is empty', zh: '是空的' },
  'VaultLoginFileUnreadable.severalWords': { en: 'holds more than one word', zh: '含有多个单词' },
  'SecretStoreUnavailable.sealingKey': {
    en: 'the sealing key cannot be read or made',
    zh: '封存密钥无法读取或生成',
  },
});
