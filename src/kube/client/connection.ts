import { defined } from '../../base/defined.ts';
import type { StoredCredential } from '../../resources/credential.ts';
import { type AddressPolicy, throughOwnProxy } from '../transport/address.ts';
import { KubeClient } from './client.ts';
import { Discovery, KnownKinds } from './discovery.ts';
import { TlsSessions } from '../transport/tls-sessions.ts';
import type { TransportLimits, TransportOptions } from '../transport/options.ts';

/** One cluster as we reach it. Holds no connection while nothing is asked of it. */
export interface ClusterConnection {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  /** Ends everything that is under way, at once. */
  close(): void;
}

/** What is kept of a cluster between two connections with the same credential: what the next one need not ask for. */
export class ConnectionMemory {
  readonly sessions = new TlsSessions();
  readonly kinds: KnownKinds;

  /** @param kinds of a connection with another credential to the same server */
  constructor(kinds = new KnownKinds()) {
    this.kinds = kinds;
  }
}

/** @param memory of an earlier connection with the same credential to the same server */
export function openConnection(options: TransportOptions, memory = new ConnectionMemory()): ClusterConnection {
  const client = new KubeClient({ ...options, sessions: memory.sessions });
  return { client, discovery: new Discovery(client, memory.kinds), close: () => client.close() };
}

/**
 * What {@link openConnection} needs, from a credential as it is stored.
 * @throws NautesError `ClusterProxyNotAllowed`
 */
export function connectionOptions(
  credential: Pick<StoredCredential, 'binding' | 'material'>,
  addresses: AddressPolicy,
  limits: Partial<TransportLimits> = {},
): TransportOptions {
  const { server, certificateAuthority, tlsServerName, proxyUrl } = credential.binding;
  return {
    server,
    certificateAuthority,
    ...defined({ tlsServerName }),
    material: credential.material,
    addresses: proxyUrl === undefined ? addresses : throughOwnProxy(proxyUrl, addresses),
    limits,
  };
}
