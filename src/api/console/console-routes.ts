import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { negotiateLanguage } from '../../messages/language.ts';
import { render, message } from '../../messages/message.ts';
import { pageNotFound } from '../http/replies.ts';
import { readAsset, readShell } from './console-files.ts';
import { assetHeaders, NONCE_PLACEHOLDER, shellHeaders } from './console-policy.ts';

/** Bytes of the nonce of a page. */
const NONCE_BYTES = 16;

/**
 * Serves the web console: its page for every path below `/console`, its files, and a redirect from `/` for browsers.
 * These are no operations of the API: they need no token and hold nothing of this installation.
 * @param directory with what `make console` has built
 */
export function serveConsole(app: FastifyInstance, directory: string): void {
  const shell = (request: FastifyRequest, reply: FastifyReply) => sendShell(directory, request, reply);
  app.get('/console', shell);
  app.get('/console/*', shell);
  app.get('/console/assets/:name', (request, reply) => sendAsset(directory, request, reply));
  app.get('/', async (request, reply) => {
    const isPage = (request.headers.accept ?? '').includes('text/html');
    return isPage ? reply.code(302).header('location', '/console').send() : pageNotFound(reply);
  });
}

async function sendShell(directory: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const page = await readShell(directory);
  if (page === undefined) {
    const text = render(message('ConsoleNotBuilt'), negotiateLanguage(request.headers['accept-language']));
    return reply
      .code(503)
      .headers({ 'content-type': 'text/plain; charset=utf-8', vary: 'Accept-Language' })
      .send(`${text}\n`);
  }
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  return reply.headers(shellHeaders(nonce, isSecureContext(request))).send(page.replaceAll(NONCE_PLACEHOLDER, nonce));
}

async function sendAsset(directory: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { name = '' } = request.params as { readonly name?: string };
  const accepted = request.headers['accept-encoding'];
  const asset = await readAsset(directory, name, typeof accepted === 'string' ? accepted : '');
  if (asset === undefined) return pageNotFound(reply);
  const { content, contentType, encoding } = asset;
  return reply
    .headers({ ...assetHeaders, 'content-type': contentType, ...(encoding && { 'content-encoding': encoding }) })
    .send(content);
}

/** HTTPS, and loopback (W3C Secure Contexts, 3.1). */
function isSecureContext({ protocol, hostname }: FastifyRequest): boolean {
  return protocol === 'https' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
