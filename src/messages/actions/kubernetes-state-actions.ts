import { actionTexts } from '../action-texts.ts';

/** What to do about state that is stored in the management cluster. */
export const kubernetesStateActions = actionTexts({
  RaiseRequestLimit: {
    en: 'Use fewer or smaller components, or raise --max-request-bytes of its etcd.',
    zh: '请减少组件或使用更小的组件，或调大其 etcd 的 --max-request-bytes。',
  },
  InstallDefinitions: {
    cli: {
      en: 'Install the definitions of this version: nautes management manifests | kubectl apply --server-side -f -',
      zh: '请安装本版本的定义：nautes management manifests | kubectl apply --server-side -f -',
    },
  },
  GrantStateRights: {
    cli: {
      en: 'Bind the Role that `nautes management manifests` prints to that account.',
      zh: '请把 `nautes management manifests` 打印的 Role 绑定到该账户。',
    },
  },
  FreeManagementStorage: {
    en: 'Compact and defragment etcd of the management cluster, or raise its quota (--quota-backend-bytes), and disarm the alarm.',
    zh: '请压缩并整理管理集群的 etcd，或调大其配额（--quota-backend-bytes），然后解除告警。',
  },
});
