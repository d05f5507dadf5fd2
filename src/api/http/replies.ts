import { render } from '../../messages/message.ts';
import type { Language, Message } from '../../messages/text.ts';
import { languageOf } from './route.ts';
import type { FastifyReply } from 'fastify';
import type { TSchema } from 'typebox';
import type { NautesError } from '../../errors/errors.ts';
import type { Reply } from '../../contract/reply.ts';
import { ErrorReply } from '../../contract/schemas/replies.ts';
import { errorReply } from '../wire/error-reply.ts';

/** Sends JSON with the original's bare content type. The schema is that of the API description. */
export function sendJson<S extends TSchema>(
  reply: FastifyReply,
  status: number,
  _schema: S,
  content: Reply<S>,
): FastifyReply {
  const body = Buffer.from(JSON.stringify(content));
  return reply.code(status).header('content-type', 'application/json').send(body);
}

/** Headers of a reply with texts for people: they are in the language that was asked for. */
export function textHeaders(language: Language): Readonly<Record<string, string>> {
  return { 'content-language': language, vary: 'Accept-Language' };
}

/** Sends JSON that holds texts for people. */
export function sendTexts<S extends TSchema>(
  reply: FastifyReply,
  language: Language,
  status: number,
  schema: S,
  content: Reply<S>,
): FastifyReply {
  return sendJson(reply.headers(textHeaders(language)), status, schema, content);
}

export function sendError(reply: FastifyReply, error: NautesError, requestId: string): FastifyReply {
  if (error.status === 401) void reply.header('www-authenticate', 'Bearer');
  if (error.retryAfterMilliseconds !== undefined) {
    void reply.header('retry-after', String(Math.ceil(error.retryAfterMilliseconds / 1000)));
  }
  const language = languageOf(reply.request);
  return sendTexts(reply, language, error.status, ErrorReply, errorReply(error, requestId, language));
}

/** Adds warnings (RFC 9111, 5.5): code 299, agent `nautes`; in English, as a header takes ASCII only. */
export function addWarnings(reply: FastifyReply, warnings: readonly Message[]): void {
  if (warnings.length === 0) return;
  const values = warnings.map((warning) => `299 nautes "${headerText(render(warning, 'en'))}"`);
  void reply.header('warning', values.join(', '));
}

/** Printable ASCII with quotes escaped, bounded. */
function headerText(text: string): string {
  return text
    .slice(0, 500)
    .replace(/[^\x20-\x7e]/g, '?')
    .replace(/[\\"]/g, '\\$&');
}

export function pageNotFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).header('content-type', 'text/plain; charset=utf-8').send('404 page not found\n');
}
