import { Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { Agent, buildConnector } from 'undici';
import { defined } from '../../base/defined.ts';
import { throughProxy } from '../../base/network/tunnel.ts';
import { checkAlternativeNames } from '../../base/tls/alternative-names.ts';
import { peerTrust } from '../../base/tls/peer-trust.ts';
import { NautesError } from '../../errors/errors.ts';
import { guardedLookup, hostProblem, proxiedHostProblem } from './address.ts';
import type { TransportLimits, TransportOptions } from './options.ts';

/** Connections for streams, besides those of requests. */
const STREAM_CONNECTIONS = 16;

/** Requests that are sent before the first of them is answered. */
const PIPELINED_REQUESTS = 64;

/** What a connection is for: requests one at a time, reads one behind the other, answers that come bit by bit. */
export type ConnectionUse = 'requests' | 'reads' | 'streams';

/** The connections to one API server, and what belongs to them: made when they are asked for, until they are dropped. */
export class Connections {
  readonly #options: TransportOptions;
  readonly #limits: TransportLimits;
  readonly #agents = new Map<ConnectionUse, Agent>();
  /** undici ends connections, but not attempts at one. */
  readonly #connecting = new Set<Socket>();

  constructor(options: TransportOptions, limits: TransportLimits) {
    this.#options = options;
    this.#limits = limits;
  }

  for(use: ConnectionUse): Agent {
    const agent = this.#agents.get(use) ?? this.#newAgent(use);
    this.#agents.set(use, agent);
    return agent;
  }

  /** Ends all of them, with what is under way. */
  drop(): void {
    for (const agent of this.#agents.values()) agent.destroy(null).catch(() => {}); // no caller waits for it
    this.#agents.clear();
    for (const socket of this.#connecting) socket.destroy(new NautesError('ClusterConnectionClosed'));
    this.#connecting.clear();
  }

  #newAgent(use: ConnectionUse): Agent {
    const counts = { requests: this.#limits.concurrency, reads: 1, streams: STREAM_CONNECTIONS };
    return new Agent({
      connections: counts[use],
      pipelining: use === 'reads' ? PIPELINED_REQUESTS : 1,
      allowH2: false, // no faster with a real API server, and undici's streams can outlive those who would hear their errors
      connect: use === 'reads' ? writingAtOnce(this.#connector()) : this.#connector(),
      keepAliveTimeout: this.#limits.idleTimeout,
    });
  }

  #connector(): buildConnector.connector {
    const { addresses, server, tlsServerName, sessions } = this.#options;
    const port = Number(new URL(server).port || '443');
    const connect = buildConnector({
      allowH2: false,
      secureContext: this.#secureContext(),
      timeout: this.#limits.connectTimeout,
      lookup: guardedLookup(addresses, port),
      ...defined({ servername: tlsServerName, session: sessions?.current }),
      rejectUnauthorized: true,
      checkServerIdentity: checkAlternativeNames,
    });
    const guarded: buildConnector.connector = (options, callback) => {
      const problem = hostProblem(options.hostname, addresses, port);
      if (problem !== undefined) return callback(problem, null);
      const socket: unknown = connect(options, (...result) => {
        if (socket instanceof Socket) this.#connecting.delete(socket);
        callback(...result);
      });
      if (socket instanceof Socket) this.#connecting.add(socket);
      if (socket instanceof TLSSocket) sessions?.follow(socket);
    };
    if (addresses.proxy === undefined) return guarded;
    return throughProxy(guarded, {
      choose: addresses.proxy,
      timeoutMilliseconds: this.#limits.connectTimeout,
      admit: (hostname) => proxiedHostProblem(hostname, addresses, port),
    });
  }

  /** Made once for all connections: parsing the certificates is the costly part. */
  #secureContext(): SecureContext {
    const { certificateAuthority, material, addresses } = this.#options;
    const client = material?.reveal();
    const authorities = certificateAuthority === '' ? addresses.authorities : [certificateAuthority];
    return createSecureContext({
      ...peerTrust(authorities),
      ...(client?.kind === 'clientCertificate' ? { cert: client.certificate, key: client.privateKey } : {}),
    });
  }
}

/** The requests that wait for a connection are written as one. */
function writingAtOnce(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...result) => {
      const [, socket] = result;
      socket?.cork();
      callback(...result);
      process.nextTick(() => socket?.uncork());
    });
}
