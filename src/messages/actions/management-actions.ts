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
  AwaitManagement: {
    en: 'It is tried again. See to the management cluster and to the access that this server has to it.',
    zh: '会再次尝试。请检查管理集群，以及本服务器对它的访问。',
  },
  ResolveForeignPublication: {
    en: 'Remove or rename the object in the management cluster, or let only one installation publish this cluster there.',
    zh: '请在管理集群中删除该对象或给它改名，或只让一个安装实例在那里发布此集群。',
  },
  GrantPublishing: {
    en: 'Give the account of this server in the management cluster the rights of deploy/publishing/argocd.yaml.',
    zh: '请把 deploy/publishing/argocd.yaml 中的权限授予本服务器在管理集群中的账户。',
  },
  CreatePublishingNamespace: {
    en: 'Create the namespace, or name the right one under management.publish.',
    zh: '请创建该命名空间，或在 management.publish 下写明正确的命名空间。',
  },
  AwaitPublication: {
    en: 'It is made again once it is gone; see to what holds it.',
    zh: '它消失后会重新建立；请处理拖住它的一方。',
  },
  CheckRepositorySync: {
    en: 'Look at what syncs the repository there, or let this server make the objects (management.publish.clusterObject.mode: object).',
    zh: '请检查在那里同步仓库的程序，或让本服务器创建这些对象（management.publish.clusterObject.mode: object）。',
  },
  ReplaceClusterDefinition: {
    en: 'Apply deploy/definitions/nautes.resource.nautes.io_clusters.yaml there, which accepts it, or give the cluster another address.',
    zh: '请在那里应用接受该地址的 deploy/definitions/nautes.resource.nautes.io_clusters.yaml，或给集群换一个地址。',
  },
  InstallDefinition: {
    en: 'Install its definition there, or do not select this publication.',
    zh: '请在那里安装它的定义，或不选择这种发布。',
  },
  CorrectPublishing: {
    en: 'See the definitions and admission policies of the management cluster.',
    zh: '请检查管理集群的定义与准入策略。',
  },
  SeparateInstallations: {
    cli: {
      en: 'Give this server the namespace (management.namespace) or the data directory of its own installation. If it is the same installation and its repository has moved, set `repository` in ConfigMap nautes-installation of namespace {namespace} to the new address.',
      zh: '请让本服务器使用自己安装的命名空间（management.namespace）或数据目录。如果是同一个安装而仓库换了地址，请把命名空间 {namespace} 的 ConfigMap nautes-installation 中的 `repository` 改为新地址。',
    },
  },
  MigrateStorageBack: {
    cli: {
      en: 'Set `storage` to where the state is now; to come back: nautes storage migrate --to {back}',
      zh: '请把 `storage` 设为状态现在所在之处；要迁回：nautes storage migrate --to {back}',
    },
  },
  FinishMigration: {
    cli: {
      en: 'Run it again: nautes storage migrate --to {to}',
      zh: '请重新运行：nautes storage migrate --to {to}',
    },
  },
  MigrateStorage: {
    cli: {
      en: 'Stop the server and run: nautes storage migrate --to kubernetes. A new replica has an empty data directory.',
      zh: '请停止服务器并运行：nautes storage migrate --to kubernetes。新的副本使用空的数据目录。',
    },
  },
  CheckMigrationSource: {
    cli: {
      en: 'Check --data-dir and `management` in the configuration.',
      zh: '请检查 --data-dir 和配置中的 `management`。',
    },
  },
  EmptyMigrationTarget: {
    cli: {
      en: 'Name another data directory or namespace. If what is there is not needed, remove it first.',
      zh: '请指定别的数据目录或命名空间。如果那里的内容不再需要，请先删除它。',
    },
  },
  RepeatMigration: {
    cli: {
      en: 'Run the migration again; if it stays so, the new place cannot be relied on. The old one is unchanged.',
      zh: '请重新运行迁移；如果仍然如此，则新的位置不可靠。旧的没有改变。',
    },
  },
  StopReplicas: {
    cli: {
      en: 'Stop them first; one that was killed counts as gone ten seconds later.',
      zh: '请先停止它们；被强行终止的副本十秒后才算离开。',
    },
  },
  NameOtherManagement: {
    api: {
      en: 'Change management.cluster and let everything be withdrawn first, or delete with ?force=true.',
      zh: '请先更改 management.cluster 并等一切撤回，或用 ?force=true 删除。',
    },
    cli: {
      en: 'Change management.cluster and let everything be withdrawn first, or delete with --force.',
      zh: '请先更改 management.cluster 并等一切撤回，或用 --force 删除。',
    },
    console: {
      en: 'Change management.cluster and let everything be withdrawn first, or confirm that it is lost.',
      zh: '请先更改 management.cluster 并等一切撤回，或确认放弃。',
    },
  },
});
