import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createCertificateAuthority, issueCertificate } from '../../base/tls/x509.ts';

const authority = createCertificateAuthority({ commonName: 'Nautes test' });

/** PEM to trust for the HTTPS servers of this process. */
export const testAuthority = authority.certificate;

export type Answer = Buffer | string | ((request: IncomingMessage, response: ServerResponse) => void);

/** A server on loopback that answers paths; others with 404. */
export interface FileServer extends AsyncDisposable {
  /** `https://127.0.0.1:port`, or http. */
  readonly url: string;
  readonly host: string;
  /** Path -> answer; may be changed while it runs. */
  readonly files: Map<string, Answer>;
  /** Requested paths, in order. */
  readonly requests: string[];
}

export async function startFileServer(
  files: Readonly<Record<string, Answer>>,
  protocol: 'http' | 'https' = 'https',
): Promise<FileServer> {
  const answers = new Map(Object.entries(files));
  const requests: string[] = [];
  const listener: RequestListener = (request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const answer = answers.get(path);
    if (answer === undefined) response.writeHead(404).end('not here');
    else if (typeof answer === 'function') answer(request, response);
    else response.end(answer);
  };
  const server = protocol === 'http' ? createHttpServer(listener) : createHttpsServer(serverCertificate(), listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${protocol}://${host}`,
    host,
    files: answers,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function serverCertificate(): { cert: string; key: string } {
  const { certificate, privateKey } = issueCertificate(authority, {
    commonName: 'test server',
    ipAddresses: ['127.0.0.1'],
    dnsNames: ['charts.example'],
    usages: ['server'],
  });
  return { cert: certificate, key: privateKey.reveal() };
}

/** A redirect. */
export function redirectTo(location: string): Answer {
  return (_request, response) => response.writeHead(302, { location }).end();
}
