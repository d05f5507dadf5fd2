import { parseGoYaml, YamlError } from '../base/yaml.ts';
import { NautesError } from '../errors/errors.ts';
import { message } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import { lookOf } from './look.ts';

export interface KubeconfigDocument {
  /** Undefined when there is nothing in it. */
  readonly data: unknown;
  /** There are more documents, which do not count. */
  readonly isFirstOfSeveral: boolean;
}

/**
 * The first YAML document of a kubeconfig: client-go reads no further, whatever follows.
 * @throws NautesError that says what is wrong with the YAML; it holds nothing of the text
 */
export function parseKubeconfigDocument(text: string): KubeconfigDocument {
  const look = lookOf(text);
  if (look !== undefined) {
    throw new NautesError('KubeconfigInvalid', { problem: message('KubeconfigInvalid.looksLike', { what: look }) });
  }
  if (text.includes('\0')) throw new NautesError('KubeconfigNotYaml', { problem: message('KubeconfigNotYaml.nul') });
  const { first, rest } = splitFirstDocument(text.replace(/^\uFEFF/, ''));
  if (/^%YAML(?! 1\.1\s)/m.test(first)) {
    throw new NautesError('KubeconfigNotYaml', { problem: message('KubeconfigNotYaml.version') });
  }
  const isFirstOfSeveral = hasContent(rest);
  if (!hasContent(first)) return { data: undefined, isFirstOfSeveral };
  try {
    const data = parseGoYaml(first) ?? undefined;
    if (!fits(data, { left: MAXIMUM_VALUES })) throw new NautesError('KubeconfigAliases');
    return { data, isFirstOfSeveral };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    if (/alias/i.test(error.message)) throw new NautesError('KubeconfigAliases', {}, { cause: error });
    throw new NautesError('KubeconfigNotYaml', { problem: positionOf(error) });
  }
}

/** Values of a kubeconfig with every alias written out; a text of the largest size without aliases has fewer. */
const MAXIMUM_VALUES = 300_000;

function fits(value: unknown, budget: { left: number }): boolean {
  budget.left -= 1;
  if (budget.left < 0) return false;
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every((each) => fits(each, budget));
}

const MARK = /^(?:---|\.\.\.)(?=\s|$)/;
const BLANK = /^\s*(?:#.*)?$/;

/** Markers at the start of a line end a document, also within a quoted or block text (YAML 1.2, 9.1.2). */
function splitFirstDocument(text: string): { readonly first: string; readonly rest: string } {
  const lines = text.split(/(?<=\r\n|\n|\r(?!\n))/);
  let isOpen = false;
  for (const [index, line] of lines.entries()) {
    const content = line.replace(/[\r\n]+$/, '');
    if (MARK.test(content)) {
      if (isOpen) return { first: lines.slice(0, index).join(''), rest: lines.slice(index).join('') };
      isOpen = true;
    } else if (!BLANK.test(content) && !content.startsWith('%')) {
      isOpen = true;
    }
  }
  return { first: text, rest: '' };
}

function hasContent(text: string): boolean {
  return text.split(/[\r\n]+/).some((line) => !BLANK.test(line.replace(MARK, '')));
}

/** The parser's own words could quote the text, which is a secret: only the position is shown. */
function positionOf(error: YamlError): Message {
  const { line, column = 1 } = error;
  return line === undefined
    ? message('KubeconfigNotYaml.unparsed')
    : message('KubeconfigNotYaml.position', { line, column });
}
