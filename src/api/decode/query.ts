import { quoted } from '../../messages/message.ts';
import { codecError } from './codec-error.ts';
import { quote } from './json-text.ts';
import { type Field, fieldsOf, type WireMessage, type MessageSchema } from './message.ts';

/** The values of each parameter in their order; pairs with a `;` or a broken escape are left out, as in Go. */
export type QueryValues = ReadonlyMap<string, readonly string[]>;

export function parseQuery(query: string): QueryValues {
  const values = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const separator = pair.indexOf('=');
    const key = unescape(separator === -1 ? pair : pair.slice(0, separator));
    const value = unescape(separator === -1 ? '' : pair.slice(separator + 1));
    if (key === undefined || value === undefined) continue;
    const known = values.get(key);
    if (known === undefined) values.set(key, [value]);
    else known.push(value);
  }
  return values;
}

function unescape(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/**
 * Sets the fields that the query names, with dots for nesting, on top of what the message has already. Unknown
 * parameters are ignored, empty values leave the field as it is. @throws Codec
 */
export function bindQuery(message: WireMessage, schema: MessageSchema, query: QueryValues): void {
  for (const [key, values] of query) bindParameter(message, schema, key.split('.'), values);
}

function bindParameter(
  message: WireMessage,
  schema: MessageSchema,
  path: readonly string[],
  values: readonly string[],
): void {
  const [name = '', ...rest] = path;
  const field = fieldsOf(schema).get(name) ?? fieldsOf(schema).get(name.replace(/\[\]$/, ''));
  if (field === undefined) return;
  if (rest.length === 0) bindField(message, field, values);
  else if (field.kind === 'message') bindParameter(nested(message, field.name), field.schema, rest, values);
  else if (field.kind === 'map') bindEntry(message, field, rest.join('.'), values);
  else throw codecError(quoted(`invalid path: ${quote(name)} is not a message`));
}

function bindField(message: WireMessage, field: Field, values: readonly string[]): void {
  const [value = ''] = values;
  if (values.length > 1)
    throw codecError(quoted(`too many values for field ${quote(field.name)}: ${values.join(', ')}`));
  if (value === '') return;
  if (field.kind === 'boolean') message[field.name] = parseBoolean(field.name, value);
  else if (field.kind === 'string' || field.kind === 'port') message[field.name] = value;
  else if (field.kind === 'map') bindEntry(message, field, field.name, values);
  else
    throw codecError(
      quoted(`parsing field ${quote(field.name)}: unsupported message type: ${quote(messageType(field.name))}`),
    );
}

function bindEntry(message: WireMessage, field: Field, key: string, values: readonly string[]): void {
  if (field.values !== 'string') {
    const type = 'google.protobuf.ListValue';
    throw codecError(quoted(`parsing map value ${quote(field.name)}: unsupported message type: ${quote(type)}`));
  }
  // Defined, not assigned: an entry `__proto__` is one like any other. In place, because there can be very many.
  const entry = { value: values.at(-1) ?? '', enumerable: true, writable: true, configurable: true };
  Object.defineProperty(nested(message, field.name), key, entry);
}

/** The message of that name within the message, made when it is not there. */
function nested(message: WireMessage, name: string): WireMessage {
  const existing = message[name];
  if (typeof existing === 'object' && existing !== null) return existing as WireMessage;
  const created: WireMessage = {};
  message[name] = created;
  return created;
}

/** Full name that the original's message of a field has. */
function messageType(field: string): string {
  const names: Readonly<Record<string, string>> = {
    body: 'SaveRequest.Body',
    components_list: 'ComponentsList',
    vcluster: 'Vcluster',
  };
  return `api.cluster.v1.${names[field] ?? 'Component'}`;
}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

function parseBoolean(name: string, value: string): boolean {
  if (TRUE.has(value)) return true;
  if (FALSE.has(value)) return false;
  throw codecError(quoted(`parsing field ${quote(name)}: strconv.ParseBool: parsing ${quote(value)}: invalid syntax`));
}
