import { request } from 'node:https';
import type { CertificateWithKey } from '../../src/base/tls/x509.ts';

export interface ApiReply {
  /** HTTP status; 0 when no reply came. */
  readonly status: number;
  readonly text: string;
}

export interface ApiClientOptions {
  /** PEM. */
  readonly authority: string;
  readonly client: CertificateWithKey;
}

export interface ApiRequest {
  readonly method?: string;
  readonly url: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default `application/json`. */
  readonly contentType?: string;
}

const TIMEOUT_MILLISECONDS = 10_000;

/** One request with a client certificate on a separate connection. A failed connection is a reply of status 0. */
export function sendRequest(
  options: ApiClientOptions,
  { method = 'GET', url, body, contentType }: ApiRequest,
): Promise<ApiReply> {
  const { promise, resolve } = Promise.withResolvers<ApiReply>();
  const outgoing = request(url, {
    method,
    ca: options.authority,
    cert: options.client.certificate,
    key: options.client.privateKey.reveal(),
    agent: false,
    timeout: TIMEOUT_MILLISECONDS,
    headers: body === undefined ? {} : { 'content-type': contentType ?? 'application/json' },
  });
  outgoing.on('error', (error) => resolve({ status: 0, text: error.message }));
  outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
  outgoing.on('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', (error) => resolve({ status: 0, text: error.message }));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
  });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}
