import { actionTexts } from '../action-texts.ts';

/** What to do while clusters are off-boarded, and where an operator has to act in place of the server. */
export const offboardingActions = actionTexts({
  DeleteVirtualClusters: {
    en: 'Delete these first, or restore the file of the host.',
    zh: '请先删除这些集群，或恢复宿主集群的文件。',
  },
  RegisterOtherName: { en: 'Register the cluster under another name.', zh: '请用别的名称注册集群。' },
  RegisterCertifiedAddress: {
    en: 'Register the cluster under an address that its certificate has.',
    zh: '请用证书中的地址注册集群。',
  },
  GiveAuthority: {
    en: 'Save the cluster again with a kubeconfig that has certificate-authority-data.',
    zh: '请用带有 certificate-authority-data 的 kubeconfig 重新保存集群。',
  },
  RunCommands: { en: 'Run: {commands}', zh: '请运行：{commands}' },
});
