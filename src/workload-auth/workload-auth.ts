import type { Action } from '../messages/action.ts';
import { verbatim } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import type { CredentialScope } from '../resources/credential.ts';

/** Accounts on a cluster that may log in under one name, and what they may do then. */
export interface WorkloadRole {
  readonly name: string;
  readonly accounts: readonly WorkloadAccount[];
  /** The policy that their tokens get; the platform team writes it. */
  readonly policy: string;
}

export interface WorkloadAccount {
  readonly namespace: string;
  /** Of a ServiceAccount; `*` for every one of the namespace. */
  readonly name: string;
}

/** A cluster whose workloads shall be able to log in. */
export interface WorkloadCluster extends CredentialScope {
  /** `https://host:port` */
  readonly server: string;
  /** PEM; empty when the certificate is of an authority that everybody knows. */
  readonly certificateAuthority: string;
  /** Name in its certificate, where that is not the host. */
  readonly tlsServerName?: string;
  readonly roles: readonly WorkloadRole[];
}

/** How it stands with the login of a cluster's workloads. */
export type WorkloadAuthState =
  | { readonly kind: 'ready'; readonly message: Message }
  /** We may not do it: an operator must, and the commands say how. */
  | { readonly kind: 'byOperator'; readonly message: Message; readonly commands: readonly string[] }
  /** The cluster as it is registered cannot have it. */
  | { readonly kind: 'impossible'; readonly message: Message; readonly action: Action };

/** What became of it when the cluster went. */
export type WorkloadAuthRemoval =
  | { readonly kind: 'removed'; readonly place: string }
  | { readonly kind: 'absent' }
  /** It is not ours. */
  | { readonly kind: 'left'; readonly place: string; readonly reason: Message }
  | { readonly kind: 'byOperator'; readonly place: string; readonly reason: Message; readonly command: string };

/** Lets the workloads of clusters log in where secrets are kept. Everything is level-based and may be repeated. */
export interface WorkloadAuth {
  /** True when workloads prove who they are by a review of their token: their accounts need the right to ask for one. */
  readonly needsTokenReview: boolean;
  /** @throws NautesError when it cannot be done now */
  ensure(cluster: WorkloadCluster, signal: AbortSignal): Promise<WorkloadAuthState>;
  /** @throws NautesError when it cannot be done now */
  remove(scope: CredentialScope, signal: AbortSignal): Promise<WorkloadAuthRemoval>;
}

/** Where nobody is to log in, or somebody else takes care of it. */
export const noWorkloadAuth: WorkloadAuth = {
  needsTokenReview: false,
  ensure: () => Promise.resolve({ kind: 'ready', message: verbatim('') }),
  remove: () => Promise.resolve({ kind: 'absent' }),
};
