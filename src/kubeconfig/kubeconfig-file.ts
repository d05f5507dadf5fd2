import { NautesError } from '../errors/errors.ts';
import { isRecord } from '../kube-objects/kube-object.ts';
import { message, verbatim } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import {
  BASE64_FIELDS,
  type Entry,
  FILE_FIELDS,
  type FormProblem,
  formProblem,
  isBase64,
  type ListName,
  OTHER_FIELDS,
  TEXT_FIELDS,
  textOf,
} from './entry.ts';

/** The entries of one kubeconfig, or of several that were merged, by their names. */
export interface KubeconfigFile {
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
  readonly contexts: ReadonlyMap<string, Entry>;
  /** Empty when none is set. */
  readonly currentContext: string;
  /** `nothing`: an empty file; `other`: a map without any list of a kubeconfig. Neither keeps others from counting. */
  readonly content: 'nothing' | 'other' | 'entries';
}

const LISTS = ['clusters', 'contexts', 'users'] as const satisfies readonly ListName[];

/**
 * The entries of a parsed kubeconfig, read as client-go reads them: an empty kind or apiVersion is none, unknown fields
 * are ignored, a name may be in a list once. Everything that is wrong is added to the findings; `undefined` when that
 * leaves nothing to choose from. Findings hold no value of the file but names of entries.
 */
export function kubeconfigFileOf(document: unknown, findings: NautesError[]): KubeconfigFile | undefined {
  const invalid = (problem: Message) => findings.push(new NautesError('KubeconfigInvalid', { problem }));
  if (document === undefined || document === null) {
    return { clusters: new Map(), contexts: new Map(), users: new Map(), currentContext: '', content: 'nothing' };
  }
  if (!isRecord(document)) {
    invalid(message('Document.notMap'));
    return undefined;
  }
  const isConfig = [undefined, null, '', 'Config'].includes(document['kind'] as string);
  if (!isConfig) invalid(kindProblem(document['kind']));
  if (![undefined, null, '', 'v1'].includes(document['apiVersion'] as string)) {
    invalid(message('KubeconfigInvalid.apiVersion'));
  }
  if (!isConfig) return undefined; // what it lacks as a kubeconfig is of no use then
  for (const [name, form] of Object.entries(FILE_FIELDS)) {
    const problem = formProblem(name, document[name], form);
    if (problem !== undefined) invalid(message('KubeconfigInvalid.fileForm', { ...shown(problem) }));
  }
  const [clusters, contexts, users] = LISTS.map((list) => entriesOf(document, list, findings));
  if (clusters === undefined || contexts === undefined || users === undefined) return undefined;
  const current = document['current-context'] ?? '';
  const content = LISTS.every((list) => document[list] === undefined) ? 'other' : 'entries';
  if (typeof current === 'string') return { clusters, contexts, users, currentContext: current, content };
  invalid(message('KubeconfigInvalid.currentContext', { type: typeOf(current) }));
  return undefined;
}

/** Names the kind where it is one of Kubernetes, so that people see which file they took. */
function kindProblem(kind: unknown): Message {
  const isName = typeof kind === 'string' && /^[A-Z][A-Za-z]{0,62}$/.test(kind);
  return isName ? message('KubeconfigInvalid.otherKind', { kind }) : message('KubeconfigInvalid.kind');
}

/** One kubeconfig of several, as client-go merges the files of KUBECONFIG: of each name the first entry counts. */
export function mergeKubeconfigs(files: readonly KubeconfigFile[]): KubeconfigFile {
  const first = (list: ListName) => new Map(files.toReversed().flatMap((file) => [...file[list]]));
  return {
    clusters: first('clusters'),
    users: first('users'),
    contexts: first('contexts'),
    currentContext: files.find(({ currentContext }) => currentContext !== '')?.currentContext ?? '',
    content:
      (['entries', 'other'] as const).find((content) => files.some((file) => file.content === content)) ?? 'nothing',
  };
}

/** `undefined` when something is wrong with one of them. */
function entriesOf(document: Entry, list: ListName, findings: NautesError[]): ReadonlyMap<string, Entry> | undefined {
  const items = document[list] ?? [];
  const before = findings.length;
  if (!Array.isArray(items)) {
    findings.push(new NautesError('KubeconfigInvalid', { problem: message('KubeconfigInvalid.list', { list }) }));
    return undefined;
  }
  const entries = new Map<string, Entry>();
  const duplicates = new Set<string>();
  for (const [index, item] of items.entries()) {
    const read = entryOf(item ?? {}, { list, index: index + 1 }, findings);
    if (read === undefined) continue;
    if (entries.has(read.name)) duplicates.add(read.name);
    entries.set(read.name, read.entry);
  }
  for (const name of duplicates) {
    const problem = message('KubeconfigInvalid.duplicate', { list, name });
    findings.push(new NautesError('KubeconfigInvalid', { problem }));
  }
  return findings.length === before ? entries : undefined;
}

interface Place {
  readonly list: ListName;
  /** From 1. */
  readonly index: number;
}

function entryOf(
  item: unknown,
  { list, index }: Place,
  findings: NautesError[],
): { readonly name: string; readonly entry: Entry } | undefined {
  const invalid = (problem: Message): undefined => {
    findings.push(new NautesError('KubeconfigInvalid', { problem }));
  };
  const field = list.slice(0, -1);
  const content = isRecord(item) ? (item[field] ?? {}) : undefined;
  if (!isRecord(item) || !isRecord(content)) return invalid(message('KubeconfigInvalid.entry', { list, index }));
  const texts: readonly (readonly [string, unknown])[] = [
    ['name', item['name']],
    ...TEXT_FIELDS[list].map((name) => [name, content[name]] as const),
  ];
  const wrong = texts.filter(([, value]) => typeof value !== 'string' && value !== undefined && value !== null);
  for (const [name, value] of wrong) {
    const id = typeof value === 'object' ? 'KubeconfigInvalid.notText' : 'KubeconfigInvalid.unquoted';
    invalid(message(id, { list, index, field: name, type: typeOf(value) }));
  }
  const before = findings.length - wrong.length;
  reportForms(content, { list, index }, findings);
  if (findings.length > before) return undefined;
  const { name } = item;
  return { name: typeof name === 'string' ? name : '', entry: content };
}

/** What client-go cannot decode: values of another form than that of their field, and what is no base64. */
function reportForms(content: Entry, { list, index }: Place, findings: NautesError[]): void {
  const invalid = (problem: Message) => findings.push(new NautesError('KubeconfigInvalid', { problem }));
  for (const [name, form] of Object.entries(OTHER_FIELDS[list])) {
    const problem = formProblem(name, content[name], form);
    if (problem === undefined) continue;
    const { field, wanted } = shown(problem);
    invalid(message('KubeconfigInvalid.form', { list, index, field, wanted }));
  }
  for (const field of BASE64_FIELDS[list]) {
    if (!isBase64(textOf(content, field))) invalid(message('KubeconfigInvalid.base64', { list, index, field }));
  }
}

/** Names of people's own in a map, such as those of an auth-provider, could be secrets that slipped. */
function shown({ field, wanted }: FormProblem): { readonly field: string; readonly wanted: Message } {
  const known = field.split('.', 2).join('.');
  return {
    field: /^[a-zA-Z.-]{1,40}$/.test(known) ? known : (known.split('.')[0] ?? ''),
    wanted: message(`yamlType.${wanted}`),
  };
}

function typeOf(value: unknown): Message {
  if (typeof value === 'boolean') return message('yamlType.boolean');
  if (typeof value === 'number' || typeof value === 'bigint') return message('yamlType.number');
  return Array.isArray(value) ? message('yamlType.list') : message('yamlType.map');
}

/** What one context of a kubeconfig consists of. */
export interface ChosenContext {
  readonly name: string;
  /** Absent where the context names none that is there. */
  readonly cluster: Entry | undefined;
  readonly user: Entry | undefined;
}

const NO_CONTEXT = {
  nothing: 'KubeconfigInvalid.empty',
  other: 'KubeconfigInvalid.noKubeconfig',
  entries: 'KubeconfigInvalid.noContext',
} as const;

/** Follows the context of this name, or current-context, or the only context; adds what leads nowhere to the findings. */
export function chooseContext(
  file: KubeconfigFile,
  findings: NautesError[],
  wanted: string = file.currentContext,
): ChosenContext | undefined {
  const { contexts } = file;
  if (contexts.size === 0) {
    findings.push(new NautesError('KubeconfigInvalid', { problem: message(NO_CONTEXT[file.content]) }));
    return undefined;
  }
  const [only] = contexts.keys();
  const name = wanted === '' && contexts.size === 1 ? only : wanted;
  if (name === undefined || (name === '' && !contexts.has(name))) {
    findings.push(new NautesError('KubeconfigContextUnclear'));
    return undefined;
  }
  const context = contexts.get(name);
  if (context === undefined) {
    findings.push(new NautesError('KubeconfigReferenceDangling', { reference: verbatim('current-context') }));
    return undefined;
  }
  const follow = (entries: ReadonlyMap<string, Entry>, field: 'cluster' | 'user'): Entry | undefined => {
    const entry = entries.get(textOf(context, field));
    if (entry === undefined) {
      const place = message('KubeconfigReferenceDangling.ofContext', { field });
      findings.push(new NautesError('KubeconfigReferenceDangling', { reference: place }));
    }
    return entry;
  };
  return { name, cluster: follow(file.clusters, 'cluster'), user: follow(file.users, 'user') };
}
