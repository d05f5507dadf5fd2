import { load } from 'js-yaml';
import { certificateEnd } from './certificate-end.ts';

/** Longest kubeconfig that is read, in characters. */
export const MAXIMUM_KUBECONFIG_LENGTH = 256 * 1024;

/** Why a context cannot be sent as it is. */
export type ContextProblem =
  | 'noCluster'
  | 'noUser'
  | 'noServer'
  | 'notHttps'
  | 'exec'
  | 'authProvider'
  | 'file'
  | 'insecure'
  | 'noCredential';

/** A context of a kubeconfig, as far as people choose by it. */
export interface KubeconfigContext {
  readonly name: string;
  readonly server: string;
  readonly user: string;
  readonly isCurrent: boolean;
  /** End of its token or client certificate where it says so, the earlier of both, RFC 3339; empty otherwise. */
  readonly expires: string;
  readonly problem?: ContextProblem;
  /** The program it runs, or the file it names. */
  readonly detail?: string;
}

type Entry = Readonly<Record<string, unknown>>;

/** The lists of a kubeconfig by the names of their entries. */
export interface Kubeconfig {
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly current: string;
}

/** Why a text is no kubeconfig at all. */
export class NoKubeconfig extends Error {
  override readonly name = 'NoKubeconfig';
  readonly why: 'tooLong' | 'notYaml' | 'noContexts';

  constructor(why: NoKubeconfig['why']) {
    super(why);
    this.why = why;
  }
}

/** @throws NoKubeconfig; it holds nothing of the text */
export function readKubeconfig(text: string): Kubeconfig {
  if (text.length > MAXIMUM_KUBECONFIG_LENGTH) throw new NoKubeconfig('tooLong');
  const content = parsed(text);
  const contexts = entriesOf(content['contexts'], 'context');
  if (contexts.size === 0) throw new NoKubeconfig('noContexts');
  return {
    contexts,
    clusters: entriesOf(content['clusters'], 'cluster'),
    users: entriesOf(content['users'], 'user'),
    current: textOf(content, 'current-context'),
  };
}

function parsed(text: string): Entry {
  try {
    const content: unknown = load(text);
    return isEntry(content) ? content : {};
  } catch {
    throw new NoKubeconfig('notYaml');
  }
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function entriesOf(list: unknown, member: string): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const item of Array.isArray(list) ? list : []) {
    if (!isEntry(item) || typeof item['name'] !== 'string') continue;
    const entry = item[member];
    if (!entries.has(item['name'])) entries.set(item['name'], isEntry(entry) ? entry : {});
  }
  return entries;
}

function textOf(entry: Entry, field: string): string {
  const value = entry[field];
  return typeof value === 'string' ? value : '';
}

/** Every context, the current one first; what is wrong with one keeps no other from being chosen. */
export function contextsOf(kubeconfig: Kubeconfig): readonly KubeconfigContext[] {
  const all = [...kubeconfig.contexts.keys()].map((name) => contextOf(kubeconfig, name));
  return [...all.filter(({ isCurrent }) => isCurrent), ...all.filter(({ isCurrent }) => !isCurrent)];
}

function contextOf({ clusters, users, contexts, current }: Kubeconfig, name: string): KubeconfigContext {
  const context = contexts.get(name) ?? {};
  const cluster = clusters.get(textOf(context, 'cluster'));
  const user = users.get(textOf(context, 'user'));
  const known = {
    name,
    server: cluster === undefined ? '' : textOf(cluster, 'server'),
    user: textOf(context, 'user'),
    isCurrent: name === current,
    expires: user === undefined ? '' : credentialEnd(user),
  };
  if (cluster === undefined) return { ...known, problem: 'noCluster', detail: textOf(context, 'cluster') };
  if (user === undefined) return { ...known, problem: 'noUser', detail: textOf(context, 'user') };
  return { ...known, ...(clusterProblem(cluster) ?? userProblem(user)) };
}

type Problem = Pick<KubeconfigContext, 'problem' | 'detail'>;

function clusterProblem(cluster: Entry): Problem | undefined {
  const server = textOf(cluster, 'server');
  if (server === '') return { problem: 'noServer' };
  if (!server.startsWith('https://')) return { problem: 'notHttps' };
  if (cluster['insecure-skip-tls-verify'] === true) return { problem: 'insecure' };
  return fileProblem(cluster, ['certificate-authority']);
}

function userProblem(user: Entry): Problem | undefined {
  if (isEntry(user['exec'])) return { problem: 'exec', detail: textOf(user['exec'], 'command') };
  if (isEntry(user['auth-provider'])) return { problem: 'authProvider', detail: textOf(user['auth-provider'], 'name') };
  const file = fileProblem(user, ['client-certificate', 'client-key', 'tokenFile']);
  if (file !== undefined) return file;
  const hasCredential = ['token', 'client-certificate-data', 'password'].some((field) => textOf(user, field) !== '');
  return hasCredential ? undefined : { problem: 'noCredential' };
}

/** A file of the machine that the kubeconfig is from, which the server does not have. */
function fileProblem(entry: Entry, fields: readonly string[]): Problem | undefined {
  const field = fields.find((each) => textOf(entry, each) !== '' && textOf(entry, `${each}-data`) === '');
  return field === undefined ? undefined : { problem: 'file', detail: textOf(entry, field) };
}

function credentialEnd(user: Entry): string {
  const ends = [tokenEnd(textOf(user, 'token')), certificateEnd(textOf(user, 'client-certificate-data'))];
  return ends.filter((end) => end !== '').toSorted()[0] ?? '';
}

/** The end of a JSON Web Token (RFC 7519, `exp`); empty for other tokens. */
function tokenEnd(token: string): string {
  const [, payload = ''] = token.split('.');
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    const end = isEntry(claims) ? Number(claims['exp']) : Number.NaN;
    return Number.isFinite(end) ? new Date(end * 1000).toISOString() : '';
  } catch {
    return '';
  }
}

/** A kubeconfig with that context, its cluster and its user alone, of fields with plain values; JSON, which is YAML. */
export function reduceKubeconfig({ clusters, users, contexts }: Kubeconfig, name: string): string {
  const context = contexts.get(name) ?? {};
  const [clusterName, userName] = [textOf(context, 'cluster'), textOf(context, 'user')];
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ name, context: plain(context) }],
    clusters: [{ name: clusterName, cluster: plain(clusters.get(clusterName) ?? {}) }],
    users: [{ name: userName, user: plain(users.get(userName) ?? {}) }],
  });
}

function plain(entry: Entry): Entry {
  const kept = Object.entries(entry).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return Object.fromEntries(kept);
}

/** A name that a cluster can have, from that of a context. */
export function suggestedName(context: string): string {
  const last = context.split(/[/@]/).filter(Boolean).at(-1) ?? '';
  return last
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
}
