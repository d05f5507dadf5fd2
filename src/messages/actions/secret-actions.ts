import { actionTexts } from '../action-texts.ts';

/** What to do about errors of the secret stores: the sealed files, and Vault or OpenBao. */
export const secretActions = actionTexts({
  RestoreSealedData: {
    en: 'Bring back what belongs to it (sealing key and data directory, or the entry in Vault), or save the cluster again with a valid kubeconfig.',
    zh: '请恢复与它匹配的内容（封存密钥和数据目录，或 Vault 中的条目），或用有效的 kubeconfig 重新保存集群。',
  },
  ReadActiveCredential: { en: 'Read which one is active now and decide again.', zh: '请查看现在哪个有效，再作决定。' },
  ActivateOtherCredential: {
    en: 'Activate another one first, or remove all of the registration.',
    zh: '请先启用另一个，或移除整个注册。',
  },
  UseRegisteredScope: {
    en: 'Use the cluster name and the incarnation as they stand in the tenant configuration repository.',
    zh: '请使用租户配置库中的集群名称和注册编号。',
  },
  ShrinkKubeconfig: {
    en: 'Remove what does not belong to it from the kubeconfig, such as further certificates.',
    zh: '请去掉 kubeconfig 中不相干的内容，例如多余的证书。',
  },
  MigrateOtherWay: {
    en: 'Migrate the other way round, or remove what that store holds of Nautes first if it is not wanted any more.',
    zh: '请反方向迁移；如果不再需要那个存储里 Nautes 的内容，请先移除它。',
  },
  CheckMigrationTarget: {
    en: 'Nothing was switched: look after the store that is to be filled, then run the migration again.',
    zh: '什么都没有切换：请检查要填充的存储，然后重新迁移。',
  },
  MigrateSecrets: {
    en: 'Run: nautes secrets migrate --from sealed --to vault. To begin without them move that directory away first.',
    zh: '请运行：nautes secrets migrate --from sealed --to vault。如需从头开始，请先移走那个目录。',
  },
  RestoreSealingKey: {
    en: 'Bring back the key from its copy. Without it the credentials are lost: remove the directory {directory} and save each cluster again with a kubeconfig.',
    zh: '请从副本恢复密钥。没有它，这些凭据就丢失了：请删除目录 {directory}，再用 kubeconfig 重新保存每个集群。',
  },
  RestoreSharedSealingKey: {
    en: 'Bring back the key that all replicas have had (Secret nautes-sealing-key of namespace {namespace}, or its file or variable) from its copy. Without it the credentials are lost: delete the Secrets and ConfigMaps of that namespace with the label state.nautes.io/content of credentials and nautes-sealing-key-check, and save each cluster again with a kubeconfig.',
    zh: '请从副本恢复所有副本共用的密钥（命名空间 {namespace} 的 Secret nautes-sealing-key，或其文件、变量）。没有它，这些凭据就丢失了：请删除该命名空间中带凭据标签 state.nautes.io/content 的 Secret 和 ConfigMap 以及 nautes-sealing-key-check，再用 kubeconfig 重新保存每个集群。',
  },
  CreateSealingKey: {
    en: 'A key is 32 random bytes in base64, as printed by: openssl rand -base64 32',
    zh: '密钥是 32 个随机字节的 base64，例如：openssl rand -base64 32',
  },
  RestoreMatchingKey: {
    en: 'Bring back the key that belongs to this data directory; several keys can stand there, the first one seals.',
    zh: '请恢复属于此数据目录的密钥；可以放多个，第一个用于封存。',
  },
  CheckVaultRuns: {
    en: 'Check that it runs and that this server reaches it; it is tried again by itself.',
    zh: '请检查它是否在运行、本服务器能否访问它；会自动重试。',
  },
  SetVaultAuthority: {
    en: 'Name its certificate authority with secrets.vault.caFile; check the name in the address, and the clocks.',
    zh: '请用 secrets.vault.caFile 指定其证书颁发机构；并检查地址中的名称和时钟。',
  },
  UnsealVault: {
    en: 'Unseal it: vault operator unseal. It is tried again by itself.',
    zh: '请解封：vault operator unseal。会自动重试。',
  },
  InitializeVault: {
    en: 'Run: vault operator init, and unseal it. Check that the address is the one that is meant.',
    zh: '请运行：vault operator init，然后解封。也请检查地址是否正确。',
  },
  AwaitVaultLeader: {
    en: 'Wait for the election of a leader, or look at the other nodes; it is tried again by itself.',
    zh: '请等待选出主节点，或查看其他节点；会自动重试。',
  },
  AddVaultPeer: {
    en: 'If it is a node of the same Vault, add its https address to secrets.vault.peers.',
    zh: '如果它是同一个 Vault 的节点，请把它的 https 地址加入 secrets.vault.peers。',
  },
  CheckVaultQuotas: {
    en: 'It is tried again by itself; look at the rate limit quotas of Vault if it stays so.',
    zh: '会自动重试；如果一直如此，请查看 Vault 的速率限额。',
  },
  CheckVaultAudit: {
    en: 'Look whether its audit devices can write (vault audit list, the log of Vault): it refuses what it cannot record. It is tried again by itself.',
    zh: '请检查它的审计设备能否写入（vault audit list、Vault 的日志）：不能记录的请求它会拒绝。会自动重试。',
  },
  CheckVaultLog: {
    en: 'Look at the log of Vault; it is tried again by itself.',
    zh: '请查看 Vault 的日志；会自动重试。',
  },
  CorrectVaultAddress: {
    en: 'Check that secrets.vault.address is that of Vault or OpenBao itself, without a path.',
    zh: '请检查 secrets.vault.address 是否就是 Vault 或 OpenBao 本身的地址，且不带路径。',
  },
  CorrectVaultLogin: {
    en: 'Check the role and the credential that are named below secrets.vault.auth; `nautes vault setup` prints the commands that make them.',
    zh: '请检查 secrets.vault.auth 下的角色和凭据；`nautes vault setup` 会打印创建它们的命令。',
  },
  CorrectVaultLoginFile: {
    en: 'Correct secrets.vault.auth or bring the file; it is read at every login.',
    zh: '请改正 secrets.vault.auth，或放好该文件；每次登录都会读取它。',
  },
  ReplaceVaultToken: {
    en: 'Put a new one into {file:message}; it is read again by itself. A login by AppRole, Kubernetes or JWT renews itself.',
    zh: '请把新的令牌放入 {file:message}，会自动读取。以 AppRole、Kubernetes 或 JWT 登录则自动续期。',
  },
  GrantVaultPolicy: {
    en: '`nautes vault policy` prints the policy that is needed.',
    zh: '`nautes vault policy` 会打印所需的策略。',
  },
  EnableVaultMount: {
    en: 'Run: vault secrets enable -path={mount} -version=2 kv. `nautes vault policy` prints the policy that is needed.',
    zh: '请运行：vault secrets enable -path={mount} -version=2 kv。`nautes vault policy` 会打印所需的策略。',
  },
  EnableVaultVersioning: {
    en: 'Run: vault kv enable-versioning {mount}/ or name another mount.',
    zh: '请运行：vault kv enable-versioning {mount}/，或指定别的挂载点。',
  },
  ChooseVaultMount: { en: 'Name a mount of type kv, version 2.', zh: '请指定一个 kv 类型、版本 2 的挂载点。' },
  RaiseVaultEntrySize: {
    en: 'Raise max_entry_size of its storage, or make the kubeconfig smaller.',
    zh: '请调高其存储的 max_entry_size，或缩小 kubeconfig。',
  },
  CheckVaultVersion: {
    en: 'Look at the log of Vault, and at its version: it is tested with 1.15.',
    zh: '请查看 Vault 的日志和版本：测试所用的是 1.15。',
  },
});
