import { parseYaml } from '../../src/base/yaml.ts';
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { badRequest, StatusError } from '../base/status-error.ts';
import { type Exchange, parseBody, readBody } from './exchange.ts';
import { headerOf } from '../base/http.ts';
import { decodeProtobuf } from './protobuf.ts';

/** The body of a request as data: JSON, YAML or, for some kinds, protobuf. @throws StatusError 400, 413, 415 */
export async function requestData(exchange: Exchange): Promise<JsonValue> {
  return parse(await readBody(exchange.request), exchange);
}

export async function requestObject(exchange: Exchange): Promise<JsonObject> {
  return asObject(await requestData(exchange));
}

/** Like {@link requestObject}; an absent body is an empty object. */
export async function optionalObject(exchange: Exchange): Promise<JsonObject> {
  const content = await readBody(exchange.request);
  return content.length === 0 ? {} : asObject(parse(content, exchange));
}

function parse(content: Buffer, exchange: Exchange): JsonValue {
  const type = headerOf(exchange.request, 'content-type').split(';')[0]?.trim() ?? '';
  if (type === 'application/vnd.kubernetes.protobuf') return decodeProtobuf(content);
  if (type.includes('cbor')) {
    const message = `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml`;
    throw new StatusError(415, message, { reason: 'UnsupportedMediaType' });
  }
  if (!type.endsWith('yaml') || /^\s*[{[]/.test(content.subarray(0, 64).toString())) return parseBody(content);
  try {
    return parseYaml(content.toString()) as JsonValue;
  } catch (error) {
    throw badRequest(`error decoding YAML: ${error instanceof Error ? error.message : 'not YAML'}`);
  }
}

export function asObject(value: JsonValue): JsonObject {
  if (!isObject(value)) throw badRequest('the body of the request is not an object');
  return value;
}
