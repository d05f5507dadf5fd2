import { action } from '../../messages/action.ts';
import { message, quoted, render } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import { codecError } from './codec-error.ts';
import { JsonReader } from './json-reader.ts';
import { decodeText, type DecodedText, JsonSyntaxError, type Position } from './json-text.ts';
import { LenientJsonError, readLenientJson } from './lenient-json.ts';
import {
  decodeDocument,
  JsonTypeError,
  type WireMessage,
  type MessageSchema,
  type SpellingConflict,
} from './message.ts';

/** Larger bodies are read as JSON only; the templates of the user guide with a pasted kubeconfig have 20 KB. */
const MAXIMUM_LENIENT_BYTES = 64 * 1024;

export interface DecodedBody {
  readonly message: WireMessage;
  readonly conflicts: readonly SpellingConflict[];
  readonly warnings: readonly Message[];
}

/**
 * Decodes the body of a POST.
 * @param contentType header value; its subtype must be exactly `json`, parameters are allowed
 * @throws Codec
 */
export function decodeBody(bytes: Buffer, contentType: string | undefined, schema: MessageSchema): DecodedBody {
  if (subtypeOf(contentType ?? '') !== 'json') {
    throw codecError(message('Codec.contentType', { type: contentType ?? '' }), { action: action('SendContentType') });
  }
  if (bytes.length === 0) return { message: {}, conflicts: [], warnings: [] };
  const text = decodeText(bytes);
  try {
    return { ...decodeDocument(new JsonReader(text), schema), warnings: [] };
  } catch (error) {
    if (error instanceof JsonTypeError) throw codecError(message('Codec.body', { problem: quoted(error.message) }));
    if (error instanceof JsonSyntaxError && bytes.length <= MAXIMUM_LENIENT_BYTES) {
      return decodeLenient(text, schema, error);
    }
    if (error instanceof JsonSyntaxError) throw codecError(message('Codec.body', { problem: quoted(error.message) }));
    throw error;
  }
}

/** What stands between the slash and the parameters, as the original cuts it: case and blanks count. */
function subtypeOf(contentType: string): string {
  const slash = contentType.indexOf('/');
  const semicolon = contentType.indexOf(';');
  if (slash === -1) return '';
  return contentType.slice(slash + 1, semicolon === -1 ? contentType.length : semicolon);
}

/**
 * The body may be written like the examples of the user guide. If not, message and remedy name the place where it is
 * neither that nor JSON: the strict reader stops at the first comment. Of the same place the strict reader knows more.
 */
function decodeLenient(text: DecodedText, schema: MessageSchema, strict: JsonSyntaxError): DecodedBody {
  try {
    const lenient = readLenientJson(text);
    return { ...decodeDocument(lenient, schema), warnings: lenient.warnings };
  } catch (error) {
    if (error instanceof JsonTypeError) throw codecError(message('Codec.body', { problem: quoted(error.message) }));
    if (!(error instanceof LenientJsonError)) throw error;
    const { position, expected, found } = error;
    const { line, column } = position;
    const isSame = found === '' ? strict.position === undefined : isSamePlace(strict.position, position);
    const problem = found === '' ? 'unexpected EOF' : `unexpected token ${found}`;
    const said = isSame ? strict : new JsonSyntaxError(problem, position);
    throw codecError(message('Codec.body', { problem: quoted(said.message) }), {
      metadata: { line: String(line), column: String(column), expected: render(expected, 'en') },
      action: action('SendJson', { line, column, expected }),
    });
  }
}

function isSamePlace(one: Position | undefined, { line, column }: Position): boolean {
  return one?.line === line && one.column === column;
}
