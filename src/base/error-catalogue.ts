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

  // --- api: decoding and validation ----------------------------------------------------------------------------

  // --- model: what a cluster may be ----------------------------------------------------------------------------

  // --- config-repo ---------------------------------------------------------------------------------------------

  // --- secrets -------------------------------------------------------------------------------------------------

  // --- kube: reaching and changing a cluster -------------------------------------------------------------------

  // --- catalog and render --------------------------------------------------------------------------------------

  // --- registry ------------------------------------------------------------------------------------------------

  // --- controllers ---------------------------------------------------------------------------------------------

  // --- status --------------------------------------------------------------------------------------------------
} as const satisfies Record<string, CatalogueEntry>;

/** The stable name of an error. */
export type ErrorReason = keyof typeof errorCatalogue;
