import type { Action } from '../messages/action.ts';
import { verbatim } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import type { CredentialScope } from '../resources/credential.ts';

/** ServiceAccounts of a cluster that may log in under one role, and the policy that they get. */
export interface WorkloadRole {
  readonly name: string;
  readonly accounts: readonly WorkloadAccount[];
  /** The policy of their tokens; the platform team writes it. */
  readonly policy: string;
}

export interface WorkloadAccount {
  readonly namespace: string;
  /** Name of a ServiceAccount; `*` for all of the namespace. */
  readonly name: string;
}

/** A cluster whose workloads are to log in. */
export interface WorkloadCluster extends CredentialScope {
  /** `https://host:port[/path]` */
  readonly server: string;
  /** PEM; empty when the certificate is from a public authority. */
  readonly certificateAuthority: string;
  /** Name in its certificate, if it is not the host. */
  readonly tlsServerName?: string;
  readonly roles: readonly WorkloadRole[];
}

/** The state of the login of a cluster's workloads. */
export type WorkloadAuthState =
  | { readonly kind: 'ready'; readonly message: Message }
  /** The server may not do it: an operator must, with these commands. */
  | { readonly kind: 'byOperator'; readonly message: Message; readonly commands: readonly string[] }
  /** Impossible for the cluster as it is registered. */
  | { readonly kind: 'impossible'; readonly message: Message; readonly action: Action };

/** The result of removing it. */
export type WorkloadAuthRemoval =
  | { readonly kind: 'removed'; readonly place: string }
  | { readonly kind: 'absent' }
  /** It is not ours. */
  | { readonly kind: 'left'; readonly place: string; readonly reason: Message }
  | { readonly kind: 'byOperator'; readonly place: string; readonly reason: Message; readonly command: string };

/** Lets the workloads of clusters log in to the secret store. Level-based and repeatable. */
export interface WorkloadAuth {
  /** True when workloads authenticate by a TokenReview: their accounts need the right to create one. */
  readonly needsTokenReview: boolean;
  /** @throws NautesError when it cannot be done now */
  ensure(cluster: WorkloadCluster, signal: AbortSignal): Promise<WorkloadAuthState>;
  /** @throws NautesError when it cannot be done now */
  remove(scope: CredentialScope, signal: AbortSignal): Promise<WorkloadAuthRemoval>;
}

/** For installations without workload logins, or where they are managed elsewhere. */
export const noWorkloadAuth: WorkloadAuth = {
  needsTokenReview: false,
  ensure: () => Promise.resolve({ kind: 'ready', message: verbatim('') }),
  remove: () => Promise.resolve({ kind: 'absent' }),
};
