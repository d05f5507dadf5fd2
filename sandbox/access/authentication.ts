import type { TLSSocket } from 'node:tls';
import { type HttpRequest, headerOf } from '../base/http.ts';
import { unauthorized } from '../base/status-error.ts';
import type { TokenService } from './tokens.ts';
import { ANONYMOUS, MASTERS_GROUP, type User } from './user.ts';

/** Credentials that one cluster accepts. */
export interface Authenticator {
  /** The certificate authority is shared by all clusters: a certificate is one of this cluster by this group. */
  readonly clusterGroup: string;
  /** A static token of an administrator. */
  readonly adminToken: string;
  readonly tokens: TokenService;
}

const ADMIN: User = {
  name: 'sandbox-admin',
  uid: '',
  groups: [MASTERS_GROUP, 'system:authenticated'],
  extra: {},
};

const BEARER = /^Bearer\s+(\S+)$/i;

/** The user of a request. @throws StatusError 401 for a credential that is not accepted */
export function authenticate(authenticator: Authenticator, request: HttpRequest): User {
  const certificateUser = userOfConnection(request, authenticator.clusterGroup);
  if (certificateUser !== undefined) return certificateUser;
  const header = headerOf(request, 'authorization');
  if (header === '') return ANONYMOUS;
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) throw unauthorized();
  if (token === authenticator.adminToken) return ADMIN;
  const user = authenticator.tokens.authenticate(token);
  if (user === undefined) throw unauthorized();
  return user;
}

/** Certificates by connection: reading one costs more than the rest of a small request. */
const connections = new WeakMap<object, { readonly user: User | undefined }>();

function userOfConnection(request: HttpRequest, clusterGroup: string): User | undefined {
  const connection = 'stream' in request ? (request.stream.session ?? request.stream) : request.socket;
  const known = connections.get(connection);
  if (known !== undefined) return known.user;
  const user = userOfCertificate(request.socket as TLSSocket, clusterGroup);
  connections.set(connection, { user });
  return user;
}

function userOfCertificate(socket: TLSSocket, clusterGroup: string): User | undefined {
  if (!socket.authorized) return undefined;
  const subject = socket.getPeerCertificate().subject as unknown as Record<string, string | string[]> | undefined;
  const name = subject?.['CN'];
  const groups = [subject?.['O'] ?? []].flat();
  if (typeof name !== 'string' || !groups.includes(clusterGroup)) return undefined;
  const own = groups.filter((group) => group !== clusterGroup);
  return { name, uid: '', groups: [...own, 'system:authenticated'], extra: {} };
}
