import { texts } from '../text.ts';

/** What is said of the credentials of a cluster, and of the access of others to its secrets. */
export const credentials = texts({
  OwnCredential: {
    en: 'a credential of our own is in use until {time}',
    zh: '正在使用我们自己的凭据，有效期至 {time}',
  },
  CredentialRotated: { en: 'a new credential is valid until {time}', zh: '新凭据有效期至 {time}' },
  UploadedCredentialRefused: {
    en: 'the API server does not accept the kubeconfig that was saved last; the credential before it is used',
    zh: 'API server 不接受最后保存的 kubeconfig；继续使用之前的凭据',
  },
  'UploadedCredentialRefused.certificate': {
    en: "the kubeconfig that was saved last does not trust the API server's certificate; the credential before it is used",
    zh: '最后保存的 kubeconfig 不信任 API server 的证书；继续使用之前的凭据',
  },
  SecretAccessReady: { en: '{parts:messages}', zh: '{parts:messages}' },
  'SecretAccessReady.nothing': {
    en: 'nothing of it needs secrets from outside',
    zh: '它不需要来自外部的密文',
  },
  'SecretAccessReady.kubeconfig': { en: 'its kubeconfig is at {place}', zh: '它的 kubeconfig 在 {place}' },
  'OperatorNeeded.login': {
    en: 'workloads of the cluster can still log in at {place}: {why:message}',
    zh: '此集群的工作负载仍然可以在 {place} 登录：{why:message}',
  },
});
