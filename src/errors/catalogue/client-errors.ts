import type { CatalogueEntry } from './catalogue-entry.ts';

/** Errors that only those meet who call a server: the command line. Part of the one catalogue. */
export const clientErrors = {
  // --- reaching the server --------------------------------------------------------------------------------------
  ServerNotChosen: {
    status: 400,
    next: 'stalled',
    message: 'no server is named',
    remedy: 'Log in once with `nautes login https://HOST:PORT`, or name it with -s or in API_SERVER.',
  },
  TokenNotGiven: {
    status: 401,
    next: 'stalled',
    message: 'there is no access token for {server}',
    remedy: 'Log in once with `nautes login {server}`, or put the token into the environment variable GIT_TOKEN.',
  },
  ServerAddressInvalid: {
    status: 400,
    next: 'stalled',
    message: '{address} is not the address of a server: {problem}',
    remedy: 'Give http:// or https://, the host and, where it is not the usual one, the port.',
  },
  AuthorityFileUnusable: {
    status: 400,
    next: 'stalled',
    message: 'the certificate authority in {file} cannot be used: {problem}',
    remedy: 'Give a PEM file; on the machine of the server `nautes ca` prints it.',
  },
  ServerUnreachable: {
    status: 503,
    next: 'transient',
    message: 'the server {server} cannot be reached: {problem}',
    remedy: 'Check the address and that the server runs.',
  },
  ServerNotTrusted: {
    status: 503,
    next: 'stalled',
    message: 'the certificate of {server} is not trusted: {problem}',
    remedy: 'Give its authority with --ca-file; on the machine of the server `nautes ca` prints it.',
  },
  ServerNameMismatch: {
    status: 503,
    next: 'stalled',
    message: 'the certificate of {server} is for another name: {problem}',
    remedy: 'Use a name that is in it, or add this one to tls.names of the server and start it again.',
  },
  ServerWithoutTls: {
    status: 503,
    next: 'stalled',
    message: 'what answers at {server} does not speak TLS',
    remedy: 'If it is meant to be reached without, write http:// instead of https://.',
  },
  ServerRedirects: {
    status: 502,
    next: 'stalled',
    message: 'the server {server} refers to {location}',
    remedy: 'Nothing was sent there. If that is where the API is, give that address.',
  },
  ServerAnswerUnclear: {
    status: 502,
    next: 'stalled',
    message: 'the answer of {server} is not one of Nautes: {problem}',
    remedy: 'Check that the address is that of a Nautes server and that no proxy answers in its place.',
  },
  ServerReplyInvalid: {
    status: 502,
    next: 'stalled',
    message: 'the reply of {server} ({reply}) does not have the form of the API: {problem}',
    remedy:
      'Compare the versions of server and command with `nautes version`, and check that no proxy changes replies.',
  },
  ServerAnswersLate: {
    status: 504,
    next: 'transient',
    message: 'the server {server} did not answer within {seconds} s',
    remedy: 'A change may have been made all the same: look, then try again.',
  },

  // --- where the token comes from -------------------------------------------------------------------------------
  ContextUnknown: {
    status: 404,
    next: 'stalled',
    message: 'there is no context {name}',
    remedy: '`nautes config get-contexts` shows those that there are; `nautes login` makes one.',
  },
  ContextFileExposed: {
    status: 500,
    next: 'stalled',
    message: 'the file {file} holds tokens and can be read by other users of this machine',
    remedy: 'Run: chmod 600 {file}',
  },
  ContextFileInvalid: {
    status: 500,
    next: 'stalled',
    message: 'the file {file} cannot be used: {problem}',
    remedy: 'Correct it, or remove it and log in again.',
  },
  TokenUnusable: {
    status: 400,
    next: 'stalled',
    message: 'that is no access token: {problem}',
    remedy: 'Give the one line that `nautes token create` or your Git server printed.',
  },
  TokenCommandFailed: {
    status: 401,
    next: 'stalled',
    message: 'the command {program} gave no token: {problem}',
    remedy: 'Run it by hand; it has to print the token and nothing else.',
  },

  // --- what the command line is given ---------------------------------------------------------------------------
  FileUnreadable: {
    status: 400,
    next: 'stalled',
    message: '{file} cannot be read: {problem}',
    remedy: 'Check the path and the rights of the file.',
  },
  NothingFound: {
    status: 400,
    next: 'stalled',
    message: 'there are no documents in {files}',
    remedy: 'Files end in .yaml, .yml or .json when a directory is given; "-" is the standard input.',
  },
  DocumentInvalid: {
    status: 400,
    next: 'stalled',
    message: '{place}: {problem}',
    remedy: 'Correct the file; nothing was sent.',
  },
  KindUnknown: {
    status: 400,
    next: 'stalled',
    message: 'there is no kind {kind}',
    remedy: 'The kinds are {known}.',
  },
  KindsNotServed: {
    status: 400,
    next: 'stalled',
    message: 'the server {server} does not serve {kinds} yet',
    remedy: 'Nothing was sent. Leave these documents out, or use a server that serves them.',
  },
  ProductNotGiven: {
    status: 400,
    next: 'stalled',
    message: 'a {kind} belongs to a product, and none is named',
    remedy: 'Name it with -p or in PRODUCT; in a document it stands in the spec.',
  },
  PlanRefused: {
    status: 400,
    next: 'stalled',
    message: 'a save would be refused for {count} of the clusters',
    remedy: 'The findings above say why, and what to do about each.',
  },
  JsonPathInvalid: {
    status: 400,
    next: 'stalled',
    message: 'the JSONPath {template} cannot be read: {problem}',
    remedy: 'For example: -o jsonpath=\'{range .items[*]}{.name}{"\\n"}{end}\'',
  },
  NothingConfirmed: {
    status: 400,
    next: 'stalled',
    message: 'nobody answered the question, so nothing was done',
    remedy: 'Answer it, or say yes beforehand with -y.',
  },

  // --- kubeconfigs on this machine ------------------------------------------------------------------------------
  KubeconfigMissing: {
    status: 404,
    next: 'stalled',
    message: 'there is no kubeconfig {file}',
    remedy: 'Name one with --kubeconfig.',
  },
  KubeconfigContextMissing: {
    status: 404,
    next: 'stalled',
    message: 'the kubeconfig {file} has no context {name}',
    remedy: 'It has: {known}.',
  },
  KubeconfigNotNamed: {
    status: 400,
    next: 'stalled',
    message: 'it is not said which kubeconfig the credential comes from',
    remedy: 'Give --kubeconfig FILE, or --context NAME for one of your own.',
  },
  SettingInvalid: {
    status: 400,
    next: 'stalled',
    message: '{setting} is no setting of a component',
    remedy: 'Write COMPONENT.KEY=VALUE, e.g. gateway.httpNodePort=30080; the components are {known}.',
  },
  VirtualClusterIncomplete: {
    status: 400,
    next: 'stalled',
    message: 'a virtual cluster needs {missing}',
    remedy: 'Give its host with --host-cluster, and with --address https://HOST:PORT a free node port of that host.',
  },
  KubeconfigTarget: {
    status: 400,
    next: 'stalled',
    message: 'the kubeconfig is meant for one cluster, and there are {count} that could take it',
    remedy: 'Give a file with one physical cluster without a kubeconfig of its own.',
  },
  KubectlMissing: {
    status: 500,
    next: 'stalled',
    message: 'a credential has to be made on the cluster, and there is no kubectl',
    remedy: 'Install kubectl, or make the token yourself: kubectl create token NAME --duration=1h.',
  },
  KubectlFailed: {
    status: 500,
    next: 'stalled',
    message: 'kubectl could not {action}: {problem}',
    remedy: 'Check that kubectl works with this context and that you may do this there.',
  },

  // --- waiting --------------------------------------------------------------------------------------------------
  WaitTimedOut: {
    status: 504,
    next: 'waiting',
    message: 'the time to wait for {cluster} is over ({seconds} s): {state}',
    remedy:
      'The server goes on with it. `nautes wait {cluster}` waits again, `nautes describe cluster {cluster}` tells more.',
  },
  ClusterNotReady: {
    status: 500,
    next: 'stalled',
    message: '{cluster} is not ready: {state}',
    remedy: '{advice}',
  },
  DeletionIncomplete: {
    status: 500,
    next: 'stalled',
    message: '{cluster} is no longer registered, but {count} objects could not be removed from it',
    remedy: 'The receipt has the command for each of them: nautes receipt {cluster}.',
  },
} as const satisfies Record<string, CatalogueEntry>;
