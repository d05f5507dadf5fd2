import { actionTexts } from '../action-texts.ts';

/** What to do about the management cluster. */
export const managementActions = actionTexts({
  CorrectManagementAccess: {
    cli: {
      en: 'Correct what the key names: a readable kubeconfig with its credential inside, or the service account of a Pod.',
      zh: '请改正该键所指的内容：一个可读且内含凭据的 kubeconfig，或 Pod 的 ServiceAccount。',
    },
  },
  CheckManagementCluster: {
    en: 'Check that the management cluster answers and grants this server what it needs in its namespace; it is tried again.',
    zh: '请检查管理集群是否应答、是否授予本服务器在其命名空间中所需的权限；会自动重试。',
  },
});
