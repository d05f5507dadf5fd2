import type { CatalogueEntry } from './catalogue-entry.ts';

/** Errors of the secret stores: the sealed files, and Vault or OpenBao. Part of the one catalogue. */
export const secretErrors = {
  // --- secrets -------------------------------------------------------------------------------------------------
  CredentialUnknown: {
    status: 409,
    next: 'stalled',
    message: 'no credential {version} is stored for cluster {cluster}',
    remedy: 'Save the cluster again with a valid kubeconfig.',
  },
  CredentialUnreadable: {
    status: 500,
    next: 'stalled',
    message: 'the stored credential of cluster {cluster} cannot be opened: {problem}',
    remedy:
      'Bring back what belongs to it (sealing key and data directory, or the entry in Vault), or save the cluster again with a valid kubeconfig.',
  },
  CredentialConflict: {
    status: 409,
    next: 'transient',
    message: 'the active credential of cluster {cluster} has been changed by somebody else',
    remedy: 'Read which one is active now and decide again.',
  },
  CredentialActive: {
    status: 409,
    next: 'stalled',
    message: 'the credential {version} of cluster {cluster} is the active one',
    remedy: 'Activate another one first, or remove all of the registration.',
  },
  CredentialScopeInvalid: {
    status: 400,
    next: 'stalled',
    message: 'no credential can be stored for this registration: {problem}',
    remedy: 'Use the cluster name and the incarnation as they stand in the tenant configuration repository.',
  },
  CredentialTooLarge: {
    status: 413,
    next: 'stalled',
    message: 'the credential of cluster {cluster} has more than {maximum} bytes',
    remedy: 'Remove what does not belong to it from the kubeconfig, such as further certificates.',
  },
  SecretStoreUnavailable: {
    status: 503,
    next: 'transient',
    message: 'the secret store cannot be used: {problem}',
    remedy: 'Look whether the data directory is there, writable and not full; it is tried again.',
  },
  MigrationTargetNewer: {
    status: 409,
    next: 'stalled',
    message: 'the store that is to be filled has a newer credential for cluster {cluster}: it has been in use',
    remedy:
      'Migrate the other way round, or remove what that store holds of Nautes first if it is not wanted any more.',
  },
  MigrationMismatch: {
    status: 500,
    next: 'stalled',
    message: 'a credential of cluster {cluster} was read back differently than it was written',
    remedy: 'Nothing was switched: look after the store that is to be filled, then run the migration again.',
  },
  SecretsNotMigrated: {
    status: 500,
    next: 'stalled',
    message: 'there are credentials in {directory} and none of Nautes in Vault: every cluster would lose its own',
    remedy:
      'Run: nautes secrets migrate --from sealed --to vault. To begin without them move that directory away first.',
  },
  SealingKeyMissing: {
    status: 500,
    next: 'stalled',
    message: 'there are sealed credentials but no sealing key at {source}',
    remedy:
      'Bring back the key from its copy. Without it the credentials are lost: remove the directory {directory} and save each cluster again with a kubeconfig.',
  },
  SealingKeyExposed: {
    status: 500,
    next: 'stalled',
    message: 'the sealing key {file} can be read or changed by other users of this machine',
    remedy: 'Run: chmod 600 {file}',
  },
  SealingKeyInvalid: {
    status: 500,
    next: 'stalled',
    message: 'the sealing key in {source} is not valid: {problem}',
    remedy: 'A key is 32 random bytes in base64, as printed by: openssl rand -base64 32',
  },
  SealingKeyUnknown: {
    status: 500,
    next: 'stalled',
    message: 'the credentials in {directory} are sealed with key {needed}, which is not in {source}',
    remedy:
      'Bring back the key that belongs to this data directory; several keys can stand there, the first one seals.',
  },

  // --- vault: Vault or OpenBao, as secret store and for the workloads of clusters ------------------------------------
  VaultUnreachable: {
    status: 503,
    next: 'transient',
    message: 'Vault at {address} does not answer ({code})',
    remedy: 'Check that it runs and that this server reaches it; it is tried again by itself.',
  },
  VaultCertificateRefused: {
    status: 503,
    next: 'stalled',
    message: 'the certificate of Vault at {address} cannot be trusted ({code})',
    remedy: 'Name its certificate authority with secrets.vault.caFile; check the name in the address, and the clocks.',
  },
  VaultSealed: {
    status: 503,
    next: 'waiting',
    message: 'Vault at {address} is sealed',
    remedy: 'Unseal it: vault operator unseal. It is tried again by itself.',
  },
  VaultNotInitialized: {
    status: 503,
    next: 'stalled',
    message: 'Vault at {address} has never been initialised',
    remedy: 'Run: vault operator init, and unseal it. Check that the address is the one that is meant.',
  },
  VaultStandby: {
    status: 503,
    next: 'waiting',
    message: 'Vault at {address} is a standby and reaches no active node',
    remedy: 'Wait for the election of a leader, or look at the other nodes; it is tried again by itself.',
  },
  VaultRedirectRefused: {
    status: 503,
    next: 'stalled',
    message: 'Vault at {address} sends us to {target}, which is not one of its addresses; nothing was sent there',
    remedy: 'If it is a node of the same Vault, add its https address to secrets.vault.peers.',
  },
  VaultThrottled: {
    status: 503,
    next: 'waiting',
    message: 'Vault at {address} asks to come back later (429)',
    remedy: 'It is tried again by itself; look at the rate limit quotas of Vault if it goes on.',
  },
  VaultAuditBlocked: {
    status: 503,
    next: 'waiting',
    message: 'Vault at {address} is unsealed and active and does not carry out requests ({problem})',
    remedy:
      'Look whether its audit devices can write (vault audit list, the log of Vault): it refuses what it cannot record. It is tried again by itself.',
  },
  VaultServerError: {
    status: 503,
    next: 'transient',
    message: 'Vault at {address} failed with {status}',
    remedy: 'Look at the log of Vault; it is tried again by itself.',
  },
  VaultResponseInvalid: {
    status: 503,
    next: 'stalled',
    message: '{address} does not answer as Vault does ({problem})',
    remedy: 'Check that secrets.vault.address is that of Vault or OpenBao itself, without a path.',
  },
  VaultLoginRefused: {
    status: 503,
    next: 'stalled',
    message: 'Vault refuses the login by {method} at auth/{mount} ({status})',
    remedy:
      'Check the role and the credential that are named below secrets.vault.auth; `nautes vault setup` prints the commands that make them.',
  },
  VaultLoginFileUnreadable: {
    status: 503,
    next: 'stalled',
    message: 'the file for the login to Vault cannot be used: {file} {problem}',
    remedy: 'Correct secrets.vault.auth or bring the file; it is read at every login.',
  },
  VaultTokenInvalid: {
    status: 503,
    next: 'stalled',
    message: 'the token for Vault has expired or was revoked',
    remedy:
      'Put a new one into {file}; it is read again by itself. A login by AppRole, Kubernetes or JWT renews itself.',
  },
  VaultPermissionDenied: {
    status: 503,
    next: 'stalled',
    message: 'Vault does not allow us to {operation} {path}',
    remedy: '`nautes vault policy` prints the policy that is needed.',
  },
  VaultMountMissing: {
    status: 503,
    next: 'stalled',
    message: 'Vault has no secrets engine at {mount}/, or does not let us see it',
    remedy:
      'Run: vault secrets enable -path={mount} -version=2 kv. `nautes vault policy` prints the policy that is needed.',
  },
  VaultMountVersion1: {
    status: 503,
    next: 'stalled',
    message: 'the secrets engine at {mount}/ is KV version 1, which knows no versions',
    remedy: 'Run: vault kv enable-versioning {mount}/ or name another mount.',
  },
  VaultMountUnsuitable: {
    status: 503,
    next: 'stalled',
    message: 'the secrets engine at {mount}/ is no KV engine but of type {type}',
    remedy: 'Name a mount of type kv, version 2.',
  },
  VaultConflict: {
    status: 503,
    next: 'transient',
    message: 'somebody else changed {path} in Vault at the same moment',
    remedy: 'It is tried again by itself.',
  },
  VaultEntryTooLarge: {
    status: 413,
    next: 'stalled',
    message: 'Vault does not take an entry of this size at {path}',
    remedy: 'Raise max_entry_size of its storage, or make the kubeconfig smaller.',
  },
  VaultRequestRefused: {
    status: 503,
    next: 'stalled',
    message: 'Vault refuses to {operation} {path} ({status})',
    remedy: 'Look at the log of Vault, and at its version: it is tested with 1.15.',
  },
} as const satisfies Record<string, CatalogueEntry>;
