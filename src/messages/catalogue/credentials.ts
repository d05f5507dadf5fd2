import { texts } from '../text.ts';

/** What is said of the credentials of a cluster, and of the access of others to its secrets. */
export const credentials = texts({
  OwnCredential: {
    en: 'a credential of our own is in use until {time}',
    zh: '正在使用我们自己的凭据，有效期至 {time}',
  },
  ClusterTakenOver: {
    en: 'the cluster was taken over from {holder:message}',
    zh: '已从{holder:message}接管集群',
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
  'WorkloadLogin.ready': {
    en: 'workloads log in at {place} ({roles:list})',
    zh: '工作负载在 {place} 登录（{roles:list}）',
  },
  'WorkloadLogin.noRoles': { en: 'workloads log in at {place} (no role)', zh: '工作负载在 {place} 登录（没有角色）' },
  'WorkloadLogin.foreignMethod': {
    en: '{place} is another auth method, which others manage',
    zh: '{place} 是另一种方法，由别人维护',
  },
  'WorkloadLogin.madeByOthers': { en: 'it was made by others', zh: '它不是由我们创建的' },
  'OperatorNeeded.denied': {
    en: 'the workloads of the cluster cannot be let in by this server: {problem:message}',
    zh: '本服务器不能让集群的工作负载登录：{problem:message}',
  },
  'OperatorNeeded.foreign': {
    en: '{place} was made by others and is not as needed: {paths:list}',
    zh: '{place} 不是由我们创建的，且与需要的不符：{paths:list}',
  },
  'WorkloadLoginImpossible.name': {
    en: 'workloads cannot log in: {place} is where this server, or everybody, logs in to Vault',
    zh: '工作负载不能登录：{place} 是本服务器或所有人登录 Vault 的地方',
  },
  'WorkloadLoginImpossible.certificate': {
    en: 'workloads cannot log in: Vault asks {server}, whose certificate is for {name}',
    zh: '工作负载不能登录：Vault 询问 {server}，而它的证书属于 {name}',
  },
  'WorkloadLoginImpossible.authority': {
    en: 'workloads cannot log in: Vault needs the certificate authority of the cluster, and its kubeconfig names none',
    zh: '工作负载不能登录：Vault 需要集群的证书颁发机构，而它的 kubeconfig 没有给出',
  },
  'CredentialMismatch.version': { en: 'a credential version', zh: '凭据版本' },
  'CredentialMismatch.address': { en: 'an address', zh: '地址' },
  'OperatorNeeded.login': {
    en: 'workloads of the cluster can still log in at {place}: {why:message}',
    zh: '此集群的工作负载仍然可以在 {place} 登录：{why:message}',
  },
});
