import type { User } from '../access/user.ts';
import type { HttpRequest, HttpResponse } from '../base/http.ts';
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { badRequest, PathNotFoundError, StatusError } from '../base/status-error.ts';

/** The API server refuses bodies beyond 3 MiB. */
const MAXIMUM_BODY_BYTES = 3 * 1024 * 1024;

/** One request and its answer. */
export interface Exchange {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly user: User;
}

/** Who wants to see the body of a request when it is read. */
const bodyListeners = new WeakMap<HttpRequest, (content: Buffer) => void>();

/** Calls the listener with the body once it has been read; never for a request that is answered without. */
export function onBody(request: HttpRequest, listener: (content: Buffer) => void): void {
  bodyListeners.set(request, listener);
}

export async function readBody(request: HttpRequest): Promise<Buffer> {
  const content = await wholeBody(request);
  bodyListeners.get(request)?.(content);
  return content;
}

async function wholeBody(request: HttpRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAXIMUM_BODY_BYTES) {
      const message = `Request entity too large: limit is ${MAXIMUM_BODY_BYTES}`;
      throw new StatusError(413, message, { reason: 'RequestEntityTooLarge' });
    }
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

export function parseBody(content: Buffer): JsonValue {
  try {
    return JSON.parse(content.toString()) as JsonValue;
  } catch {
    throw badRequest("couldn't get version/kind; json parse error: the body is not JSON");
  }
}

export function parseObject(content: Buffer): JsonObject {
  const value = parseBody(content);
  if (!isObject(value)) throw badRequest('the body is not a JSON object');
  return value;
}

export function sendText(
  response: HttpResponse,
  code: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.destroyed || response.writableEnded) return;
  response.statusCode = code;
  const content = Buffer.from(text);
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-length', content.length);
  response.setHeader('cache-control', 'no-cache, private');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(content);
}

export function sendJson(response: HttpResponse, code: number, value: JsonValue): void {
  sendText(response, code, JSON.stringify(value));
}

/** Answers with what went wrong; an error that is not ours is an internal error with its message. */
export function sendError(response: HttpResponse, error: unknown): void {
  if (error instanceof PathNotFoundError) {
    sendText(response, 404, `${error.message}\n`, { 'content-type': 'text/plain; charset=utf-8' });
    return;
  }
  const status =
    error instanceof StatusError
      ? error
      : new StatusError(500, `Internal error occurred: ${String(error)}`, { reason: 'InternalError' });
  const retry: Record<string, string> =
    status.retryAfterSeconds === undefined ? {} : { 'retry-after': String(status.retryAfterSeconds) };
  sendText(response, status.code, JSON.stringify(status.toStatus()), retry);
}
