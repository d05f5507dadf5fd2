import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import { parseYaml, YamlError } from '../../base/yaml.ts';

export type Entry = Readonly<Record<string, unknown>>;

/** What one context of a kubeconfig consists of. */
export interface SelectedContext {
  readonly context: string;
  readonly cluster: Entry;
  readonly user: Entry;
}

/** @throws NautesError `KubeconfigInvalid` */
export function parseKubeconfig(text: string): Entry {
  const invalid = (problem: Message): NautesError => new NautesError('KubeconfigInvalid', { problem });
  try {
    const document = parseYaml(text.replace(/^\uFEFF/, ''));
    if (isEntry(document)) return document;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw invalid(notYaml(error));
  }
  throw invalid(message('Document.notMap'));
}

/** Where the parser stopped; its words could quote a secret. */
function notYaml({ line, column }: YamlError): Message {
  if (line === undefined || column === undefined) return message('KubeconfigInvalid.unparsed');
  return message('Document.notYamlAt', { line, column });
}

/** Names of the contexts in their order. */
export function contextNames(document: Entry): readonly string[] {
  return named(document, 'contexts').map(({ name }) => name);
}

/**
 * The named context, or the current one, or the only one.
 * @throws NautesError `KubeconfigContextMissing`, `KubeconfigContextUnclear`, `KubeconfigReferenceDangling`
 */
export function selectContext(document: Entry, wanted: string | undefined, file: string): SelectedContext {
  const contexts = named(document, 'contexts');
  const current = document['current-context'];
  const name = wanted ?? (typeof current === 'string' && current !== '' ? current : undefined);
  if (name === undefined && contexts.length !== 1) throw new NautesError('KubeconfigContextUnclear');
  const chosen = name === undefined ? contexts[0] : contexts.find((context) => context.name === name);
  if (chosen === undefined) {
    const known = contexts.map((context) => context.name).join(', ') || '-';
    throw new NautesError('KubeconfigContextMissing', { file, name: name ?? '', known });
  }
  const context = entryOf(chosen.entry['context']);
  return {
    context: chosen.name,
    cluster: follow(document, 'clusters', 'cluster', context['cluster']),
    user: follow(document, 'users', 'user', context['user']),
  };
}

function follow(document: Entry, list: 'clusters' | 'users', field: 'cluster' | 'user', name: unknown): Entry {
  const found = named(document, list).find((entry) => entry.name === name);
  if (found === undefined) {
    throw new NautesError('KubeconfigReferenceDangling', {
      reference: message('KubeconfigReferenceDangling.ofContext', { field }),
    });
  }
  return entryOf(found.entry[field]);
}

function named(document: Entry, list: string): readonly { readonly name: string; readonly entry: Entry }[] {
  const entries = document[list];
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown) => {
    if (!isEntry(entry) || typeof entry['name'] !== 'string') return [];
    return [{ name: entry['name'], entry }];
  });
}

function entryOf(value: unknown): Entry {
  return isEntry(value) ? value : {};
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textAt(entry: Entry, field: string): string {
  const value = Object.hasOwn(entry, field) ? entry[field] : undefined;
  return typeof value === 'string' ? value : '';
}

/** A field that says something: kubectl leaves out empty ones, others write them. */
export function isSet(entry: Entry, field: string): boolean {
  const value = Object.hasOwn(entry, field) ? entry[field] : undefined;
  return value !== undefined && value !== null && value !== '' && value !== false;
}
