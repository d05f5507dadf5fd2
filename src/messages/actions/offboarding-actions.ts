import { actionTexts } from '../action-texts.ts';

/** What to do while clusters are taken away, and where an operator has to act in place of the server. */
export const offboardingActions = actionTexts({
  ConfirmRemoval: {
    api: {
      en: 'Restore the file, or confirm the removal: DELETE /api/v1/clusters/{name}.',
      zh: '请恢复文件，或确认清除：DELETE /api/v1/clusters/{name}。',
    },
    cli: {
      en: 'Restore the file, or confirm the removal: nautes delete cluster {name}.',
      zh: '请恢复文件，或确认清除：nautes delete cluster {name}。',
    },
    console: {
      en: 'Restore the file, or confirm the removal by deleting {name}.',
      zh: '请恢复文件，或删除 {name} 以确认清除。',
    },
  },
  DeleteVirtualClusters: {
    en: 'Delete these first, or restore the file of the host.',
    zh: '请先删除这些集群，或恢复宿主集群的文件。',
  },
  RunCommands: { en: 'Run: {commands}', zh: '请运行：{commands}' },
});
