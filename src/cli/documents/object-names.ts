import { NautesError } from '../../errors/errors.ts';
import { message, verbatim } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import { clusterDocuments, type Kind, kindOfWord, kinds } from './kinds.ts';

/** An object that the command line names. */
export interface NamedObject {
  readonly kind: Kind;
  readonly name: string;
}

/** Objects of one kind; without names all of them are meant. */
export interface NamedOfKind {
  readonly kind: Kind;
  readonly names: readonly string[];
}

/** @throws NautesError `KindUnknown` */
export function kindOf(word: string): Kind {
  const kind = kindOfWord(word);
  if (kind !== undefined) return kind;
  throw new NautesError('KindUnknown', {
    kind: verbatim(word),
    known: kinds.map(({ name }) => name.toLowerCase()).join(', '),
  });
}

/**
 * The objects of `KIND NAME…` or `KIND/NAME…`, as kubectl has them and `-o name` prints them; each once, at least one.
 * @throws NautesError `KindUnknown`, `ObjectNamesInvalid`
 */
export function namedObjects(words: readonly string[]): readonly NamedObject[] {
  const [first = '', ...names] = words;
  if (first.includes('/')) return withoutRepeated(words.map(ofReference));
  const kind = kindOf(first);
  if (names.length === 0) throw invalid(message('Names.missing', { kind: first }));
  return withoutRepeated(names.map((name) => ({ kind, name: plainName(name) })));
}

/** The same where only the kind may be given, and all objects are of one kind. */
export function namedOfKind(words: readonly string[]): NamedOfKind {
  const [first = ''] = words;
  if (words.length === 1 && !first.includes('/')) return { kind: kindOf(first), names: [] };
  const objects = namedObjects(words);
  const kind = objects[0]?.kind ?? clusterDocuments;
  const other = objects.find((one) => one.kind !== kind);
  if (other !== undefined) throw invalid(message('Names.severalKinds', { other: other.kind.name, kind: kind.name }));
  return { kind, names: objects.map(({ name }) => name) };
}

/**
 * Names of clusters for commands that know no other kind: `NAME…`, `cluster NAME…` or `cluster/NAME…`, each once. A
 * cluster that is itself called `cluster` is meant where the word stands alone.
 * @throws NautesError `KindUnknown`, `ObjectNamesInvalid`
 */
export function clusterNames(words: readonly string[]): readonly string[] {
  const [first = ''] = words;
  const isKind = words.length > 1 && kindOfWord(first) === clusterDocuments;
  const objects = (isKind ? words.slice(1) : words).map((word) =>
    word.includes('/') && !isKind ? ofReference(word) : { kind: clusterDocuments, name: plainName(word) },
  );
  return onlyClusters(withoutRepeated(objects));
}

/** The names of objects that are all clusters. @throws NautesError `ObjectNamesInvalid` */
export function onlyClusters(objects: readonly NamedObject[]): readonly string[] {
  const other = objects.find(({ kind }) => kind !== clusterDocuments);
  if (other !== undefined) throw invalid(message('Names.notCluster', { kind: other.kind.name, name: other.name }));
  return objects.map(({ name }) => name);
}

/**
 * {@link namedObjects} for a command that is about clusters unless another kind is named: names alone are clusters.
 * @throws NautesError `KindUnknown`, `ObjectNamesInvalid`
 */
export function namedOrClusters(words: readonly string[]): readonly NamedObject[] {
  const [first = ''] = words;
  if (first.includes('/') || kindOfWord(first) !== undefined) return namedObjects(words);
  return clusterNames(words).map((name) => ({ kind: clusterDocuments, name }));
}

/** The name of one cluster, written as for {@link clusterNames}. @throws NautesError `ObjectNamesInvalid` */
export function clusterName(words: readonly string[]): string {
  const [name = '', ...more] = clusterNames(words);
  if (more.length > 0) throw invalid(message('Names.several', { count: more.length + 1 }));
  return name;
}

function ofReference(word: string): NamedObject {
  const [kind = '', name = '', ...more] = word.split('/');
  if (kind === '' || name === '' || more.length > 0) throw invalid(message('Names.notReference', { word }));
  return { kind: kindOf(kind), name };
}

/** Names are sent as they are, but one in the form KIND/NAME is a mix of both forms. */
function plainName(word: string): string {
  const [kind = '', name] = word.split('/');
  if (word === '' || (name !== undefined && kindOfWord(kind) !== undefined))
    throw invalid(message('Names.notName', { word }));
  return word;
}

function withoutRepeated(objects: readonly NamedObject[]): readonly NamedObject[] {
  return objects.filter(
    ({ kind, name }, index) => objects.findIndex((one) => one.kind === kind && one.name === name) === index,
  );
}

function invalid(problem: Message): NautesError {
  return new NautesError('ObjectNamesInvalid', { problem });
}
