import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { Errors } from 'typebox/schema';
import { cleanedTarget, splitTarget } from '../http/request-target.ts';
import { type OpenApiDocument, openApiDocument } from '../openapi/document.ts';
import { operations } from '../../contract/operations.ts';

interface AnyReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface DescribedOperation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

const document = JSON.parse(JSON.stringify(openApiDocument(Object.values(operations)))) as OpenApiDocument;
const paths = Object.entries(document.paths).map(([path, methods]) => ({
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
  methods,
}));

/**
 * What an operation answers is what the API description says: the status, the media type, and exactly the fields.
 * Answers of no operation (unknown paths) are passed over.
 */
export function assertDescribed(method: string, target: string, reply: AnyReply): void {
  const { path } = splitTarget(cleanedTarget(target));
  const found = paths.find(({ pattern }) => pattern.test(path))?.methods[method.toLowerCase()];
  const isOfFrontDoor = reply.text === '404 page not found\n' || path.includes('%');
  if (found === undefined || isOfFrontDoor) return;
  const response = (found as unknown as DescribedOperation).responses[String(reply.status)];
  assert.ok(response, `${method} ${path}: the status ${reply.status} is not described: ${reply.text}`);
  const type = (reply.headers['content-type'] ?? '').split(';')[0] ?? '';
  const media = response.content?.[type];
  if (response.content === undefined) return assert.equal(reply.text, '');
  assert.ok(media, `${method} ${path} ${reply.status}: the content type ${type} is not described`);
  if (type !== 'application/json') return;
  const [isValid, problems] = Errors(closed(media.schema) as object, JSON.parse(reply.text));
  assert.ok(isValid, `${method} ${path} ${reply.status}: ${JSON.stringify(problems)} in ${reply.text}`);
}

/** The schema with its references replaced, and with no fields but those that it names. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const { $ref } = value as { readonly $ref?: unknown };
  if (typeof $ref === 'string') return closed(document.components.schemas[$ref.slice($ref.lastIndexOf('/') + 1)]);
  const members = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, closed(member)]));
  const isOpen = 'properties' in members && !('additionalProperties' in members);
  return isOpen ? { ...members, additionalProperties: false } : members;
}
