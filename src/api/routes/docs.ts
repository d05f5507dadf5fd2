import { createHash } from 'node:crypto';
import { docsPage } from '../openapi/docs-page.ts';
import { openApiDocument } from '../openapi/document.ts';
import { operations } from '../../contract/operations.ts';
import type { Route } from '../http/route.ts';

/**
 * The API description, for programs and for people. Open to everybody: a browser has no token to send for a page, and
 * the description is the same for every installation and holds nothing of this one.
 */
export function docsRoutes(): readonly Route[] {
  const document = openApiDocument(Object.values(operations));
  const json = Buffer.from(JSON.stringify(document));
  const { html, style } = docsPage(document);
  const page = Buffer.from(html);
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return [
    {
      operation: operations.getOpenApi,
      handle: async (_request, reply) => reply.header('content-type', 'application/json').send(json),
    },
    {
      operation: operations.getDocs,
      handle: async (_request, reply) =>
        reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }).send(page),
    },
  ];
}
