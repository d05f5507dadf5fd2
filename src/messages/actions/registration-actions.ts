import { actionTexts } from '../action-texts.ts';

/** What to do about errors of saving, following and removing clusters. */
export const registrationActions = actionTexts({
  CorrectAllFields: {
    api: {
      en: 'The metadata names every field that is wrong; correct them all and send the request again.',
      zh: 'metadata 指出了每个有误的字段；请全部改正后重新发送请求。',
    },
    cli: { en: 'Correct all fields that are named above and try again.', zh: '请改正上面指出的所有字段后再试。' },
    console: { en: 'Correct all fields that are marked and try again.', zh: '请改正标出的所有字段后再试。' },
  },
  SolveFindings: {
    api: {
      en: 'The metadata names every finding with its remedy; ?insecure_skip_check=true saves without asking the cluster.',
      zh: 'metadata 列出了每一项及其解决办法；?insecure_skip_check=true 可不询问集群就保存。',
    },
    cli: {
      en: 'Each finding says what to do about it; -i (--insecure) saves without asking the cluster.',
      zh: '每一项旁边都有解决办法；-i（--insecure）可以不询问集群就保存。',
    },
    console: {
      en: 'Each finding says what to do about it; the cluster can be saved without being asked.',
      zh: '每一项旁边都有解决办法；也可以选择不询问集群就保存。',
    },
  },
  TakeOverCluster: {
    api: {
      en: 'Delete it there first. If that installation no longer exists, or is to lose the cluster, save with ?take_over=true, or write {identity} into the annotation cluster.nautes.io/take-over of the file.',
      zh: '请先在那边删除它。如果那个安装已不存在，或者要让它失去这个集群，请带 ?take_over=true 保存，或在文件的注解 cluster.nautes.io/take-over 中写入 {identity}。',
    },
    cli: {
      en: 'Delete it there first. If that installation no longer exists, or is to lose the cluster, save it with --take-over, or write {identity} into the annotation cluster.nautes.io/take-over of the file.',
      zh: '请先在那边删除它。如果那个安装已不存在，或者要让它失去这个集群，请用 --take-over 保存，或在文件的注解 cluster.nautes.io/take-over 中写入 {identity}。',
    },
    console: {
      en: 'Delete it there first. If that installation no longer exists, or is to lose the cluster, choose to take it over.',
      zh: '请先在那边删除它。如果那个安装已不存在，或者要让它失去这个集群，请选择接管。',
    },
  },
  RegisterHost: {
    api: { en: 'Register it first, or correct host_cluster.', zh: '请先注册它，或改正 host_cluster。' },
    cli: { en: 'Register it first, or correct --host-cluster.', zh: '请先注册它，或改正 --host-cluster。' },
    console: { en: 'Register it first, or choose another host cluster.', zh: '请先注册它，或选择别的宿主集群。' },
  },
  ChooseHostCluster: {
    api: {
      en: 'Name a cluster with usage "host" as host_cluster.',
      zh: '请把 host_cluster 改为 usage 是 host 的集群。',
    },
    cli: {
      en: 'Name a cluster with usage "host" with --host-cluster.',
      zh: '请用 --host-cluster 指定一个 usage 是 host 的集群。',
    },
    console: {
      en: 'Choose a cluster with usage "host" as host cluster.',
      zh: '请选择一个 usage 是 host 的集群作为宿主集群。',
    },
  },
  AwaitHost: {
    api: {
      en: 'Wait for it; GET /api/v1/clusters/{host}/status says what it waits for.',
      zh: '请等待；GET /api/v1/clusters/{host}/status 说明它在等什么。',
    },
    cli: {
      en: 'Wait for it; `nautes describe cluster {host}` says what it waits for.',
      zh: '请等待；`nautes describe cluster {host}` 说明它在等什么。',
    },
    console: {
      en: 'Wait for it; the page of {host} says what it waits for.',
      zh: '请等待；{host} 的页面说明它在等什么。',
    },
  },
  RepairHost: {
    api: {
      en: 'Check the host cluster; GET /api/v1/clusters/{host}/status says what is wrong with it.',
      zh: '请处理宿主集群；GET /api/v1/clusters/{host}/status 说明它的问题。',
    },
    cli: {
      en: 'Check the host cluster; `nautes describe cluster {host}` says what is wrong with it.',
      zh: '请处理宿主集群；`nautes describe cluster {host}` 说明它的问题。',
    },
    console: {
      en: 'Check the host cluster; the page of {host} says what is wrong with it.',
      zh: '请处理宿主集群；{host} 的页面说明它的问题。',
    },
  },
  ChooseOtherPort: { en: 'Choose another port.', zh: '请换一个端口。' },
  GiveKubeconfig: {
    api: {
      en: 'Put the kubeconfig of the cluster into the field kubeconfig.',
      zh: '请把集群的 kubeconfig 放入字段 kubeconfig。',
    },
    cli: {
      en: 'Give the kubeconfig of the cluster with --kubeconfig.',
      zh: '请用 --kubeconfig 给出集群的 kubeconfig。',
    },
    console: { en: 'Give the kubeconfig of the cluster.', zh: '请给出集群的 kubeconfig。' },
  },
  ReadAgain: {
    en: 'Read it again and repeat your change on what is there now.',
    zh: '请重新查看，再在现有内容上做您的改动。',
  },
  UseOtherRegistration: {
    api: {
      en: 'Use that registration, or delete it first. A copy of it (a restored backup, cloned machines) has the same UID: when this is one, give clone_of.',
      zh: '请使用那个注册，或先删除它。它的副本（恢复的备份、克隆的机器）具有相同的 UID：如果这是副本，请给出 clone_of。',
    },
    cli: {
      en: 'Use that registration, or delete it first. A copy of it (a restored backup, cloned machines) has the same UID: when this is one, say so with --clone-of.',
      zh: '请使用那个注册，或先删除它。它的副本（恢复的备份、克隆的机器）具有相同的 UID：如果这是副本，请用 --clone-of 说明。',
    },
    console: {
      en: 'Use that registration, or delete it first. A copy of it (a restored backup, cloned machines) has the same UID: when this is one, say so.',
      zh: '请使用那个注册，或先删除它。它的副本（恢复的备份、克隆的机器）具有相同的 UID：如果这是副本，请注明。',
    },
  },
  DeleteVirtualClusters: { en: 'Delete the virtual clusters first.', zh: '请先删除这些虚拟集群。' },
  RemoveOrForce: {
    api: {
      en: 'Remove them first, or delete with ?force=true to lose them.',
      zh: '请先移除它们，或用 ?force=true 删除并放弃它们。',
    },
    cli: {
      en: 'Remove them first, or delete with --force to lose them.',
      zh: '请先移除它们，或用 --force 删除并放弃它们。',
    },
    console: { en: 'Remove them first, or confirm that they are lost.', zh: '请先移除它们，或确认放弃它们。' },
  },
  RemoveUserObjects: { en: 'Remove them first; nothing was changed.', zh: '请先移除它们；什么都没有改变。' },
  CheckClusterName: {
    api: {
      en: 'Check the name; `GET /api/v1/clusters` lists the clusters.',
      zh: '请检查名称；`GET /api/v1/clusters` 列出所有集群。',
    },
    cli: {
      en: 'Check the name; `nautes get clusters` lists the clusters.',
      zh: '请检查名称；`nautes get clusters` 列出所有集群。',
    },
    console: { en: 'Check the name in the list of clusters.', zh: '请在集群列表中检查名称。' },
  },
  UndoOrSaveWithKubeconfig: {
    en: 'Undo the change in the repository, or save the cluster again with its kubeconfig.',
    zh: '请在仓库中撤销该改动，或用 kubeconfig 重新保存集群。',
  },
  SaveWithKubeconfig: { en: 'Save the cluster again with its kubeconfig.', zh: '请用 kubeconfig 重新保存集群。' },
  SaveWithAnyKubeconfig: {
    en: 'Save the cluster again with any valid kubeconfig, also the one you used before.',
    zh: '请用任一有效的 kubeconfig 重新保存集群，以前用过的也可以。',
  },
  CorrectAddressOrReplace: {
    en: 'Correct the address, or delete the cluster and register the new one.',
    zh: '请改正地址，或删除集群后注册新的。',
  },
  RestoreIncarnation: {
    en: 'Restore the annotation cluster.nautes.io/incarnation, or delete the cluster and register it again.',
    zh: '请恢复注解 cluster.nautes.io/incarnation，或删除集群后重新注册。',
  },
  RestoreFileOrSave: {
    en: 'Restore its file, or save the cluster as wanted: what was made is then removed first.',
    zh: '请恢复其文件，或按需要的样子保存集群：会先清除原有的内容。',
  },
  ReadReceipt: {
    en: 'The receipt lists what is left on it and the commands that remove it.',
    zh: '回执列出了残留的内容和移除它们的命令。',
  },
  StartNewerProgram: {
    en: 'Start the newer program again, or bring back the database from before the upgrade.',
    zh: '请重新启动较新的程序，或恢复升级前的数据库。',
  },
  RestoreStatusStore: {
    en: 'Bring it back from a backup. Without one move it away together with the files of the same name that end in -wal and -shm: status is observed again; receipts, events and what a running deletion has still to remove are lost.',
    zh: '请从备份恢复。没有备份时，把它连同同名的 -wal 和 -shm 文件一起移走：状态会重新观察；回执、事件以及正在进行的删除还需移除什么，都会丢失。',
  },
  MoveForeignFile: { cli: { en: 'Move it away or give another --data-dir.', zh: '请移走它，或指定别的 --data-dir。' } },
});
