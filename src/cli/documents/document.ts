import { NautesError } from '../../errors/errors.ts';
import { yamlProblem } from '../../errors/yaml-problem.ts';
import { parseTextDocuments, YamlError } from '../../base/yaml.ts';
import {
  asDocuments,
  contentOf,
  fileOfPlan,
  isKustomization,
  itemsOf,
  nameOnly,
  nameWithoutRegistration,
} from './forms.ts';
import { clusterDocuments, type Kind, kinds } from './kinds.ts';
import type { SourceText } from './sources.ts';
import { convertSpec, SpecProblem } from './spec.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';

/** A document as it is sent. */
export interface SpecDocument {
  readonly kind: Kind;
  readonly name: string;
  /** Empty for what belongs to no product. */
  readonly product: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Where it stands, for messages. */
  readonly place: Message;
  /** Keys that are not sent because the kind does not have them. */
  readonly unknown: readonly string[];
}

/** Told of a text that is no document of Nautes and is left out. */
export type OnSkipped = (place: Message) => void;

/**
 * The documents of all texts in the order in which they are applied: by kind, virtual clusters after their hosts, otherwise
 * as they stand there. A document is what people write (`kind` and `spec`), what `get` prints as YAML or JSON, also a
 * list, or a file of the configuration repository; the kustomization beside such files is skipped.
 * @throws NautesError `DocumentInvalid`, `KindUnknown`, `ProductNotGiven`, `NothingFound`
 */
export function readDocuments(
  sources: readonly SourceText[],
  onSkipped: OnSkipped = () => {},
): readonly SpecDocument[] {
  const documents = sources.flatMap((source) => documentsOf(source, onSkipped));
  if (documents.length === 0) {
    const places = sources.map(({ place }) => place);
    throw new NautesError('NothingFound', { files: places.length > 0 ? places : [message('Document.files')] });
  }
  return documents.toSorted(
    (left, right) => kinds.indexOf(left.kind) - kinds.indexOf(right.kind) || virtualLast(left) - virtualLast(right),
  );
}

function virtualLast({ kind, body }: SpecDocument): number {
  return kind === clusterDocuments && body['cluster_type'] === 'virtual' ? 1 : 0;
}

function documentsOf({ place, text }: SourceText, onSkipped: OnSkipped): readonly SpecDocument[] {
  const documents = parsed(place, text);
  return documents.flatMap((content, index) => {
    if (content === undefined) return [];
    const at = documents.length === 1 ? place : message('Place.documentIn', { place, number: index + 1 });
    if (isKustomization(content)) {
      onSkipped(at);
      return [];
    }
    const items = itemsOf(content);
    if (items === undefined) return [readDocument(content, at)];
    return items.map((item, each) => readDocument(item, message('Place.itemIn', { place: at, number: each + 1 })));
  });
}

function parsed(place: Message, text: string): readonly unknown[] {
  try {
    return parseTextDocuments(asDocuments(text));
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new NautesError(
      'DocumentInvalid',
      { place, problem: message('Document.notYaml', { problem: yamlProblem(error) }) },
      { cause: error },
    );
  }
}

function readDocument(content: unknown, place: Message): SpecDocument {
  const invalid = (problem: Message): NautesError => new NautesError('DocumentInvalid', { place, problem });
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw invalid(message('Document.notMap'));
  }
  const members = content as Readonly<Record<string, unknown>>;
  const plan = fileOfPlan(members);
  if (plan !== undefined) return readDocument(registrationOf(plan, place), place);
  const told = nameOnly(members);
  if (told !== undefined) throw invalid(message('Document.noRegistration', { name: told }));
  const unregistered = nameWithoutRegistration(members);
  if (unregistered !== undefined) throw invalid(message('Document.notRegistered', { name: unregistered }));
  const { kind: kindName, spec, names, readOnly } = contentOf(members);
  if (typeof kindName !== 'string') throw invalid(message('Document.noKind'));
  if (kindName === 'Config') throw invalid(message('Document.kubeconfig'));
  const kind = kinds.find(({ name }) => name === kindName);
  if (kind === undefined) {
    throw new NautesError('KindUnknown', {
      kind: message('Place.kind', { kind: kindName, place }),
      known: kinds.map(({ name }) => name).join(', '),
    });
  }
  try {
    const { body, unknown } = convertSpec(spec, kind.fields, names);
    const name = String(body['name']);
    if (name === '') throw invalid(message('Document.noName'));
    const outside = nameOutside(members);
    if (outside !== '' && outside !== name) throw invalid(message('Document.names', { outside, name }));
    return {
      kind,
      name,
      product: productOf(kind, body, place),
      body,
      place,
      unknown: unknown.filter((path) => !readOnly.has(path)),
    };
  } catch (error) {
    throw error instanceof SpecProblem ? invalid(error.said) : error;
  }
}

/** `metadata.name`; empty where there is none. */
function nameOutside({ metadata }: Readonly<Record<string, unknown>>): string {
  const name = typeof metadata === 'object' && metadata !== null && 'name' in metadata ? metadata.name : '';
  return typeof name === 'string' ? name : '';
}

/** The file of a plan, as a document. */
function registrationOf({ name, file }: { readonly name: string; readonly file: string }, place: Message): unknown {
  const [registration] = parsed(place, file);
  if (registration !== undefined && registration !== null) return registration;
  throw new NautesError('DocumentInvalid', { place, problem: message('Document.planWithoutFile', { name }) });
}

function productOf(kind: Kind, body: Readonly<Record<string, unknown>>, place: Message): string {
  if (kind.productKey === undefined) return '';
  const key = kind.fields.find(({ yaml }) => yaml === kind.productKey)?.json ?? '';
  const product = body[key];
  if (typeof product !== 'string' || product === '') {
    throw new NautesError('ProductNotGiven', { kind: message('Place.kind', { kind: kind.name, place }) });
  }
  return product;
}

/** `cluster/one`, as kubectl names things. */
export function reference({ kind, name }: Pick<SpecDocument, 'kind' | 'name'>): string {
  return `${kind.name.toLowerCase()}/${name}`;
}
