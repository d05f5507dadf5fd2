import { actionTexts } from '../action-texts.ts';

/** What to do about state that is stored in the management cluster. */
export const kubernetesStateActions = actionTexts({
  RaiseRequestLimit: {
    en: 'Use fewer or smaller components, or raise --max-request-bytes of its etcd.',
    zh: '请减少组件或使用更小的组件，或调大其 etcd 的 --max-request-bytes。',
  },
  InstallDefinitions: {
    cli: {
      en: 'Install the definition of this version: kubectl apply --server-side -f deploy/definitions/clusterstates.yaml',
      zh: '请安装本版本的定义：kubectl apply --server-side -f deploy/definitions/clusterstates.yaml',
    },
  },
  GrantStateRights: {
    cli: {
      en: 'Bind a Role with these rights to that account; docs/reference/chart-rights.md lists all of them.',
      zh: '请把含有这些权限的 Role 绑定到该账户；docs/reference/chart-rights.md 列出了全部权限。',
    },
  },
  FreeManagementStorage: {
    en: 'Compact and defragment etcd of the management cluster, or raise its quota (--quota-backend-bytes), and disarm the alarm.',
    zh: '请压缩并整理管理集群的 etcd，或调大其配额（--quota-backend-bytes），然后解除告警。',
  },
});
