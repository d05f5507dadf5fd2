import { texts } from '../text.ts';

/** Why a connection or a request failed. */
export const network = texts({
  'network.nameUnknown': { en: 'its name cannot be resolved', zh: '它的主机名无法解析' },
  'network.refused': { en: 'nothing accepts connections there', zh: '那里没有程序接受连接' },
  'network.timeout': { en: 'it does not answer in time', zh: '它没有及时应答' },
  'network.certificateName': { en: 'its certificate is for another name', zh: '它的证书属于另一个名称' },
  'network.certificateWithoutNames': {
    en: 'its certificate has a common name only, no alternative names',
    zh: '它的证书只有通用名（CN），没有主题备用名称（SAN）',
  },
  'network.certificateExpired': { en: 'its certificate has expired', zh: '它的证书已过期' },
  'network.certificateNotYetValid': {
    en: 'its certificate is not valid yet, by the clock of this machine',
    zh: '按本机时钟，它的证书尚未生效',
  },
  'network.certificateUntrusted': {
    en: 'its certificate is from an authority that is not trusted here',
    zh: '它的证书由此处不信任的颁发机构签发',
  },
  'network.certificateSelfSigned': {
    en: 'its certificate is self-signed and not trusted here',
    zh: '它的证书是自签名的，此处不信任',
  },
  'network.certificatePurpose': {
    en: 'its certificate is not one for servers, or was issued by a certificate that may not issue others',
    zh: '它的证书不能用于服务器，或由无权签发证书的证书签发',
  },
  'network.certificateWeak': {
    en: 'its certificate has a key or a signature that is too weak ({code})',
    zh: '它的证书的密钥或签名强度不足（{code}）',
  },
  'network.certificateInvalid': {
    en: 'its certificate breaks a rule of its authority ({code})',
    zh: '它的证书违反了其颁发机构的规则（{code}）',
  },
  'network.notHttp': { en: 'it does not speak HTTP', zh: '它不使用 HTTP' },
  'network.proxyCredentials': {
    en: 'the proxy {proxy} requires a user and a password, or refuses those it was given (407)',
    zh: '代理 {proxy} 要求用户名和密码，或所给的不对（407）',
  },
  'network.proxyForbids': {
    en: 'the proxy {proxy} does not allow the connection (403)',
    zh: '代理 {proxy} 不允许该连接（403）',
  },
  'network.proxyStatus': {
    en: 'the proxy {proxy} did not make the connection ({status})',
    zh: '代理 {proxy} 没有建立连接（{status}）',
  },
  'network.proxyUnreached': {
    en: 'the proxy {proxy} is not reached: {problem:message}',
    zh: '无法访问代理 {proxy}：{problem:message}',
  },
  'network.failed': { en: 'the connection failed', zh: '连接失败' },
  'network.failedWith': { en: 'the connection failed ({code})', zh: '连接失败（{code}）' },
});
