import type { JsonObject, JsonValue } from '../base/json.ts';
import { StatusError } from '../base/status-error.ts';

/**
 * Decodes the request bodies that kubectl sends in protobuf: those of its `create` subcommands, reviews and token
 * requests. Answers are always JSON, which clients that ask for protobuf accept as well. Field numbers are those of
 * the published `generated.proto` files. Not simulated: protobuf for other kinds (415).
 */

/** How a field is decoded: a scalar, a message, or a map of strings. `[]` behind it means repeated. */
type FieldType = 'string' | 'bytes' | 'integer' | 'boolean' | 'string-map' | 'bytes-map' | MessageType;
interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly repeated: boolean;
}
interface MessageType {
  readonly fields: ReadonlyMap<number, Field>;
}

/** A message by its field numbers: `name: type`, with `[]` behind the name of a repeated field. */
function message(fields: Readonly<Record<number, readonly [string, FieldType]>>): MessageType {
  const entries = Object.entries(fields).map(([number, [name, type]]): [number, Field] => {
    const repeated = name.endsWith('[]');
    return [Number(number), { name: repeated ? name.slice(0, -2) : name, type, repeated }];
  });
  return { fields: new Map(entries) };
}

const METADATA = message({
  1: ['name', 'string'],
  2: ['generateName', 'string'],
  3: ['namespace', 'string'],
  5: ['uid', 'string'],
  6: ['resourceVersion', 'string'],
  11: ['labels', 'string-map'],
  12: ['annotations', 'string-map'],
  14: ['finalizers[]', 'string'],
});

const RULE = message({
  1: ['verbs[]', 'string'],
  2: ['apiGroups[]', 'string'],
  3: ['resources[]', 'string'],
  4: ['resourceNames[]', 'string'],
  5: ['nonResourceURLs[]', 'string'],
});

const SUBJECT = message({
  1: ['kind', 'string'],
  2: ['apiGroup', 'string'],
  3: ['name', 'string'],
  4: ['namespace', 'string'],
});
const ROLE_REFERENCE = message({ 1: ['apiGroup', 'string'], 2: ['kind', 'string'], 3: ['name', 'string'] });
const ROLE = message({ 1: ['metadata', METADATA], 2: ['rules[]', RULE] });
const BINDING = message({ 1: ['metadata', METADATA], 2: ['subjects[]', SUBJECT], 3: ['roleRef', ROLE_REFERENCE] });

const RESOURCE_ATTRIBUTES = message({
  1: ['namespace', 'string'],
  2: ['verb', 'string'],
  3: ['group', 'string'],
  4: ['version', 'string'],
  5: ['resource', 'string'],
  6: ['subresource', 'string'],
  7: ['name', 'string'],
});
const PATH_ATTRIBUTES = message({ 1: ['path', 'string'], 2: ['verb', 'string'] });
const ACCESS_SPEC = message({
  1: ['resourceAttributes', RESOURCE_ATTRIBUTES],
  2: ['nonResourceAttributes', PATH_ATTRIBUTES],
});
const BOUND_OBJECT = message({
  1: ['kind', 'string'],
  2: ['apiVersion', 'string'],
  3: ['name', 'string'],
  4: ['uid', 'string'],
});
const TOKEN_SPEC = message({
  1: ['audiences[]', 'string'],
  3: ['boundObjectRef', BOUND_OBJECT],
  4: ['expirationSeconds', 'integer'],
});

const CONTAINER_PORT = message({ 1: ['name', 'string'], 3: ['containerPort', 'integer'], 4: ['protocol', 'string'] });
const CONTAINER = message({
  1: ['name', 'string'],
  2: ['image', 'string'],
  3: ['command[]', 'string'],
  4: ['args[]', 'string'],
  6: ['ports[]', CONTAINER_PORT],
});
const POD_TEMPLATE = message({ 1: ['metadata', METADATA], 2: ['spec', message({ 2: ['containers[]', CONTAINER] })] });
const DEPLOYMENT_SPEC = message({
  1: ['replicas', 'integer'],
  2: ['selector', message({ 1: ['matchLabels', 'string-map'] })],
  3: ['template', POD_TEMPLATE],
});

const MESSAGES: Readonly<Record<string, MessageType>> = {
  'v1 Namespace': message({ 1: ['metadata', METADATA] }),
  'v1 ServiceAccount': message({ 1: ['metadata', METADATA] }),
  'v1 ConfigMap': message({ 1: ['metadata', METADATA], 2: ['data', 'string-map'], 3: ['binaryData', 'bytes-map'] }),
  'v1 Secret': message({
    1: ['metadata', METADATA],
    2: ['data', 'bytes-map'],
    3: ['type', 'string'],
    4: ['stringData', 'string-map'],
  }),
  'apps/v1 Deployment': message({ 1: ['metadata', METADATA], 2: ['spec', DEPLOYMENT_SPEC] }),
  'rbac.authorization.k8s.io/v1 Role': ROLE,
  'rbac.authorization.k8s.io/v1 ClusterRole': ROLE,
  'rbac.authorization.k8s.io/v1 RoleBinding': BINDING,
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding': BINDING,
  'authorization.k8s.io/v1 SelfSubjectAccessReview': message({ 1: ['metadata', METADATA], 2: ['spec', ACCESS_SPEC] }),
  'authorization.k8s.io/v1 SelfSubjectRulesReview': message({
    1: ['metadata', METADATA],
    2: ['spec', message({ 1: ['namespace', 'string'] })],
  }),
  'authentication.k8s.io/v1 SelfSubjectReview': message({ 1: ['metadata', METADATA] }),
  'authentication.k8s.io/v1 TokenRequest': message({ 1: ['metadata', METADATA], 2: ['spec', TOKEN_SPEC] }),
  'v1 DeleteOptions': message({
    1: ['gracePeriodSeconds', 'integer'],
    2: ['preconditions', message({ 1: ['uid', 'string'], 2: ['resourceVersion', 'string'] })],
    3: ['orphanDependents', 'boolean'],
    4: ['propagationPolicy', 'string'],
    5: ['dryRun[]', 'string'],
  }),
};

const ENVELOPE = message({
  1: ['type', message({ 1: ['apiVersion', 'string'], 2: ['kind', 'string'] })],
  2: ['raw', 'bytes'],
});

const MAGIC = Buffer.from('k8s\0');

/** The object in a protobuf body. @throws StatusError 415 for a kind whose message is not known */
export function decodeProtobuf(content: Buffer): JsonObject {
  if (!content.subarray(0, MAGIC.length).equals(MAGIC)) throw unsupported('the body is not in the protobuf envelope');
  const { type, raw } = decodeMessage(content.subarray(MAGIC.length), ENVELOPE);
  const { apiVersion = '', kind = '' } = type as { apiVersion?: string; kind?: string };
  const known =
    MESSAGES[`${apiVersion} ${kind}`] ?? (kind === 'DeleteOptions' ? MESSAGES['v1 DeleteOptions'] : undefined);
  if (known === undefined) throw unsupported(`the sandbox does not decode ${kind} of ${apiVersion} from protobuf`);
  return { apiVersion, kind, ...decodeMessage(Buffer.from(typeof raw === 'string' ? raw : '', 'base64'), known) };
}

function unsupported(text: string): StatusError {
  return new StatusError(415, text, { reason: 'UnsupportedMediaType' });
}

function decodeMessage(content: Buffer, type: MessageType): Record<string, JsonValue> {
  const result: Record<string, JsonValue> = {};
  const reader = new Reader(content);
  while (!reader.atEnd) {
    const { field: number, value } = reader.next();
    const field = type.fields.get(number);
    if (field === undefined) continue;
    const decoded = decodeField(field.type, value);
    const before = result[field.name];
    if (field.type === 'string-map' || field.type === 'bytes-map') {
      result[field.name] = { ...(before as JsonObject | undefined), ...(decoded as JsonObject) };
    } else if (field.repeated) {
      result[field.name] = [...((before as JsonValue[] | undefined) ?? []), decoded];
    } else if (decoded !== '') {
      // The encoder writes unset strings as empty ones.
      result[field.name] = decoded;
    }
  }
  return result;
}

function decodeField(type: FieldType, value: Buffer | number): JsonValue {
  if (typeof value === 'number') return type === 'boolean' ? value !== 0 : value;
  if (type === 'string') return value.toString();
  if (type === 'bytes') return value.toString('base64');
  if (type === 'string-map' || type === 'bytes-map') {
    const entry = message({ 1: ['key', 'string'], 2: ['value', type === 'bytes-map' ? 'bytes' : 'string'] });
    const { key = '', value: content = '' } = decodeMessage(value, entry) as { key?: string; value?: string };
    return { [key]: content };
  }
  return typeof type === 'object' ? decodeMessage(value, type) : null;
}

/** Wire types of the protobuf encoding. */
const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

class Reader {
  readonly #content: Buffer;
  #offset = 0;

  constructor(content: Buffer) {
    this.#content = content;
  }

  get atEnd(): boolean {
    return this.#offset >= this.#content.length;
  }

  next(): { readonly field: number; readonly value: Buffer | number } {
    const tag = this.#varint();
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case VARINT:
        return { field, value: this.#varint() };
      case LENGTH_DELIMITED:
        return { field, value: this.#take(this.#varint()) };
      case FIXED_64:
        return { field, value: this.#take(8) };
      case FIXED_32:
        return { field, value: this.#take(4) };
      default:
        throw unsupported('the body is not protobuf');
    }
  }

  #take(length: number): Buffer {
    if (this.#offset + length > this.#content.length) throw unsupported('the protobuf body ends early');
    this.#offset += length;
    return this.#content.subarray(this.#offset - length, this.#offset);
  }

  #varint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.#content[this.#offset++];
      if (byte === undefined) throw unsupported('the protobuf body ends early');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }
}
