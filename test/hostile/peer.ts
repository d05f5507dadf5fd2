import type { Lie } from './lie.ts';

/** A request that a peer has got. */
export interface PeerRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
}

/**
 * A peer of the product that lies on demand. All of them have this shape: clusters, Git remotes, Git hosts, Vault and a
 * server that the command line talks to. One that was not told to misbehave is honest.
 */
export interface HostilePeer {
  /** Where it listens, on loopback. */
  readonly url: string;
  /** PEM of the authority of its certificate; empty for one without TLS. */
  readonly certificateAuthority: string;
  /** The latest that have arrived, at most {@link MAXIMUM_REMEMBERED} of them. */
  readonly requests: readonly PeerRequest[];
  /** From the next request or connection on; replaces what was told before. None: honest. */
  misbehave(...lies: readonly Lie[]): void;
  /** Ends all connections at once. */
  close(): Promise<void>;
}

export const MAXIMUM_REMEMBERED = 10_000;

/** What has arrived after that request, as far as it is remembered; everything without one. */
export function requestsAfter(peer: HostilePeer, last: PeerRequest | undefined): readonly PeerRequest[] {
  return peer.requests.slice(last === undefined ? 0 : peer.requests.lastIndexOf(last) + 1);
}
