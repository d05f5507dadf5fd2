import { texts } from '../text.ts';

/** Why a connection or a request failed. */
export const network = texts({
  'network.nameUnknown': { en: 'its name cannot be resolved', zh: '它的主机名无法解析' },
  'network.refused': { en: 'nothing accepts connections there', zh: '那里没有程序接受连接' },
  'network.timeout': { en: 'it does not answer in time', zh: '它没有及时应答' },
  'network.certificateName': { en: 'its certificate is for another name', zh: '它的证书属于另一个名称' },
  'network.certificateExpired': {
    en: 'its certificate has expired or is not valid yet',
    zh: '它的证书已过期或尚未生效',
  },
  'network.certificateUntrusted': { en: 'its certificate is not trusted', zh: '它的证书不受信任' },
  'network.notHttp': { en: 'it does not speak HTTP', zh: '它不使用 HTTP' },
  'network.failed': { en: 'the connection failed', zh: '连接失败' },
  'network.failedWith': { en: 'the connection failed ({code})', zh: '连接失败（{code}）' },
});
