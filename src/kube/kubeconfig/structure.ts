import { NautesError } from '../../errors/errors.ts';
import { message, verbatim } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import { isRecord, textAt } from '../../kube-objects/kube-object.ts';

/** Entries of each list; more cannot be a kubeconfig for one cluster. */
const MAXIMUM_ENTRIES = 1_000;

type Entry = Readonly<Record<string, unknown>>;

/** The cluster and the user that a kubeconfig's context chooses; absent where the reference leads nowhere. */
export interface ChosenEntries {
  readonly cluster: Entry | undefined;
  readonly user: Entry | undefined;
}

const TOP_FIELDS = [
  'apiVersion',
  'kind',
  'clusters',
  'contexts',
  'users',
  'current-context',
  'preferences',
  'extensions',
];

/** Follows current-context, or the only context. Everything that is wrong is added to the findings. */
export function chooseEntries(document: unknown, findings: NautesError[]): ChosenEntries {
  const invalid = (problem: Message) => findings.push(new NautesError('KubeconfigInvalid', { problem }));
  const nothing: ChosenEntries = { cluster: undefined, user: undefined };
  if (!isRecord(document)) {
    invalid(message('Document.notMap'));
    return nothing;
  }
  if (document['kind'] !== undefined && document['kind'] !== 'Config') invalid(message('KubeconfigInvalid.kind'));
  if (document['apiVersion'] !== undefined && document['apiVersion'] !== 'v1') {
    invalid(message('KubeconfigInvalid.apiVersion'));
  }
  reportUnknownFields(document, TOP_FIELDS, message('kubeconfigPart.file'), findings);
  const lists = ['clusters', 'contexts', 'users'] as const;
  const wrong = lists.filter((list) => !isEntryList(document[list], list.slice(0, -1)));
  for (const list of wrong) invalid(message('KubeconfigInvalid.list', { list }));
  if (wrong.length > 0) return nothing;
  const context = chooseContext(document, findings);
  if (context === undefined) return nothing;
  return {
    cluster: follow(document, 'clusters', 'cluster', textAt(context, 'cluster'), findings),
    user: follow(document, 'users', 'user', textAt(context, 'user'), findings),
  };
}

function isEntryList(value: unknown, field: string): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAXIMUM_ENTRIES) return false;
  return value.every((entry) => isRecord(entry) && typeof entry['name'] === 'string' && isRecord(entry[field] ?? {}));
}

function chooseContext(document: Entry, findings: NautesError[]): Entry | undefined {
  const contexts = document['contexts'] as readonly Entry[];
  const wanted = textAt(document, 'current-context');
  if (wanted === '' && contexts.length > 1) {
    findings.push(new NautesError('KubeconfigContextUnclear'));
    return undefined;
  }
  const chosen = wanted === '' ? contexts[0] : contexts.find((context) => context['name'] === wanted);
  const context = chosen?.['context'];
  if (isRecord(context)) return context;
  findings.push(new NautesError('KubeconfigReferenceDangling', { reference: verbatim('current-context') }));
  return undefined;
}

function follow(
  document: Entry,
  list: 'clusters' | 'users',
  field: 'cluster' | 'user',
  name: string,
  findings: NautesError[],
): Entry | undefined {
  const entries = document[list] as readonly Entry[];
  const found = entries.find((entry) => entry['name'] === name);
  if (found === undefined) {
    findings.push(
      new NautesError('KubeconfigReferenceDangling', {
        reference: message('KubeconfigReferenceDangling.ofContext', { field }),
      }),
    );
    return undefined;
  }
  return (found[field] ?? {}) as Entry;
}

/** Names what is not a field of a kubeconfig: a typing error would otherwise go unnoticed. */
export function reportUnknownFields(
  entry: Entry,
  known: readonly string[],
  place: Message,
  findings: NautesError[],
): void {
  const unknown = Object.keys(entry).filter((field) => !known.includes(field));
  if (unknown.length === 0) return;
  // A name that looks like data is not shown: it could be a secret that slipped into the wrong place.
  const names = unknown.filter((name) => /^[a-z-]{1,40}$/i.test(name)).slice(0, 5);
  const problem =
    names.length === unknown.length
      ? message('KubeconfigInvalid.unknownFields', { place, fields: names })
      : message('KubeconfigInvalid.unknownFieldCount', { place, count: unknown.length });
  findings.push(new NautesError('KubeconfigInvalid', { problem }));
}
