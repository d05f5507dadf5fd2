import { type Static, Type } from 'typebox';
import { DEFAULT_POLICY, DEFAULT_ROLES } from '../../workload-auth/index.ts';
import { managementSettings } from './management-settings.ts';
import { authorities, count, flag, oneOf, proxy, section, text } from './setting.ts';

/**
 * Every setting of the server. The keys are those of the YAML file; each is also an environment variable:
 * `NAUTES_` and the path in capitals, e.g. `git.pollSeconds` is `NAUTES_GIT_POLL_SECONDS`.
 */

export const ConfigurationSchema = section({
  dataDirectory: text('Directory of all data. One process at a time uses it.', './nautes-data'),
  listen: text('Address and port of the API, HOST:PORT.', '127.0.0.1:8000'),
  role: oneOf('Parts that this process runs.', ['all', 'api', 'controllers'], 'all'),
  tls: section({
    mode: oneOf(
      'HTTPS: auto creates a certificate authority once and issues a certificate from it (`nautes ca` prints the authority); ' +
        'files uses the two below. `tls: auto` is short for this key.',
      ['off', 'auto', 'files'],
      'off',
    ),
    certificateFile: text('Certificate chain (PEM) for mode files.'),
    keyFile: text('Its private key (PEM) for mode files.'),
    names: Type.Array(Type.String(), {
      description: 'Further host names and addresses of the certificate of mode auto.',
      default: [],
    }),
  }),
  console: section({
    enabled: flag('Whether the web console is served at /console.', true),
  }),
  replicas: section({
    name: text(
      'Name of this process among the replicas of storage kubernetes; empty: that of its Pod (POD_NAME), or of the machine.',
    ),
  }),
  namespace: text('Namespace written to the cluster files.', 'nautes'),
  log: section({
    level: oneOf('Lowest level that is logged.', ['debug', 'info', 'warn', 'error', 'silent'], 'info'),
    format: oneOf(
      'json: one object a line, for a log store; plain: lines for people; auto: plain on a terminal, json elsewhere.',
      ['auto', 'json', 'plain'],
      'auto',
    ),
  }),
  metrics: section({
    listen: text(
      'Address and port, HOST:PORT, of metrics for scrapers without a token (plain HTTP, GET /metrics); empty: only ' +
        'the API has them, for readers.',
    ),
  }),
  storage: oneOf(
    'Where status, events, inventories and off-boarding records are stored: embedded, in the data directory, or ' +
      'kubernetes, as objects of the management cluster (with management.kubeconfig or management.inCluster).',
    ['embedded', 'kubernetes'],
    'embedded',
  ),
  management: managementSettings,
  git: section({
    remote: text('URL of a Git remote that every change is pushed to before it is answered; empty: none.'),
    branch: text('Branch of the remote that counts; an embedded repository has main.', 'main'),
    username: text('User name for an https remote.', 'nautes'),
    tokenFile: text('File that holds the token for an https remote.'),
    caFile: authorities('of an https remote'),
    sshKeyFile: text(
      'File with the private key (without a passphrase) for an SSH remote; read at every use, and the only key that is offered.',
    ),
    knownHostsFile: text(
      'File with the host keys of an SSH remote, as ssh-keyscan prints them; a host with another key is refused.',
    ),
    pollSeconds: count('How often the remote is polled for commits of others.', 15, 1, 3600),
    operationsPerMinute: count(
      'Fetches and pushes that a remote over https or ssh is asked for in any minute, evenly spread; what comes in ' +
        'between is pushed together.',
      600,
      6,
      100_000,
    ),
    pushAs: oneOf(
      'Whose token changes are pushed with: that of this server, or of each caller (with identity.provider gitlab or ' +
        'gitea only; a batch then has one caller). Either way the caller is the author.',
      ['server', 'caller'],
      'server',
    ),
    committerName: text('Committer of all commits.', 'Nautes'),
    committerEmail: text('Address of the committer.', 'nautes@localhost'),
  }),
  proxies: section({
    url: text(
      'Proxy of every connection over HTTP: its URL without a user, or none; empty: HTTPS_PROXY, HTTP_PROXY or ALL_PROXY of ' +
        'the environment. Loopback addresses are always reached directly.',
    ),
    exceptions: Type.Array(Type.String(), {
      description:
        'What is reached without a proxy: names (with all below them), .suffixes, addresses, networks (CIDR), each with ' +
        'a port or without; empty: NO_PROXY of the environment.',
      default: [],
    }),
    kubeconfigs: Type.Array(Type.String(), {
      description:
        'Proxies that a kubeconfig may name (proxy-url), by URL without a user: the cluster is reached by that one then, ' +
        'whatever else is configured.',
      default: [],
    }),
    credentialsFile: text('File with user:password for the proxies that this section names; read at the start.'),
    git: proxy('of an https remote'),
    identity: proxy('of GitLab or Gitea'),
    vault: proxy('of Vault'),
    catalog: proxy('of the sources of components'),
    clusters: proxy('of clusters'),
    management: proxy('of the management cluster'),
  }),
  identity: section({
    provider: oneOf(
      'Identity provider: local has the tokens of `nautes token create`; gitlab and gitea have those of their ' +
        'users, who may write here when they may push to main of the project.',
      ['local', 'gitlab', 'gitea'],
      'local',
    ),
    url: text('Address of GitLab or Gitea; empty: the origin of git.remote.'),
    project: text(
      'The project whose members may call: full path or, for GitLab, id (which outlives renaming); empty: the path of ' +
        'git.remote.',
    ),
    caFile: authorities('of GitLab or Gitea (empty: git.caFile)'),
    tokenFile: text(
      'File with a token of this server that can read rules and members of the project, to explain refusals; ' +
        'empty: git.tokenFile.',
    ),
    cacheSeconds: count(
      'How long the owner of a token and its permission to read are cached; never the permission to write.',
      15,
      0,
      60,
    ),
    requestsPerMinute: count('Requests to GitLab or Gitea in any minute.', 600, 10, 100_000),
    oauthClientId: text(
      'Id of the OAuth application of GitLab or Gitea by which people log in to the web console; empty: they log in with a token.',
    ),
    oauthClientSecretFile: text('File with the secret of that application; empty: it is a public one.'),
  }),
  clients: section({
    trustedProxies: Type.Array(Type.String(), {
      description:
        'Addresses and networks (CIDR) of proxies before this server; the address of a client is taken from the ' +
        'X-Forwarded-For that they send.',
      default: [],
    }),
    failedTokensPerMinute: count(
      'Different unknown tokens that an address may try; more are answered 429. Tokens that were accepted within the ' +
        'last hour are not affected.',
      30,
      1,
      100_000,
    ),
    failedTokensPerMinuteTotal: count(
      'The same of all addresses together; above it, addresses that have failed lately are slowed down.',
      600,
      1,
      1_000_000,
    ),
  }),
  webhooks: section({
    secretFile: text(
      'File with the secret of the push webhooks POST /api/v1/webhooks/gitlab and …/gitea; empty: they are not served.',
    ),
  }),
  secrets: section({
    store: oneOf(
      'Secret store of cluster credentials: sealed in the storage (files in the data directory, Secrets with storage ' +
        'kubernetes), or Vault or OpenBao.',
      ['sealed', 'vault'],
      'sealed',
    ),
    keyFile: text(
      'File with the sealing key. Default: sealing.key in the data directory, created at the first start; with storage ' +
        'kubernetes the Secret nautes-sealing-key, created by the first server.',
    ),
    vault: section({
      address: text('Address of Vault or OpenBao as this server reaches it: https, or http on a loopback address.'),
      peers: Type.Array(Type.String(), {
        description: 'Addresses of its other nodes: a standby may redirect to these and nowhere else.',
        default: [],
      }),
      namespace: text('Its namespace (Enterprise, HCP, OpenBao); empty: the root namespace.'),
      caFile: authorities('of Vault'),
      mount: text('KV version 2 engine with the kubeconfig of each cluster, for deployment tools.', 'cluster'),
      ownMount: text('KV version 2 engine that only the server reads: staged credentials.', 'nautes'),
      auth: section({
        method: oneOf('How the server logs in.', ['token', 'approle', 'kubernetes', 'jwt'], 'token'),
        mount: text('Path of the auth method. Default: the name of the method.'),
        role: text('Role, for kubernetes and jwt.'),
        roleId: text('Role id, for approle.'),
        secretIdFile: text('File with the secret id, for approle.'),
        jwtFile: text(
          'File with the token to log in with, for jwt and kubernetes; kubernetes has a default: the one of the pod.',
        ),
        tokenFile: text('File with the token, for token. All these files are read again at every login.'),
      }),
    }),
  }),
  catalog: section({
    files: Type.Array(Type.String(), { description: 'Catalogue files that extend the built-in one.', default: [] }),
    mirror: text(
      'Directory or https URL with copies of all remote sources of components, at <host>/<path>; empty: none.',
    ),
    caFile: authorities('of the sources of components'),
  }),
  helm: section({
    path: text('The helm program; empty: the one that `make setup` installs, else that of PATH.'),
  }),
  vault: section({
    address: text(
      'Address of Vault or OpenBao as the workloads of clusters reach it, for agent injectors. ' +
        'Default: secrets.vault.address.',
    ),
    workloadAuth: oneOf(
      'Whether the server lets the workloads of each worker log in to the Vault of secrets.vault, by the auth method ' +
        'kubernetes at auth/<cluster>; auto: when secrets.store is vault.',
      ['auto', 'kubernetes', 'off'],
      'auto',
    ),
    roles: Type.Array(Type.String({ maxLength: 600 }), {
      description:
        'Who may log in: role=namespace/serviceaccount. `{category}` stands for the namespace of that component of the ' +
        'cluster, `*` for every service account of a namespace.',
      default: [...DEFAULT_ROLES],
    }),
    policy: text(
      'Name of the policy that a role gets, with {cluster} and {role}. The policies themselves are yours to write.',
      DEFAULT_POLICY,
    ),
  }),
  clusters: section({
    caFile: authorities('of clusters whose kubeconfig names none'),
  }),
  oauth: section({
    issuer: text('OpenID Connect issuer (https) for logins to dashboards; empty: clusters get no oauth2-proxy.'),
    clientId: text('Name of the client there.'),
    clientSecretFile: text('File that holds its secret.'),
  }),
  addresses: section({
    loopback: oneOf(
      'Whether clusters may have loopback addresses; auto: when the server itself listens on loopback only.',
      ['auto', 'allow', 'refuse'],
      'auto',
    ),
    linkLocal: oneOf('Whether clusters may have link-local addresses.', ['allow', 'refuse'], 'refuse'),
    metadata: oneOf(
      "Whether clusters may have the addresses of cloud providers' metadata services.",
      ['allow', 'refuse'],
      'refuse',
    ),
    private: oneOf('Whether clusters may have private addresses, such as 10.0.0.0/8.', ['allow', 'refuse'], 'allow'),
    services: oneOf(
      'Whether clusters may have the addresses and ports of services of this installation: this server, the Git remote, ' +
        'GitLab or Gitea, Vault.',
      ['allow', 'refuse'],
      'refuse',
    ),
    denied: Type.Array(Type.String(), {
      description: 'Addresses and networks (CIDR) that no cluster may have, e.g. those of your own services.',
      default: [],
    }),
  }),
  controllers: section({
    concurrency: count('Clusters that are reconciled concurrently.', 32, 1, 1000),
    suspectConcurrency: count(
      'Concurrency of the suspect lane: clusters that failed or delayed a run before.',
      8,
      1,
      1000,
    ),
    driftSeconds: count('How often a ready cluster is checked for drift.', 300, 1, 86_400),
    quickLookSeconds: count(
      'How often the Services, Deployments and definitions of a cluster on which nothing has changed are checked for drift.',
      50,
      1,
      86_400,
    ),
    graceSeconds: count(
      'How long an off-boarding waits for an unreachable cluster before it ends without it.',
      600,
      1,
      86_400,
    ),
    tokenSeconds: count('Requested lifetime of the own token on a cluster.', 2_592_000, 600, 315_360_000),
  }),
});

export type Configuration = Static<typeof ConfigurationSchema>;
