/**
 * Every error that leaves a part of the system, by its stable reason.
 *
 * - `status`: the HTTP status when it reaches an API caller.
 * - `next`: `stalled` (a person must act), `waiting` (ends by itself or at a known time), `transient` (retry with back-off).
 * - `message` and `remedy`: templates; `{name}` is filled from the error's details.
 */
export type NextStep = 'stalled' | 'waiting' | 'transient';

interface CatalogueEntry {
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
    remedy: 'Send "Authorization: Bearer <token>"; `nautes token create` makes one.',
  },
  NoAuthorization: {
    status: 403,
    next: 'stalled',
    message: '{caller} may not {action}',
    remedy: 'This needs the role {needed}; ask a maintainer for a token with it.',
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

  // --- api: decoding and validation ----------------------------------------------------------------------------

  // --- model: what a cluster may be ----------------------------------------------------------------------------

  // --- config-repo ---------------------------------------------------------------------------------------------

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
      'Bring back the sealing key and the data directory that belong together, or save the cluster again with a valid kubeconfig.',
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

  // --- kube: reaching and changing a cluster -------------------------------------------------------------------

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
    message: 'the source of {component} has another content than the catalogue promises',
    remedy: 'Find out who changed it; only then put the new SHA-256 into the catalogue.',
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
  HelmMissing: {
    status: 500,
    next: 'stalled',
    message: 'helm is needed to render {component} and was not found',
    remedy: 'Run `make setup`, or name the program with the configuration key helm.path.',
  },

  // --- registry ------------------------------------------------------------------------------------------------

  // --- controllers ---------------------------------------------------------------------------------------------

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
} as const satisfies Record<string, CatalogueEntry>;

/** The stable name of an error. */
export type ErrorReason = keyof typeof errorCatalogue;
