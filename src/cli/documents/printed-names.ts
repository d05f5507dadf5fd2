import { parseTextDocuments } from '../../base/yaml.ts';
import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import { asDocuments, isKustomization, itemsOf, nameInPath } from './forms.ts';
import { clusterDocuments, kindOfWord } from './kinds.ts';
import { type NamedObject, namedObjects } from './object-names.ts';
import type { SourceText } from './sources.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * The objects that texts name, each once, for commands that need no more of them: documents, files of the configuration
 * repository, and whatever we print of a cluster: itself, its status, plans, receipts, events, and the lines of `-o name`.
 * @throws NautesError `DocumentInvalid`, `NothingFound`, `KindUnknown`
 */
export function printedNames(sources: readonly SourceText[]): readonly NamedObject[] {
  const found = sources.flatMap(({ place, text }) => parsed(place, text).flatMap((content) => namesOf(content, place)));
  if (found.length === 0) throw new NautesError('NothingFound', { files: sources.map(({ place }) => place) });
  const keys = new Set<string>();
  return found.filter(({ kind, name }) => {
    const key = `${kind.name}/${name}`;
    return !keys.has(key) && keys.add(key);
  });
}

function parsed(place: Message, text: string): readonly unknown[] {
  try {
    return parseTextDocuments(asDocuments(text));
  } catch (error) {
    throw invalid(place, error);
  }
}

function namesOf(content: unknown, place: Message): readonly NamedObject[] {
  if (content === undefined || content === null || isKustomization(content)) return [];
  if (typeof content === 'string') return namedObjects(content.trim().split(/\s+/));
  const items = itemsOf(content);
  if (items !== undefined) return items.flatMap((item) => namesOf(item, place));
  const named = isMembers(content) ? nameOf(content) : undefined;
  if (named === undefined) throw invalid(place);
  return [named];
}

function nameOf(content: Members): NamedObject | undefined {
  const { kind: kindName, spec, metadata, name, cluster, events } = content;
  const kind =
    typeof kindName === 'string' && (isMembers(spec) || isMembers(metadata)) ? kindOfWord(kindName) : undefined;
  const places = [isMembers(spec) ? spec['name'] : undefined, isMembers(metadata) ? metadata['name'] : undefined];
  // Of receipts and events `cluster` is the name, and `name` may be that of an object.
  const found = [...places, cluster, name, nameInPath(events)].find((one) => typeof one === 'string' && one !== '');
  return typeof found === 'string' ? { kind: kind ?? clusterDocuments, name: found } : undefined;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(place: Message, cause?: unknown): NautesError {
  return new NautesError('DocumentInvalid', { place, problem: message('Document.namesNothing') }, { cause });
}
