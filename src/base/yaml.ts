import {
  boolYaml11Tag,
  CORE_SCHEMA,
  dump,
  FAILSAFE_SCHEMA,
  load,
  loadAll,
  mergeTag,
  nullCoreTag,
  YAMLException,
} from 'js-yaml';

/** YAML as kubectl reads it: `yes`, `on` and the like are booleans; merge keys are not followed. */
const YAML_SCHEMA = CORE_SCHEMA.withTags(boolYaml11Tag);

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
