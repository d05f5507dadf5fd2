import type { CatalogueEntry } from './catalogue-entry.ts';

/** Errors of the server itself: its start, who calls, the Git host that knows the callers, what they send. Part of the one catalogue. */
export const serverErrors = {
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
} as const satisfies Record<string, CatalogueEntry>;
