import type { FastifyReply } from 'fastify';

/** Sends JSON with the original's bare content type. */
export function sendJson(reply: FastifyReply, status: number, content: unknown): FastifyReply {
  const body = Buffer.from(JSON.stringify(content));
  return reply.code(status).header('content-type', 'application/json').send(body);
}

/** Adds warnings (RFC 9111, 5.5): code 299, agent `nautes`. */
export function addWarnings(reply: FastifyReply, warnings: readonly string[]): void {
  if (warnings.length === 0) return;
  const values = warnings.map((warning) => `299 nautes "${headerText(warning)}"`);
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
