import { clientErrors } from './client-errors.ts';

/**
 * Every error that leaves a part of the system, by its stable reason.
 *
 * - `status`: the HTTP status when it reaches an API caller.
 * - `next`: `stalled` (a person must act), `waiting` (ends by itself or at a known time), `transient` (retry with back-off).
 * - `message` and `remedy`: templates; `{name}` is filled from the error's details.
 */
export type NextStep = 'stalled' | 'waiting' | 'transient';

export interface CatalogueEntry {
  readonly status: number;
  readonly next: NextStep;
  readonly message: string;
  readonly remedy: string;
}

export const errorCatalogue = {
  // --- general -------------------------------------------------------------------------------------------------
  Internal: {
    status: 500,
    next: 'transient',
    message: 'internal error',
    remedy: 'Look for the request id in the server log and report it.',
  },
  Closing: {
    status: 503,
    next: 'transient',
    message: 'the server is shutting down',
    remedy: 'Try again when it is back.',
  },
  ConfigurationInvalid: {
    status: 500,
    next: 'stalled',
    message: 'the configuration is not valid: {problem}',
    remedy: 'Correct the key named; `nautes server --print-config` shows what is in force.',
  },
  AuthorityMissing: {
    status: 404,
    next: 'stalled',
    message: 'there is no certificate authority in {directory}',
    remedy: 'A server with `tls: auto` makes it at its first start; check --data-dir.',
  },
  SandboxDirectoryUnusable: {
    status: 500,
    next: 'stalled',
    message: 'kubeconfigs cannot be written to {directory} ({problem})',
    remedy: 'Name a directory of your own with --dir.',
  },
  DataDirectoryLocked: {
    status: 500,
    next: 'stalled',
    message: 'the data directory is in use by process {pid}',
    remedy: 'Stop that server first or give this one another --data-dir.',
  },
  DataDirectoryUnusable: {
    status: 500,
    next: 'stalled',
    message: 'the data directory {directory} cannot be used: {problem}',
    remedy: 'Give a directory on a local file system that this user may write to.',
  },

  // --- identity ------------------------------------------------------------------------------------------------
  Unauthenticated: {
    status: 401,
    next: 'stalled',
    message: 'the access token is missing or not known',
    remedy:
      'Send "Authorization: Bearer <token>" with a valid token: one of GitLab or Gitea where the server is configured for that, else one that `nautes token create` has made.',
  },
  NoAuthorization: {
    status: 403,
    next: 'stalled',
    message: '{caller} may not {action}: {missing}',
    remedy: 'This needs {needed}; {grant}.',
  },
  TokenExpired: {
    status: 401,
    next: 'stalled',
    message: 'the access token {name} expired at {expiresAt}',
    remedy: 'Ask for a new one; `nautes token create` makes it.',
  },
  TokenNameInvalid: {
    status: 400,
    next: 'stalled',
    message: '{problem}',
    remedy: 'Use lower case letters, digits, "-" and ".", beginning and ending with a letter or digit.',
  },
  TokenNameTaken: {
    status: 409,
    next: 'stalled',
    message: 'there is a token with the name {name} already',
    remedy: 'Take another name or revoke that token first.',
  },
  TokenInvalid: {
    status: 400,
    next: 'stalled',
    message: 'no such token can be made: {problem}',
    remedy: 'Give a role (reader or maintainer), a plain email address and an end that lies ahead.',
  },
  TokenNotFound: {
    status: 404,
    next: 'stalled',
    message: 'there is no token with the name {name}',
    remedy: '`nautes token list` shows the names.',
  },
  TokenStoreUnavailable: {
    status: 503,
    next: 'transient',
    message: 'the access tokens cannot be used: {problem}',
    remedy: 'Look whether the data directory is there and belongs to the user that runs Nautes.',
  },

  TokenRefused: {
    status: 401,
    next: 'stalled',
    message: 'the access token cannot be used here: {problem}',
    remedy: '{advice}',
  },
  AccountBlocked: {
    status: 403,
    next: 'stalled',
    message: '{host} does not let this account in: {problem}',
    remedy: 'Ask an administrator of {host} to unblock the account, or use the token of another one.',
  },
  TooManyFailures: {
    status: 429,
    next: 'waiting',
    message: 'too many unknown tokens have come {from}',
    remedy:
      'Come back after the time in Retry-After with a valid token; tokens that were accepted lately go on working.',
  },

  // --- git-host: the API of GitLab or Gitea --------------------------------------------------------------------
  GitHostUnavailable: {
    status: 503,
    next: 'transient',
    message: '{host} cannot be asked: {problem}',
    remedy: 'Nothing was changed; try again in a while. If it stays so, check identity.url, the network and {host}.',
  },
  GitHostThrottled: {
    status: 503,
    next: 'waiting',
    message: '{host} asks to come back later (429)',
    remedy: 'Nothing was changed; try again after the time in Retry-After.',
  },
  GitHostBudgetSpent: {
    status: 503,
    next: 'waiting',
    message: 'the {limit} requests that {host} may be asked a minute are used up',
    remedy: 'Nothing was changed; try again after the time in Retry-After, or raise identity.requestsPerMinute.',
  },
  GitHostRedirects: {
    status: 503,
    next: 'stalled',
    message: '{host} answers with a redirect ({status}), which is never followed with a token',
    remedy: 'The address or the project has moved: correct identity.url and identity.project.',
  },
  GitHostInvalid: {
    status: 502,
    next: 'stalled',
    message: 'the answer of {host} is not what it should be: {problem}',
    remedy: 'Check that identity.url is the address of {host} itself, and its version.',
  },

  // --- api: decoding and validation ----------------------------------------------------------------------------
  Codec: {
    status: 400,
    next: 'stalled',
    message: '{problem}',
    remedy: 'Correct what the message names and send the request again.',
  },
  Validator: {
    status: 400,
    next: 'stalled',
    message: '{problem}',
    remedy: 'Correct the fields that are named.',
  },
  BodyTooLarge: {
    status: 413,
    next: 'stalled',
    message: 'the body is larger than {limit} bytes',
    remedy: 'Send a kubeconfig with the one context that is needed.',
  },
  WebhookRefused: {
    status: 401,
    next: 'stalled',
    message: 'the secret of the webhook is missing or wrong',
    remedy: 'Give the hook in GitLab (secret token) or Gitea (secret) the content of the file webhooks.secretFile.',
  },
  ReceiptNotFound: {
    status: 404,
    next: 'stalled',
    message: 'there is no receipt for a cluster {cluster}',
    remedy: 'A receipt is there once a deleted cluster is off; see the events of the cluster.',
  },
  TooManyStreams: {
    status: 429,
    next: 'waiting',
    message: 'there are too many open event streams',
    remedy: 'Close some or ask for pages with "Accept: application/json".',
  },
  DeadlineExceeded: {
    status: 504,
    next: 'transient',
    message: 'the request took longer than {seconds} s and was given up',
    remedy: 'Look at the cluster, then try again: a change may or may not have been made.',
  },

  // --- model: what a cluster may be ----------------------------------------------------------------------------

  // --- config-repo ---------------------------------------------------------------------------------------------
  ClusterFileInvalid: {
    status: 409,
    next: 'stalled',
    message: 'the file of cluster {name} in the tenant configuration repository is not valid: {problem}',
    remedy: 'Correct or remove the file with a commit, or delete the cluster and save it again.',
  },
  ConfigRepoUnavailable: {
    status: 503,
    next: 'transient',
    message: 'the tenant configuration repository is not available: {problem}',
    remedy: 'Ask again in a while; a change that has arrived already is not made twice.',
  },
  ConfigRepoRefused: {
    status: 409,
    next: 'stalled',
    message: 'the tenant configuration repository refuses the commit: {problem}',
    remedy: 'Look at the hooks and the rules of its branch main; its own words stand in the message.',
  },
  ConfigRepoInvalid: {
    status: 500,
    next: 'stalled',
    message: 'the tenant configuration repository cannot be used: {problem}',
    remedy: 'Correct the repository or the configuration that names it.',
  },
  ConfigRepoTokenRefused: {
    status: 503,
    next: 'stalled',
    message: 'the Git server does not accept the token of this server (401): {problem}',
    remedy:
      'It is wrong, expired or revoked: put a valid one into the file git.tokenFile, which is read at every use. Nothing was changed.',
  },
  ConfigRepoForbidden: {
    status: 503,
    next: 'stalled',
    message: 'the Git server does not allow this to the account of this server: {problem}',
    remedy:
      'Give the account of git.tokenFile a role that may push, and its token a scope that writes (GitLab: write_repository; Gitea: write:repository). Nothing was changed.',
  },
  ConfigRepoProtected: {
    status: 503,
    next: 'stalled',
    message: 'the rules of branch main do not let this server push: {problem}',
    remedy:
      'Allow the account of git.tokenFile to push in the rule of main, or set git.pushAs to caller. Nothing was changed.',
  },
  ConfigRepoMissing: {
    status: 503,
    next: 'stalled',
    message: 'the Git server shows no repository at git.remote to this server (404): {problem}',
    remedy: 'Correct git.remote, or give the account of git.tokenFile access to the repository. Nothing was changed.',
  },
  ConfigRepoMoved: {
    status: 503,
    next: 'stalled',
    message: 'the tenant configuration repository has moved{place}',
    remedy: 'Set git.remote to its new address and start the server again. Nothing was changed.',
  },
  ConfigRepoArchived: {
    status: 503,
    next: 'stalled',
    message: 'the tenant configuration repository is archived and takes no changes',
    remedy: 'Ask an owner of it to bring it back from the archive. Reading goes on; nothing was changed.',
  },
  ConfigRepoThrottled: {
    status: 503,
    next: 'waiting',
    message: 'the Git server asks to come back later (429)',
    remedy: 'Nothing was changed; try again after the time in Retry-After.',
  },
  ConfigRepoBranchMissing: {
    status: 503,
    next: 'stalled',
    message: 'the tenant configuration repository has no branch main, only {branches}',
    remedy:
      'Make a branch main there (git push origin {first}:main); its default branch may stay as it is. Nothing was changed.',
  },
  GitUnusable: {
    status: 500,
    next: 'stalled',
    message: 'git cannot be used: {problem}',
    remedy: 'Install Git {needed} or newer where the PATH of the server finds it.',
  },

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

  // --- kube: reaching and changing a cluster -------------------------------------------------------------------
  ApiServerInvalid: {
    status: 400,
    next: 'stalled',
    message: 'the address of the API server is not usable: {problem}',
    remedy: 'Give https://host[:port] and nothing else, e.g. https://203.0.113.7:6443.',
  },
  ClusterAddressRefused: {
    status: 400,
    next: 'stalled',
    message: 'the API server has the address {address}, which is {class} and not allowed here',
    remedy:
      'Register it under an address that reaches the cluster from outside, or allow such addresses in the configuration (the keys below `addresses`).',
  },
  KubeconfigTooLarge: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig has {size} bytes, at most {limit} are possible',
    remedy: 'Make one that holds only this cluster: kubectl config view --minify --flatten --raw.',
  },
  KubeconfigEncodingInvalid: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig looks like base64 and cannot be decoded to text',
    remedy: 'Send the YAML text itself or encode the whole file: base64 -w0 kubeconfig.',
  },
  KubeconfigNotYaml: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig is not YAML: {problem}',
    remedy: 'Send the file as kubectl writes it: kubectl config view --minify --flatten --raw.',
  },
  KubeconfigAliases: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig uses YAML aliases',
    remedy: 'Write every value out: kubectl config view --minify --flatten --raw.',
  },
  KubeconfigInvalid: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig does not have the form of one: {problem}',
    remedy: 'Make it with kubectl config view --minify --flatten --raw.',
  },
  KubeconfigReferenceDangling: {
    status: 400,
    next: 'stalled',
    message: '{reference} of the kubeconfig names no entry',
    remedy: 'Name an entry that is there, or make the file anew: kubectl config view --minify --flatten --raw.',
  },
  KubeconfigContextUnclear: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig has several contexts and no current-context',
    remedy: 'Choose one: kubectl config use-context NAME.',
  },
  KubeconfigExecRefused: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig gets its credential by running a program (exec), which is never done here',
    remedy: 'Create a ServiceAccount with a token and use that: kubectl create token NAME --duration=24h.',
  },
  KubeconfigAuthProviderRefused: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig uses an auth-provider, which is not supported',
    remedy: 'Create a ServiceAccount with a token and use that: kubectl create token NAME --duration=24h.',
  },
  KubeconfigFileReference: {
    status: 400,
    next: 'stalled',
    message: '{field} of the kubeconfig is a path of a file that is not here',
    remedy: 'Put the content into the kubeconfig: kubectl config view --minify --flatten --raw.',
  },
  KubeconfigProxyRefused: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig asks for a proxy (proxy-url), which is not supported',
    remedy: 'Remove proxy-url and make the API server reachable directly.',
  },
  KubeconfigInsecureRefused: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig turns verification of the API server off (insecure-skip-tls-verify)',
    remedy: 'Remove that and give the certificate-authority-data of the cluster.',
  },
  KubeconfigImpersonationRefused: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig acts as somebody else (as, as-groups), which is not supported',
    remedy: 'Use a credential that has the rights itself.',
  },
  KubeconfigServerInsecure: {
    status: 400,
    next: 'stalled',
    message: 'the server in the kubeconfig is plain http',
    remedy: 'Use the https address of the API server.',
  },
  KubeconfigWithoutCredential: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig holds no credential',
    remedy: 'Give client-certificate-data with client-key-data, or a token.',
  },
  KubeconfigDataInvalid: {
    status: 400,
    next: 'stalled',
    message: '{field} of the kubeconfig is not what it should be: {problem}',
    remedy: 'Make the file anew: kubectl config view --minify --flatten --raw.',
  },
  KubeconfigKeyMismatch: {
    status: 400,
    next: 'stalled',
    message: 'the client key of the kubeconfig does not belong to its client certificate',
    remedy: 'Give the key that the certificate was made for.',
  },
  CredentialExpired: {
    status: 400,
    next: 'stalled',
    message: 'the {credential} of the kubeconfig expired at {notAfter}',
    remedy: 'Get a new one from the cluster and save the cluster with it.',
  },
  CredentialNotYetValid: {
    status: 400,
    next: 'stalled',
    message: 'the {credential} of the kubeconfig is valid only from {notBefore}',
    remedy: 'Wait until then, or check the clocks of this server and of the cluster.',
  },
  ClusterNameUnknown: {
    status: 503,
    next: 'transient',
    message: 'the name {host} of the API server cannot be resolved',
    remedy: 'Check the name and the DNS of this server.',
  },
  ClusterConnectionRefused: {
    status: 503,
    next: 'transient',
    message: 'nothing accepts connections at {address}',
    remedy: 'Check that the API server runs and that the address and port are right.',
  },
  ClusterUnreachable: {
    status: 503,
    next: 'transient',
    message: 'no connection to {address} ({code})',
    remedy: 'Check the network between this server and the cluster.',
  },
  ClusterTimeout: {
    status: 503,
    next: 'transient',
    message: '{address} did not answer within {seconds} s',
    remedy: 'Check that the API server is healthy and that no firewall drops the packets.',
  },
  ClusterConnectionLost: {
    status: 503,
    next: 'transient',
    message: 'the connection to {address} broke off',
    remedy: 'Check that the API server is healthy; it is tried again.',
  },
  ClusterCertificateUntrusted: {
    status: 400,
    next: 'stalled',
    message: 'the certificate of {address} does not chain to the certificate authority given ({code})',
    remedy:
      'Give a kubeconfig with the certificate-authority-data that belongs to this API server; when its authority was ' +
      'replaced, save the cluster again with a new kubeconfig.',
  },
  ClusterCertificateNameMismatch: {
    status: 400,
    next: 'stalled',
    message: 'the certificate of {address} is not made out for that name',
    remedy:
      'Use an address that the certificate names, add this one to it (--tls-san), or set tls-server-name in the kubeconfig.',
  },
  ClusterCertificateExpired: {
    status: 400,
    next: 'stalled',
    message: 'the certificate of {address} is expired or not yet valid',
    remedy: 'Renew the certificate of the API server; check the clocks.',
  },
  ClusterClientCertificateRefused: {
    status: 400,
    next: 'stalled',
    message: '{address} does not accept the client certificate',
    remedy: 'Save the cluster again with a kubeconfig whose client certificate this cluster has issued.',
  },
  ClusterTlsFailed: {
    status: 400,
    next: 'stalled',
    message: 'no TLS connection to {address} ({code})',
    remedy: 'Check that the address is that of an API server with HTTPS.',
  },
  ClusterCircuitOpen: {
    status: 503,
    next: 'waiting',
    message: '{address} has failed {failures} times in a row and is left alone for a while',
    remedy: 'It is tried again by itself; check the cluster.',
  },
  ClusterConnectionClosed: {
    status: 503,
    next: 'transient',
    message: 'the connection to the cluster was closed here',
    remedy: 'It is opened again when it is needed.',
  },
  ClusterUnauthorized: {
    status: 400,
    next: 'stalled',
    message: 'the API server does not accept the credential (401)',
    remedy: 'Save the cluster again with a kubeconfig that is valid.',
  },
  ClusterForbidden: {
    status: 400,
    next: 'stalled',
    message: 'the credential lacks a right on the cluster (403 {reason})',
    remedy: 'Use a credential with the ClusterRole cluster-admin.',
  },
  ClusterThrottled: {
    status: 503,
    next: 'transient',
    message: 'the API server asks to come back later (429 {reason})',
    remedy: 'It is tried again by itself.',
  },
  ClusterStarting: {
    status: 503,
    next: 'transient',
    message: 'the API server answers and is not ready yet',
    remedy: 'It is asked again by itself; if it stays so, look at its /readyz?verbose.',
  },
  ClusterServerError: {
    status: 503,
    next: 'transient',
    message: 'the API server failed with {status} {reason}',
    remedy: "Look at the API server's log; it is tried again by itself.",
  },
  ClusterRequestRefused: {
    status: 502,
    next: 'stalled',
    message: 'the API server refused a request with {status} {reason}',
    remedy: 'Check that the address is that of a Kubernetes API server of a supported version.',
  },
  ClusterRedirects: {
    status: 400,
    next: 'stalled',
    message: '{address} answers with a redirect ({status}), which is never followed',
    remedy: 'Give the address of the API server itself.',
  },
  ClusterResponseInvalid: {
    status: 502,
    next: 'stalled',
    message: '{address} did not answer as a Kubernetes API server does ({problem})',
    remedy: 'Check that the address is that of a Kubernetes API server.',
  },
  ClusterResponseTooLarge: {
    status: 502,
    next: 'stalled',
    message: '{address} answered with more than {limit} bytes',
    remedy: 'Check that the address is that of a Kubernetes API server.',
  },
  ManifestInvalid: {
    status: 500,
    next: 'stalled',
    message: 'the manifest is not usable: {problem}',
    remedy: "Correct the component's source in the catalogue.",
  },
  KindNotServed: {
    status: 500,
    next: 'waiting',
    message: 'the cluster does not serve {kind} of {apiVersion}',
    remedy: 'It is tried again; check that the CRD or the Kubernetes version is the right one.',
  },
  ApiGroupUnavailable: {
    status: 500,
    next: 'waiting',
    message: 'the API group of {apiVersion} does not answer: its APIService is not available',
    remedy: 'Mend or delete the APIService: kubectl get apiservices.',
  },
  DefinitionNamesConflict: {
    status: 500,
    next: 'stalled',
    message: 'the names of {object} are taken by another CRD',
    remedy: 'Remove the other CRD or leave this component out.',
  },
  ObjectTerminating: {
    status: 500,
    next: 'waiting',
    message: '{object} is being deleted',
    remedy: 'It is created again once it is gone; see what holds it: kubectl get {object} -o yaml (finalizers).',
  },
  NamespaceTerminating: {
    status: 500,
    next: 'waiting',
    message: 'the namespace of {object} is being deleted',
    remedy: 'It is created again once it is gone; see kubectl get namespace -o yaml.',
  },
  ObjectInvalid: {
    status: 500,
    next: 'stalled',
    message: 'the API server does not accept {object}: {detail}',
    remedy: "Correct the component's source or its settings.",
  },
  ObjectImmutable: {
    status: 500,
    next: 'stalled',
    message: '{object} cannot be changed in place: {fields}',
    remedy: 'Delete it ({command}); it is created anew at the next run.',
  },
  ObjectChanging: {
    status: 500,
    next: 'transient',
    message: '{object} was changed by somebody else at the same moment',
    remedy: 'It is tried again by itself.',
  },
  ObjectForbidden: {
    status: 500,
    next: 'stalled',
    message: '{object} is not allowed: {detail}',
    remedy: 'Lift what forbids it (admission policy, quota, rights) or leave the component out.',
  },
  ObjectWebhookFailed: {
    status: 500,
    next: 'transient',
    message: 'an admission webhook does not answer for {object}: {detail}',
    remedy: 'Mend or delete the webhook configuration that is named.',
  },
  ObjectForeign: {
    status: 500,
    next: 'stalled',
    message: '{object} exists and is not ours',
    remedy: 'Delete it, or let the component take over what is there (adopt).',
  },
  ObjectOfOtherComponent: {
    status: 500,
    next: 'stalled',
    message: '{object} belongs to component {owner}',
    remedy: 'Two components must not bring the same object: leave one of them out.',
  },
  ObjectWaitsForOthers: {
    status: 500,
    next: 'waiting',
    message: '{object} is applied once the objects before it are there',
    remedy: 'Mend the failures of the others.',
  },
  FieldContested: {
    status: 500,
    next: 'stalled',
    message: '{manager} and this system set {field} of {object} in turn',
    remedy: 'Stop the other from setting it, or declare it as shared in the catalogue.',
  },
  KubernetesVersionUnsupported: {
    status: 400,
    next: 'stalled',
    message: 'the cluster runs Kubernetes {version}, at least {minimum} is needed',
    remedy: 'Upgrade the cluster.',
  },
  CredentialRightsMissing: {
    status: 400,
    next: 'stalled',
    message: 'the credential may not do everything on the cluster',
    remedy: 'Use a credential with the ClusterRole cluster-admin.',
  },
  CredentialExpiresSoon: {
    status: 400,
    next: 'stalled',
    message: 'the {credential} expires at {notAfter}, within {minimum}',
    remedy: 'Use a credential that is valid for longer.',
  },
  NodePortTaken: {
    status: 400,
    next: 'stalled',
    message: 'node port {port} is taken by {holder}',
    remedy: 'Choose another port or remove that Service.',
  },
  NodePortOutOfRange: {
    status: 400,
    next: 'stalled',
    message: '{port} is not a node port',
    remedy: 'Choose one from 30000 to 32767.',
  },

  // --- catalog and render --------------------------------------------------------------------------------------
  CatalogInvalid: {
    status: 500,
    next: 'stalled',
    message: 'the catalogue file {file} is not valid: {problem}',
    remedy: 'Correct the file named; the form is described in docs/catalogue.md.',
  },
  ComponentUnknown: {
    status: 400,
    next: 'stalled',
    message: 'the catalogue has no component {component}',
    remedy: 'Choose one that `GET /api/v1/catalog` lists or add it to the catalogue.',
  },
  SourceUnavailable: {
    status: 502,
    next: 'transient',
    message: 'the source of {component} could not be fetched: {problem}',
    remedy: 'Check the address and the network, or name a mirror with catalog.mirror.',
  },
  SourceDigestMismatch: {
    status: 502,
    next: 'stalled',
    message: 'the source of {component} has another content than {promise}',
    remedy: 'Find out who changed it; only then put the new SHA-256 there.',
  },
  SourceLockDamaged: {
    status: 500,
    next: 'stalled',
    message: 'the lock file {file} is damaged',
    remedy: 'Restore it from a backup, or remove it: digests are then recorded anew at the next download.',
  },
  SourceInvalid: {
    status: 502,
    next: 'stalled',
    message: 'the source of {component} is not what it should be: {problem}',
    remedy: 'Check the address in the catalogue.',
  },
  PatchUnmatched: {
    status: 500,
    next: 'stalled',
    message: 'a patch of {component} finds no {target} in its source',
    remedy: 'Adapt the patch in the catalogue to the version of the component.',
  },
  FactInvalid: {
    status: 500,
    next: 'stalled',
    message: 'the catalogue needs {fact} as a number for {component}, which it is not',
    remedy: 'Correct the setting of the cluster, or the catalogue.',
  },
  FactUnknown: {
    status: 500,
    next: 'stalled',
    message: 'the catalogue uses {fact} for {component}, which is not known here',
    remedy: 'Correct the name in the catalogue; docs/catalogue.md lists what there is.',
  },
  HelmFailed: {
    status: 502,
    next: 'stalled',
    message: 'helm could not render {component}: {problem}',
    remedy: 'Check the chart and the values in the catalogue.',
  },
  ChartNotReproducible: {
    status: 502,
    next: 'stalled',
    message: 'two renderings of the chart of {component} with the same values differ',
    remedy: 'Give in its values what the chart makes up itself (passwords, certificates, dates).',
  },
  HelmMissing: {
    status: 500,
    next: 'stalled',
    message: 'helm is needed to render {component} and was not found',
    remedy: 'Run `make setup`, or name the program with the configuration key helm.path.',
  },

  // --- registry ------------------------------------------------------------------------------------------------
  ClusterInvalid: {
    status: 400,
    next: 'stalled',
    message: 'the cluster {cluster} cannot be saved like this: {problem}',
    remedy: 'The metadata names every field that is wrong; correct them all and send the request again.',
  },
  PreflightFailed: {
    status: 400,
    next: 'stalled',
    message: 'the cluster {cluster} is not ready to be registered: {problem}',
    remedy:
      'The metadata names every finding with its remedy; ?insecure_skip_check=true saves without asking the cluster.',
  },
  HostUnknown: {
    status: 400,
    next: 'stalled',
    message: 'the host cluster {host} is not registered',
    remedy: 'Register it first, or correct host_cluster.',
  },
  HostIsWorker: {
    status: 400,
    next: 'stalled',
    message: 'the cluster {host} is a worker, virtual clusters need a host',
    remedy: 'Name a cluster with usage "host" as host_cluster.',
  },
  HostNotReady: {
    status: 409,
    next: 'waiting',
    message: 'the host cluster {host} is not ready yet',
    remedy: 'Wait for it; GET /api/v1/clusters/{host}/status says what it waits for.',
  },
  HostUnreachable: {
    status: 503,
    next: 'transient',
    message: 'the host cluster {host} is the cause: {problem}',
    remedy: 'See to the host; GET /api/v1/clusters/{host}/status says what is wrong with it.',
  },
  HostPortTaken: {
    status: 400,
    next: 'stalled',
    message: 'node port {port} of the host cluster {host} is taken by {holder}',
    remedy: 'Choose another port.',
  },
  KubeconfigRequired: {
    status: 400,
    next: 'stalled',
    message: 'a kubeconfig is needed: {why}',
    remedy: 'Put the kubeconfig of the cluster into the field kubeconfig.',
  },
  ClusterChanged: {
    status: 412,
    next: 'stalled',
    message: 'the cluster {cluster} is no longer as you saw it',
    remedy: 'Read it again and repeat your change on what is there now.',
  },
  ClusterRegisteredTwice: {
    status: 409,
    next: 'stalled',
    message: 'this Kubernetes cluster is registered as {other} already',
    remedy: 'Use that registration, or delete it first.',
  },
  ClusterIsHost: {
    status: 409,
    next: 'stalled',
    message: 'the cluster {cluster} is the host of {others}',
    remedy: 'Delete the virtual clusters first.',
  },
  VarietyLocked: {
    status: 409,
    next: 'stalled',
    message: 'the {field} of {cluster} cannot be changed while virtual clusters stand on it',
    remedy: 'Delete the virtual clusters first.',
  },
  ClusterInUse: {
    status: 409,
    next: 'stalled',
    message: 'deleting {cluster} would destroy what its users made ({count}): {objects}',
    remedy: 'Remove them first, or delete with ?force=true to lose them.',
  },
  VarietyInUse: {
    status: 409,
    next: 'stalled',
    message: 'this change of {cluster} would destroy what its users made ({count}): {objects}',
    remedy: 'Remove them first; nothing was changed.',
  },
  TooManyRestarts: {
    status: 409,
    next: 'transient',
    message: 'the cluster {cluster} is being changed by others at the same time',
    remedy: 'Send the request again.',
  },
  ClusterNotFound: {
    status: 404,
    next: 'stalled',
    message: 'the cluster {cluster} is not found',
    remedy: 'Check the name; `GET /api/v1/clusters` lists the clusters.',
  },

  // --- controllers ---------------------------------------------------------------------------------------------
  CredentialMismatch: {
    status: 409,
    next: 'stalled',
    message: 'the file of {cluster} names {what} that the stored credential was not made for; nothing is sent there',
    remedy: 'Undo the change in the repository, or save the cluster again with its kubeconfig.',
  },
  CredentialMissing: {
    status: 409,
    next: 'stalled',
    message: 'no credential is stored for {cluster}',
    remedy: 'Save the cluster again with its kubeconfig.',
  },
  OwnCredentialExpired: {
    status: 409,
    next: 'stalled',
    message: 'our credential for {cluster} expired on {date} before it could be renewed',
    remedy: 'Save the cluster again with any valid kubeconfig, also the one you used before.',
  },
  ClusterIdentityChanged: {
    status: 409,
    next: 'stalled',
    message: 'another Kubernetes cluster answers at the address of {cluster} than the one that was registered',
    remedy: 'Correct the address, or delete the cluster and register the new one.',
  },
  IncarnationChanged: {
    status: 409,
    next: 'stalled',
    message: 'the incarnation of {cluster} was changed in the repository by hand',
    remedy: 'Restore the annotation cluster.nautes.io/incarnation, or delete the cluster and register it again.',
  },
  OffboardingGraceOver: {
    status: 504,
    next: 'stalled',
    message: '{cluster} did not answer in time while it was taken away',
    remedy: 'The receipt lists what is left on it and the commands that remove it.',
  },

  // --- status --------------------------------------------------------------------------------------------------
  StatusStoreTooNew: {
    status: 500,
    next: 'stalled',
    message: 'the status database {file} has version {version}, this program knows versions up to {known}',
    remedy: 'Start the newer program again, or bring back the database from before the upgrade.',
  },
  StatusStoreDamaged: {
    status: 500,
    next: 'stalled',
    message: 'the status database {file} is damaged: {problem}',
    remedy:
      'Bring it back from a backup. Without one move it away together with the files of the same name that end in -wal and -shm: status is observed anew; receipts, events and what a running deletion has still to remove are lost.',
  },
  StatusStoreForeign: {
    status: 500,
    next: 'stalled',
    message: 'the file {file} is not a status database of Nautes',
    remedy: 'Move it away or give another --data-dir.',
  },
  StatusStoreUnavailable: {
    status: 503,
    next: 'transient',
    message: 'the status database cannot be used: {problem}',
    remedy: 'Look whether the data directory is there, writable and not full; it is tried again.',
  },

  // --- command line: see there ----------------------------------------------------------------------------------
  ...clientErrors,
} as const satisfies Record<string, CatalogueEntry>;

/** The stable name of an error. */
export type ErrorReason = keyof typeof errorCatalogue;
