import type { CredentialScope } from '../credential.ts';
import { clusterKind } from './cluster-kind.ts';
import type { Registration, ResourceKey } from '../resource-key.ts';

/** The kind under which clusters are stored. */
export const CLUSTER_KIND = clusterKind.kind;

export type ClusterKind = typeof CLUSTER_KIND;

export function clusterKey(name: string): ResourceKey<ClusterKind> {
  return { kind: CLUSTER_KIND, name };
}

/** @param scope also a record or a receipt of the registration */
export function clusterRegistration({ cluster, incarnation }: CredentialScope): Registration<ClusterKind> {
  return { kind: CLUSTER_KIND, name: cluster, incarnation };
}
