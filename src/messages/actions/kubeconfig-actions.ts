import { actionTexts } from '../action-texts.ts';

/** What to do about errors of an address or a kubeconfig, found before a connection is made. */
export const kubeconfigActions = actionTexts({
  GiveApiServerUrl: {
    en: 'Give https://host[:port] and nothing else, e.g. https://203.0.113.7:6443.',
    zh: '请写成 https://主机[:端口]，不要有别的，例如 https://203.0.113.7:6443。',
  },
  UseExternalAddress: {
    en: 'Register it under an address that reaches the cluster from outside, or allow such addresses in the configuration (the keys below `addresses`).',
    zh: '请用从外部可达的地址注册，或在配置中允许这类地址（`addresses` 之下的键）。',
  },
  MinifyKubeconfig: {
    en: 'Make one that holds only this cluster: kubectl config view --minify --flatten --raw.',
    zh: '请只保留这一个集群：kubectl config view --minify --flatten --raw。',
  },
  EncodeKubeconfig: {
    en: 'Send the YAML text itself or encode the whole file: base64 -w0 kubeconfig.',
    zh: '请发送 YAML 文本本身，或对整个文件编码：base64 -w0 kubeconfig。',
  },
  SendKubeconfigOfKubectl: {
    en: 'Send the file as kubectl writes it: kubectl config view --minify --flatten --raw.',
    zh: '请发送 kubectl 写出的文件：kubectl config view --minify --flatten --raw。',
  },
  WriteOutAliases: {
    en: 'Write every value out: kubectl config view --minify --flatten --raw.',
    zh: '请把每个值都写出来：kubectl config view --minify --flatten --raw。',
  },
  CreateKubeconfig: {
    en: 'Make it with kubectl config view --minify --flatten --raw.',
    zh: '请用 kubectl config view --minify --flatten --raw 生成。',
  },
  CorrectKubeconfigReference: {
    en: 'Name an entry that is there, or make the file again: kubectl config view --minify --flatten --raw.',
    zh: '请改为存在的条目，或重新生成文件：kubectl config view --minify --flatten --raw。',
  },
  ChooseCurrentContext: {
    en: 'Choose one: kubectl config use-context NAME.',
    zh: '请选择一个：kubectl config use-context NAME。',
  },
  PrintKubeconfigRaw: {
    en: 'Print it with its secrets: kubectl config view --minify --flatten --raw.',
    zh: '请连同机密一起输出：kubectl config view --minify --flatten --raw。',
  },
  UseServiceAccountToken: {
    en: 'Create a ServiceAccount with a token and use that: kubectl create token NAME --duration=24h.',
    zh: '请建立 ServiceAccount 并使用其令牌：kubectl create token NAME --duration=24h。',
  },
  KeepOneField: {
    en: 'Remove the one that is not meant.',
    zh: '请去掉多余的那一个。',
  },
  EmbedKubeconfigFiles: {
    en: 'Put the content into the kubeconfig: kubectl config view --minify --flatten --raw.',
    zh: '请把内容放进 kubeconfig：kubectl config view --minify --flatten --raw。',
  },
  RemoveProxy: {
    en: 'Remove proxy-url, or have the operator of this server add the proxy to proxies.kubeconfigs in its configuration.',
    zh: '请去掉 proxy-url，或请本服务器的运维方把该代理加入配置的 proxies.kubeconfigs。',
  },
  GiveAuthorityData: {
    en: 'Remove that and give the certificate-authority-data of the cluster.',
    zh: '请去掉它，并给出集群的 certificate-authority-data。',
  },
  UseOwnRights: { en: 'Use a credential that has the rights itself.', zh: '请使用自身具有权限的凭据。' },
  UseHttpsAddress: { en: 'Use the https address of the API server.', zh: '请使用 API server 的 https 地址。' },
  AddCredential: {
    en: 'Give client-certificate-data with client-key-data, or a token.',
    zh: '请给出 client-certificate-data 和 client-key-data，或令牌。',
  },
  RecreateKubeconfig: {
    en: 'Make the file again: kubectl config view --minify --flatten --raw.',
    zh: '请重新生成文件：kubectl config view --minify --flatten --raw。',
  },
  GiveMatchingKey: { en: 'Give the key that the certificate was made for.', zh: '请给出与该证书配对的私钥。' },
  GetNewCredential: {
    en: 'Get a new one from the cluster and save the cluster with it.',
    zh: '请从集群取得新的，再用它保存集群。',
  },
  AwaitValidity: {
    en: 'Wait until then, or check the clocks of this server and of the cluster.',
    zh: '请等到那时，或检查服务器和集群的时钟。',
  },
});
