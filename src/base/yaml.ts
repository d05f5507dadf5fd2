import {
  boolYaml11Tag,
  CORE_SCHEMA,
  defineScalarTag,
  dump,
  FAILSAFE_SCHEMA,
  load,
  loadAll,
  mergeTag,
  NOT_RESOLVED,
  nullCoreTag,
  YAMLException,
} from 'js-yaml';

/** YAML as kubectl reads it: `yes`, `on` and the like are booleans; merge keys are not followed. */
const YAML_SCHEMA = CORE_SCHEMA.withTags(boolYaml11Tag);

const GO_TRUE = /^(?:[yY]|[yY]es|YES|[tT]rue|TRUE|[oO]n|ON)$/;
const GO_FALSE = /^(?:[nN]|[nN]o|NO|[fF]alse|FALSE|[oO]ff|OFF)$/;

const goBooleanTag = defineScalarTag('tag:yaml.org,2002:bool', {
  implicit: true,
  implicitFirstChars: 'yYnNtTfFoO'.split(''),
  resolve: (source) => (GO_TRUE.test(source) ? true : GO_FALSE.test(source) ? false : NOT_RESOLVED),
  identify: () => false,
});

/** `resolve` of goyaml.v2: with underscores, prefixes for the base, and no integers of more than 64 bits. */
const GO_INTEGER = /^[-+]?(?:0b[01]+|0o?[0-7]+|0x[0-9a-f]+|0|[1-9][0-9]*)$/i;
const GO_FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const GO_NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

function isGoNumber(source: string): boolean {
  const plain = source.startsWith('.') ? source : source.replaceAll('_', '');
  if (GO_NOT_FINITE.test(source)) return true;
  if (GO_INTEGER.test(plain) && fitsIn64Bits(plain)) return true;
  return GO_FLOAT.test(plain) && Number.isFinite(Number(plain));
}

/** The text is one of {@link GO_INTEGER}. */
function fitsIn64Bits(text: string): boolean {
  const isNegative = text.startsWith('-');
  const size = BigInt(text.replace(/^[-+]/, '').replace(/^0(?=[0-7])/, '0o'));
  return size <= (isNegative ? 2n ** 63n : text.startsWith('+') ? 2n ** 63n - 1n : 2n ** 64n - 1n);
}

const goNumberTag = defineScalarTag('tag:yaml.org,2002:float', {
  implicit: true,
  implicitFirstChars: '+-.0123456789'.split(''),
  resolve: (source) => (isGoNumber(source) ? Number.NaN : NOT_RESOLVED),
  identify: () => false,
});

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** `!!binary` is the text of which it is the base64. */
const goBinaryTag = defineScalarTag('tag:yaml.org,2002:binary', {
  resolve: (source) => {
    const compact = source.replace(/[\r\n]/g, ''); // Go's decoder passes over line ends, and over nothing else
    return BASE64.test(compact) ? Buffer.from(compact, 'base64').toString('utf8') : NOT_RESOLVED;
  },
  identify: () => false,
});

const GO_SCHEMA = FAILSAFE_SCHEMA.withTags(nullCoreTag, mergeTag, goBooleanTag, goNumberTag, goBinaryTag);

/** Uses of aliases in one kubeconfig; more are rejected. */
const MAXIMUM_GO_ALIASES = 1_000;

/** Deeper nesting is rejected. */
export const MAXIMUM_YAML_DEPTH = 64;

/** A text that is not acceptable YAML; the message contains nothing of the text. */
export class YamlError extends Error {
  /** What is wrong, in the words of the parser, without the position. */
  readonly problem: string;
  /** 1-based position of the problem where it is known. */
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(problem: string, line?: number, column?: number) {
    super(line === undefined ? problem : `${problem} (line ${line}, column ${column})`);
    this.name = 'YamlError';
    this.problem = problem;
    this.line = line;
    this.column = column;
  }
}

/** Parses one document. Aliases, duplicate keys and deep nesting are rejected with a {@link YamlError}. */
export function parseYaml(text: string): unknown {
  return translated(() => load(text, { schema: YAML_SCHEMA, maxAliases: 0, maxDepth: MAXIMUM_YAML_DEPTH }));
}

/**
 * Parses one document as Go's tools do (sigs.k8s.io/yaml, YAML 1.1): further words are booleans, and further forms are
 * numbers. What a number is, is not told, only that it is one. Aliases and merge keys are followed, at most
 * {@link MAXIMUM_GO_ALIASES}: one value then stands in several places. Of a key that stands there twice the last counts.
 * The same rules as {@link parseYaml} otherwise.
 */
export function parseGoYaml(text: string): unknown {
  return translated(() =>
    load(text, { schema: GO_SCHEMA, json: true, maxAliases: MAXIMUM_GO_ALIASES, maxDepth: MAXIMUM_YAML_DEPTH }),
  );
}

/** Parses a stream of documents (`---`), empty ones left out. The same rules as {@link parseYaml}. */
export function parseYamlDocuments(text: string): unknown[] {
  const documents = translated(() =>
    loadAll(text, { schema: YAML_SCHEMA, maxAliases: 0, maxDepth: MAXIMUM_YAML_DEPTH }),
  );
  return documents.filter((document) => document !== null && document !== undefined);
}

/** Scalars as written: the reader of a field decides what a number or a boolean is. */
const TEXT_SCHEMA = FAILSAFE_SCHEMA.withTags(nullCoreTag, mergeTag);
const MAXIMUM_ALIASES = 1_000;

/**
 * Parses a stream of documents whose reader knows the types of the fields: every scalar that is not null stays the text
 * as written (`1.10` stays `1.10`). For trusted files, which may use aliases and merge keys. Empty documents keep their
 * place as `undefined`.
 */
export function parseTextDocuments(text: string): unknown[] {
  const documents = translated(() =>
    loadAll(text, { schema: TEXT_SCHEMA, maxAliases: MAXIMUM_ALIASES, maxDepth: MAXIMUM_YAML_DEPTH }),
  );
  return documents.map((document) => document ?? undefined);
}

/** YAML that YAML 1.1 and 1.2 parsers read as the same data. Keys keep their order. */
export function stringifyYaml(value: unknown): string {
  return dump(value, { lineWidth: -1, noRefs: true });
}

function translated<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const mark = error.mark;
    throw mark === undefined || mark === null
      ? new YamlError(error.reason)
      : new YamlError(error.reason, mark.line + 1, mark.column + 1);
  }
}
