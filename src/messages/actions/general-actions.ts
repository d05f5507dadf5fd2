import { actionTexts } from '../action-texts.ts';

export const generalActions = actionTexts({
  RetryLater: {
    api: {
      en: 'Nothing was changed; try again after the time in Retry-After.',
      zh: '什么都没有改变；请在 Retry-After 的时间之后再试。',
    },
    cli: { en: 'Nothing was changed; try again later.', zh: '什么都没有改变；请稍后再试。' },
    console: { en: 'Nothing was changed; try again later.', zh: '什么都没有改变；请稍后再试。' },
  },
  SaveWithValidKubeconfig: {
    en: 'Save the cluster again with a valid kubeconfig.',
    zh: '请用有效的 kubeconfig 重新保存集群。',
  },
  CheckDataDirectory: {
    en: 'Look whether the data directory is there, writable and not full; it is tried again.',
    zh: '请检查数据目录是否存在、可写、未满；会自动重试。',
  },
  RestrictFile: { en: 'Run: chmod 600 {file}', zh: '请运行：chmod 600 {file}' },
  OwnContextFile: {
    en: 'Make it your own and writable by no other user, e.g. with chmod go-w {path}.',
    zh: '请使其归您所有且不可被其他用户写入，例如执行 chmod go-w {path}。',
  },
  AwaitRetry: { en: 'It is tried again by itself.', zh: '会自动重试。' },
  UseClusterAdmin: {
    en: 'Use a credential with the ClusterRole cluster-admin.',
    zh: '请使用具有 ClusterRole cluster-admin 的凭据。',
  },
  TryAgain: {
    api: { en: 'Send the request again.', zh: '请重新发送请求。' },
    cli: { en: 'Try again.', zh: '请再试一次。' },
    console: { en: 'Try again.', zh: '请再试一次。' },
  },
  /** Advice that an earlier version has stored, or that a peer gives. */
  Advice: { en: '{text}', zh: '{text}' },
  ConfirmRemoval: {
    api: {
      en: 'Restore the file, or confirm the removal: DELETE /api/v1/clusters/{cluster}.',
      zh: '请恢复该文件，或确认清除：DELETE /api/v1/clusters/{cluster}。',
    },
    cli: {
      en: 'Restore the file, or confirm the removal: nautes delete cluster {cluster}.',
      zh: '请恢复该文件，或确认清除：nautes delete cluster {cluster}。',
    },
    console: {
      en: 'Restore the file, or confirm the removal by deleting {cluster}.',
      zh: '请恢复该文件，或删除 {cluster} 以确认清除。',
    },
  },
  DeleteWithForce: {
    api: { en: 'Delete it with ?force=true to end at once.', zh: '用 ?force=true 再次删除可立即结束。' },
    cli: { en: 'Delete it with --force to end at once.', zh: '用 --force 再次删除可立即结束。' },
    console: { en: 'Delete it again without waiting to end at once.', zh: '再次删除并选择不等待，可立即结束。' },
  },
});
