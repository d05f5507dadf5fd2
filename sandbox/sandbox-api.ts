import type { JsonObject } from './base/json.ts';
import type { Counters } from './base/counters.ts';
import type { ClusterBehaviour } from './cluster/behaviour.ts';
import type { Faults } from './cluster/faults.ts';
import type { RequestObserver } from './observer.ts';

export const MAXIMUM_CLUSTERS = 10_000;

/** One simulated cluster as its users see it. */
export interface SandboxCluster {
  readonly name: string;
  /** From 1. */
  readonly index: number;
  /** URL of the API server. */
  readonly server: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly certificateAuthority: string;
  /** A bearer token of an administrator. */
  readonly adminToken: string;
  readonly faults: Faults;
  readonly counters: Counters;
  /** A kubeconfig with the client certificate (or the token) of an administrator inline. */
  kubeconfig(credential?: 'certificate' | 'token'): string;
  /** Resolves when faults of the connection (`unreachable`, `hang`) that were set are in force. */
  settled(): Promise<void>;
  /** An object without going through HTTP, or undefined. The namespace is empty for cluster-scoped ones. */
  get(apiVersion: string, kind: string, namespace: string, name: string): JsonObject | undefined;
  /** All objects of a kind; of all namespaces when it is empty. */
  list(apiVersion: string, kind: string, namespace?: string): JsonObject[];
  /** Server-side apply as another user, e.g. `kubectl-edit`; forced. */
  apply(object: JsonObject, manager: string): JsonObject;
  /** Deletes as an administrator, in the background. */
  delete(apiVersion: string, kind: string, namespace: string, name: string): void;
  /** Forgets the history: watches from an older version get 410. */
  compact(): void;
  /** Virtual clusters that its vCluster workloads have brought up and that run, each at a node port of this one. */
  readonly virtualClusters: readonly SandboxCluster[];
  /** Ends all connections; new ones see another certificate of the same authority. */
  replaceServerCertificate(): void;
  /** The same with another authority, which only kubeconfigs created from now on contain. */
  replaceAuthority(): void;
}

/** Where clusters listen, see `SandboxOptions`. */
export interface PlaceOptions {
  readonly address?: string | undefined;
  readonly basePort?: number | undefined;
}

export interface SandboxOptions extends Partial<ClusterBehaviour>, PlaceOptions {
  /** How many clusters to start with; at most {@link MAXIMUM_CLUSTERS}. */
  readonly clusters: number;
  /** Where kubeconfigs are written to: `cluster-<i>.kubeconfig`, from 1. None are written without it. */
  readonly directory?: string | undefined;
  /**
   * All clusters at this address, with a port each. Without it each cluster gets its own address in
   * 127.0.0.0/8 where the system has them (Linux), else 127.0.0.1.
   */
  readonly address?: string | undefined;
  /**
   * The port, or the first one when clusters share an address. Default 6443. 0 lets the system choose, which is
   * what tests that run side by side want.
   */
  readonly basePort?: number | undefined;
  /** Closes the sandbox. */
  readonly signal?: AbortSignal | undefined;
  /** Sees every request to a cluster. */
  readonly observe?: RequestObserver | undefined;
}

/** A running sandbox. */
export interface Sandbox {
  readonly clusters: readonly SandboxCluster[];
  /** URL of the control endpoint; see the README. */
  readonly controlUrl: string;
  /** Starts one more cluster. */
  addCluster(): Promise<SandboxCluster>;
  /** Ends all connections and frees all ports. */
  close(): Promise<void>;
}
