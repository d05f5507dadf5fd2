/** English texts of output and messages. */
export const englishOutput = {
  warning: 'warning: ',
  colon: ': ',
  /** Between two sentences in a row. */
  sentenceGap: '. ',
  /** Between sentences that end with a full stop. */
  sentenceSpace: ' ',
  unexpected: 'unexpected error',
  requestId: 'request id',
  violationHeads: ['WHERE', 'WHAT'],
  retryAfter: (seconds: number) => `Try again in ${seconds} s.`,
  tokenInArguments:
    'a token on the command line can be seen by others in the list of processes and stays in the history of the shell; use GIT_TOKEN or `nautes login`',

  usageErrors: {
    unknownOption: (option: string) => `there is no option ${option}`,
    unknownCommand: (command: string) => `there is no command ${command}`,
    missingArgument: (argument: string) => `the argument ${argument} is missing`,
    optionWithoutValue: (option: string) => `the option ${option} needs a value`,
    missingOption: (option: string) => `the option ${option} is missing`,
    excessArguments: 'there are too many arguments',
    invalidValue: (value: string, where: string, expected: string) =>
      `${value} is not a valid value for ${where}${expected === '' ? '' : `: ${expected}`}`,
    conflict: 'these options cannot be used together',
    suggestion: (name: string) => `did you mean ${name}?`,
    oneOf: (values: string) => `one of ${values}`,
  },
  durationExpected: 'a time such as 90s, 10m or 1h30m, at most 24h',
  countExpected: (from: number, to: number) => `a number from ${from} to ${to}`,

  saved: 'saved',
  unchanged: 'unchanged',
  deleted: 'deleted',
  notThere: 'not found',
  isReady: 'is ready',
  forced: 'forced',
  wouldBeSent: 'would be sent (dry run on the client)',
  wouldBeRegistered: 'would be registered (dry run)',
  moreFields: (count: number) => `… and ${count} more ${count === 1 ? 'field' : 'fields'}`,
  wouldBeChanged: 'would be changed (dry run)',
  notPlanned: (reference: string) => `${reference}: only clusters can be planned; it is left out`,
  kustomizationSkipped: (place: string) => `${place} is skipped: a kustomization is not a document of Nautes`,
  unknownKeys: (place: string, keys: string) => `${place}: unknown fields are not sent: ${keys}`,
  rotationAskedFor: 'will get a new credential',
  isPaused: (until: string) => (until === '' ? 'paused' : `paused until ${until}`),
  isResumed: 'resumed',
  endExpected: 'a time to come such as 30m, 2h, 1d or 2026-12-01T08:00Z',
  phasePaused: (phase: string) => `${phase} (paused)`,
  pausedBy: (by: string, since: string, until: string, reason: string) =>
    [by && `by ${by}`, since && `since ${since}`, until && `until ${until}`, reason].filter(Boolean).join(', ') ||
    'yes',
  isBeingChecked: 'is being checked',
  namesOrAll: 'name clusters, or give -f, -l, --field-selector or --all',
  kindOrFiles: 'name a kind, e.g. clusters, or give -f',
  namesOrFiles: 'give KIND NAME or KIND/NAME of what to delete, or -f',
  readsFromHost: (name: string, host: string, context: string) =>
    `Reading the kubeconfig of ${name} on its host ${host}, context ${context}`,
  followHint: (name: string) => `The server carries it out now: nautes wait ${name}`,
  receiptHint: (name: string) =>
    `The server is off-boarding it: nautes logs -f ${name}; at the end: nautes receipt ${name}`,
  entryPoints: (addresses: string) => `Its gateway answers at ${addresses}`,
  wouldBeDeleted: 'would be deleted (dry run)',
  plannedObjects: (count: number) => (count === 1 ? '1 object' : `${count} objects`),
  plannedLosses: (count: number) => `Its users would lose (${count}):`,
  plannedLeft: (count: number) => `Stays on the cluster (${count}):`,
  lostInstance: (definition: string) => `instance of ${definition}`,
  lostContent: (namespace: string) => `in the namespace ${namespace}`,
  losesNothing: 'nothing that its users have made was found',
  andMore: (count: number) => `… and ${count} more`,
  someNotDeleted: (deleted: number, total: number, names: string) =>
    `${deleted} of ${total} are deleted; not deleted: ${names}`,
  changeHead: (name: string) =>
    `cluster/${name} is registered already. This would change, and all else stays as it is:`,
  credentialKept: 'the credential stays',
  credentialReplaced: 'the credential is replaced by that of the kubeconfig',
  changeQuestion: (name: string, server: string) => `Change cluster ${name} on ${server}? [y/N]`,
  addressStays: (registered: string, named: string) =>
    `the registered address ${registered} stays, the kubeconfig has ${named}; --address changes it`,
  loginAt: (name: string, url: string, user: string) =>
    user === '' ? `${name} answers at ${url}` : `${name} answers at ${url}, user ${user}`,
  loginWithoutAddress: (name: string, user: string) =>
    user === '' ? `${name} has no address of its own` : `${name} has no address of its own, user ${user}`,
  loginPassword: 'its first password:',
  loginForward: (url: string) => `where that cannot be reached, this brings it to ${url}:`,
  headLogins: 'Logins',
  headPublished: 'Published',
  notDeleted: (kind: string, name: string) => `${kind} ${name} is left as it is.`,
  deleteQuestion: (kind: string, name: string, server: string, isOneOfSeveral: boolean) =>
    `Delete ${kind} ${name} from ${server}? [y/N${isOneOfSeveral ? '/a for all' : ''}]`,

  interruptHint: (goal: string) =>
    goal === 'deleted'
      ? 'Ctrl-C stops watching only; the deletion continues.'
      : 'Ctrl-C stops watching only; the server continues.',
  goesOn: (cluster: string, goal: string) =>
    goal === 'deleted'
      ? `The deletion of ${cluster} continues: nautes logs -f ${cluster}; at the end: nautes receipt ${cluster}`
      : `The server continues with ${cluster}: nautes wait ${cluster}; to delete it: nautes delete cluster ${cluster}`,
  serverAway: 'The server does not answer at the moment; trying again.',
  serverTriesOn: 'The server keeps trying.',
  changedMeanwhile: (cluster: string) => `${cluster} was changed again meanwhile; waiting for what is registered now.`,
  waitsForController: 'waits for its turn',
  beingTakenAway: 'what was installed is being removed',
  componentsOf: (ready: number, total: number) => `${ready} of ${total} components are ready`,
  componentsReady: (count: number) => `${count} components are ready`,

  accountNeeded: (context: string, program: string) =>
    program === ''
      ? `An account for the server will be made on the cluster of context ${context}, with kubectl and your rights:`
      : `The credential of context ${context} comes from the program ${program}, which only runs here: an account for the server will be made on the cluster, with kubectl and your rights:`,
  accountBounds: (minutes: number) =>
    `Its token ends by itself after ${minutes} minutes. All of it is removed as soon as the server has an account of its own.`,
  accountQuestion: 'Create it? [y/N]',
  waitsForOwnAccount: 'Waiting until the server has an account of its own …',
  accountRemoved: (name: string) => `The account ${name} is removed again.`,
  accountNotRemoved: (name: string) => `The account ${name} could not be removed.`,
  accountKept: (name: string) =>
    `the server has no account of its own yet, so ${name} is still on the cluster. Its token ends within the hour; remove it with`,

  clusterHeads: ['NAME', 'PHASE', 'KIND', 'VERSION', 'READY', 'AGE', 'CHECKED', ''],
  noClusters: 'There are no clusters. `nautes cluster add NAME --kubeconfig FILE` registers one.',
  headConditions: 'Conditions',
  headComponents: 'Components',
  headEvents: 'Events',
  /** Status of a condition that does not count. */
  notRequired: 'not required',
  conditionHeads: ['TYPE', 'STATUS', 'REASON', 'MESSAGE'],
  publishedHeads: ['NAME', 'REASON', 'SINCE', 'MESSAGE'],
  componentHeads: ['NAME', 'VERSION', 'NAMESPACE', 'PHASE', 'OBJECTS', 'MESSAGE'],
  eventHeads: ['TIME', 'TYPE', 'REASON', 'SUBJECT', 'MESSAGE'],
  noEvents: 'There are no events.',
  factKind: 'Kind',
  factServer: 'API server',
  factHost: 'Host cluster',
  factDomain: 'Domain',
  factCredential: 'Credential',
  factEntryPoints: 'Entry points',
  factPaused: 'Paused',
  factRegistered: 'Registered',
  factChecked: 'Last checked',
  factCommit: 'Last change',
  factIncarnation: 'Registration',
  credentialUntil: (end: string, since: string) =>
    since === '' ? `valid until ${end}` : `our own since ${since}, valid until ${end}`,
  catalogHeads: ['NAME', 'CATEGORY', 'VERSION', 'NAMESPACE', 'DESCRIPTION'],
  historyHeads: ['TIME', 'AUTHOR', 'OPERATION', 'COMMIT', 'SUBJECT'],
  objectHeads: ['COMPONENT', 'STATE', 'OBJECT'],
  objectState: (state: string) => state,
  objectForeign: 'was there before',
  noObjects: 'There are no such objects.',
  repairHeads: ['TIME', 'CHANGED BY', 'WHAT WAS SET BACK'],
  repairedDeleted: 'it had been deleted',
  repairContested: 'contested: left alone since',
  noRepairs: 'Nothing was set back.',
  nodePortHeads: ['PORT', 'USE'],
  nodePortFree: 'free',
  nodePortRange: (first: number, last: number) => `The cluster gives out the ports ${first} to ${last}.`,
  tokenHeads: ['NAME', 'ROLE', 'CREATED', 'EXPIRES', 'LAST USED'],
  tokenUnreadable: (place: string) => `${place} cannot be read; nobody is let in by it`,
  never: 'never',
  summaryClusters: 'Clusters',
  summaryPhases: 'States',
  summaryKinds: 'Kinds',
  summaryTypes: 'Types',
  summaryVersions: 'Kubernetes',
  summaryReasons: 'Not ready',
  summaryCredentials: 'Credentials',
  summaryRunning: 'In progress',
  summaryPaused: 'Paused',
  credentialsEnded: 'have ended',
  credentialsWithin: (days: number) => `end within ${days} ${days === 1 ? 'day' : 'days'}`,
  catalogHeadsWide: ['NAME', 'CATEGORY', 'VERSION', 'NAMESPACE', 'SOURCE'],
  catalogNote: '* is the default of its category.',

  receiptOutcome: (outcome: string) =>
    outcome === 'Complete' ? 'deleted completely' : 'deleted, but something is left on the cluster',
  receiptHeads: ['ENDED', 'CLUSTER', 'BY', 'OUTCOME'],
  receiptLine: (
    outcome: string,
    { removed, left, remaining }: { readonly removed: number; readonly left: number; readonly remaining: number },
  ) => `${outcome}: ${removed} removed, ${left} left on purpose, ${remaining} remaining`,
  noReceipts: 'There are no receipts.',
  receiptAskedBy: 'requested by',
  receiptEnded: 'ended',
  receiptRemoved: 'removed',
  receiptLeft: (count: number) => `Left on purpose (${count}):`,
  receiptLost: (count: number) => `Built by users and gone with it (${count}):`,
  receiptRemaining: (count: number) => `Could not be removed (${count}); the commands do it:`,
  receiptMore: (count: number, cluster: string) => `… and ${count} more: nautes receipt ${cluster}`,

  tokenQuestion: (server: string) => `Token for ${server} (not shown):`,
  loggedIn: (name: string, role: string, server: string, context: string) =>
    `Logged in to ${server} as ${name} (${role}); context ${context} is now the current one.`,
  readerOnly: 'This token is read-only. Saving and deleting need one with the role maintainer.',
  plainHttp: 'the connection is not encrypted: the token can be read in transit; give the server HTTPS (tls: auto)',
  contextHeads: ['CURRENT', 'NAME', 'SERVER', 'TOKEN'],
  noContexts: 'There are no contexts. `nautes login https://HOST:PORT` creates one.',
  tokenStored: 'stored',
  contextInUse: (name: string) => `The context ${name} is now the current one.`,
  contextDeleted: (name: string) => `The context ${name} is deleted.`,
  clientVersion: 'Client',
  serverVersion: 'Server',
  installation: 'Installation',
  notInBundle: (command: string) =>
    `\`nautes ${command}\` is a part of the server and not of this client. It comes with the server: the image or a checkout of the project.`,

  storage: {
    outcome: (outcome: string, installation: string, from: string, to: string) => {
      if (outcome === 'planned') return `Installation ${installation} would be moved from ${from} to ${to} (dry run):`;
      if (outcome === 'thereAlready') return `Installation ${installation} is in ${to} already. Nothing was done.`;
      if (outcome === 'takenBack') return `The unfinished migration is cancelled: ${to} stays in use.`;
      return `Installation ${installation} is in ${to} now. What was copied has been read back and is equal:`;
    },
    heads: ['CONTENT', 'COUNT', 'COPIED', 'REMOVED', 'SHA-256'],
    part: (part: string) => ({ sealingKey: 'sealing key' })[part] ?? part,
    within: (events: number, receipts: number) => `with ${events} events and ${receipts} receipts`,
    notCopied: (cluster: string, problem: string) => `not copied, credential of ${cluster}: ${problem}`,
    next: (storage: string, from: string) =>
      `Now set storage to ${storage} and start the server. ${from} has everything as it was; no server starts on it.`,
  },

  doctor: {
    server: 'server',
    token: 'token',
    installation: 'installation',
    clusters: 'clusters',
    serverReady: (server: string) => `${server} is ready`,
    serverNotReady: (server: string) => `${server} answers and is not ready: see its parts`,
    tlsOk: 'the certificate is trusted',
    tlsLocal: 'none, on this machine',
    tlsMissing: 'none: the token can be read in transit',
    tlsRemedy: 'Give the server a certificate: tls: auto in its configuration.',
    tokenOf: (name: string, role: string, version: string) => `${name}, ${role}; the server is ${version}`,
    serverOlder: 'the server is older than this client and does not say whose token it is',
    clusterWorks: (phase: string, version: string) => `${phase}, Kubernetes ${version}`,
    noClusters: 'none are registered',
    credentialEnds: (phase: string, end: string) => `${phase}, but our credential ends at ${end} and was not renewed`,
    credentialRemedy: (name: string) => `nautes rotate ${name}`,
    states: { ok: 'works', failed: 'does not work', off: 'not in this process' },
    parts: {
      config_repository: {
        name: 'Git',
        degraded: 'works for reading; the remote is away',
        remedy:
          'Where there is a remote, look at git.remote and its token, otherwise at the rights and the space of the data directory; the log of the server says more. Saving is refused until it works.',
      },
      secret_store: {
        name: 'secret store',
        degraded: 'works in part',
        remedy: 'Look at the rights and the space of the data directory, and the log of the server.',
      },
      status_store: {
        name: 'status store',
        degraded: 'works in part',
        remedy: 'Look at the rights and the space of the data directory, and the log of the server.',
      },
      token_store: {
        name: 'token store',
        degraded: 'works for reading; no token can be created',
        remedy: 'Look at the rights and the space of the data directory, and the log of the server.',
      },
      controllers: {
        name: 'controllers',
        degraded: 'works in part',
        remedy: 'Start the server again; its log says why they stopped.',
      },
      helm: {
        name: 'helm',
        degraded: 'is not found',
        remedy:
          'Install helm where the server runs, or name it in helm.path: components that come as charts wait for it.',
      },
      disk: {
        name: 'disk',
        degraded: 'is nearly full',
        remedy: 'Less than 512 MiB are free in the data directory: make room.',
      },
    },
  },
  linkWorksOnce: 'The link works once, within five minutes.',
  doctorSummary: (failed: number, warned: number) =>
    failed + warned === 0 ? 'Everything is as it should be.' : `${failed} failed, ${warned} need attention.`,
};
