import { actionTexts } from '../action-texts.ts';

/** What to do about errors of reaching the API server of a cluster. */
export const connectionActions = actionTexts({
  CheckProxy: {
    en: 'Ask its operator to let this server connect there, correct the section proxies of the configuration (or HTTPS_PROXY), or name the address as an exception (proxies.exceptions, NO_PROXY).',
    zh: '请代理的运维方允许本服务器连接那里，或改正配置的 proxies 一节（或 HTTPS_PROXY），或把该地址列为例外（proxies.exceptions、NO_PROXY）。',
  },
  AllowClusterProxy: {
    en: 'Add the proxy to proxies.kubeconfigs in the configuration of this server, or save the cluster again with a kubeconfig without proxy-url.',
    zh: '请把该代理加入本服务器配置的 proxies.kubeconfigs，或用不含 proxy-url 的 kubeconfig 重新保存集群。',
  },
  CheckDns: { en: 'Check the name and the DNS of this server.', zh: '请检查名称和服务器的 DNS。' },
  CheckApiServerAddress: {
    en: 'Check that the API server runs and that the address and port are right.',
    zh: '请检查 API server 是否运行，地址和端口是否正确。',
  },
  CheckClusterNetwork: {
    en: 'Check the network between this server and the cluster.',
    zh: '请检查服务器与集群之间的网络。',
  },
  CheckFirewall: {
    en: 'Check that the API server is healthy and that no firewall drops the packets.',
    zh: '请检查 API server 是否正常，防火墙是否丢弃数据包。',
  },
  CheckApiServerHealth: {
    en: 'Check that the API server is healthy; it is tried again.',
    zh: '请检查 API server 是否正常；会自动重试。',
  },
  GiveMatchingAuthority: {
    en: 'Give a kubeconfig with the certificate-authority-data that belongs to this API server; when its authority was replaced, save the cluster again with a new kubeconfig.',
    zh: '请给出属于此 API server 的 certificate-authority-data；如果它的颁发机构已更换，请用新的 kubeconfig 重新保存集群。',
  },
  UseCertifiedName: {
    en: 'Use an address that the certificate names, add this one to it (--tls-san), or set tls-server-name in the kubeconfig.',
    zh: '请使用证书中的地址，把此地址加入证书（--tls-san），或在 kubeconfig 中设置 tls-server-name。',
  },
  RenewApiServerCertificate: {
    en: 'Renew the certificate of the API server; check the clocks.',
    zh: '请更新 API server 的证书；检查时钟。',
  },
  CheckClocks: {
    en: 'Set the clocks of this server and of the cluster right; then check the begin of the certificate.',
    zh: '请校准本服务器和集群的时钟；然后检查证书的生效时间。',
  },
  GiveSelfSignedCertificate: {
    en: 'When it is the right server, give a kubeconfig with this very certificate as certificate-authority-data; otherwise check what stands between (a proxy, a load balancer).',
    zh: '如果这是正确的服务器，请给出以该证书为 certificate-authority-data 的 kubeconfig；否则请检查中间设备（代理、负载均衡器）。',
  },
  AddAlternativeNames: {
    en: 'Issue the certificate of the API server again with its names and addresses as subject alternative names.',
    zh: '请重新签发 API server 的证书，把它的名称和地址写入主题备用名称（SAN）。',
  },
  UseServerCertificate: {
    en: 'Give the API server a certificate with the extended key usage "server authentication", issued by an authority.',
    zh: '请为 API server 配置由颁发机构签发、扩展密钥用途含“服务器身份验证”的证书。',
  },
  UseStrongCertificate: {
    en: 'Issue the certificate of the API server again, signed with SHA-256 or better, with a key of at least 2048 (RSA) or 224 (EC) bits.',
    zh: '请重新签发 API server 的证书：用 SHA-256 或更强的算法签名，密钥至少 2048 位（RSA）或 224 位（EC）。',
  },
  ReplaceApiServerCertificate: {
    en: 'Issue the certificate of the API server again from an authority that may issue it.',
    zh: '请由有权签发的颁发机构重新签发 API server 的证书。',
  },
  UseIssuedClientCertificate: {
    en: 'Save the cluster again with a kubeconfig whose client certificate this cluster has issued.',
    zh: '请用本集群签发了客户端证书的 kubeconfig 重新保存集群。',
  },
  CheckHttpsAddress: {
    en: 'Check that the address is that of an API server with HTTPS.',
    zh: '请检查该地址是否是使用 HTTPS 的 API server。',
  },
  CheckCluster: { en: 'It is tried again by itself; check the cluster.', zh: '会自动重试；请检查集群。' },
  AwaitReconnect: { en: 'It is opened again when it is needed.', zh: '需要时会重新打开。' },
  CheckReadyz: {
    en: 'It is asked again by itself; if it stays so, look at its /readyz?verbose.',
    zh: '会自动再问；若一直如此，请查看它的 /readyz?verbose。',
  },
  CheckApiServerLog: {
    en: "Look at the API server's log; it is tried again by itself.",
    zh: '请查看 API server 的日志；会自动重试。',
  },
  CheckKubernetesVersion: {
    en: 'Check that the address is that of a Kubernetes API server of a supported version.',
    zh: '请检查该地址是否是受支持版本的 Kubernetes API server。',
  },
  GiveApiServerItself: { en: 'Give the address of the API server itself.', zh: '请给出 API server 自己的地址。' },
  CheckAddressIsApiServer: {
    en: 'Check that the address is that of a Kubernetes API server.',
    zh: '请检查该地址是否是 Kubernetes API server。',
  },
});
