import type { Action } from '../../messages/action.ts';
import type { LocalizedText, Message } from '../../messages/text.ts';
import type { CatalogCategory } from '../../resources/cluster/components.ts';
import type { Cluster } from '../../resources/cluster/cluster.ts';

/** What a save would do. */
export interface ClusterPlan {
  /** The cluster as it is registered; absent when it is not. */
  readonly before?: Cluster;
  /** The cluster as it would be registered; absent when the request does not make a cluster. */
  readonly after?: Cluster;
  /** What the kubeconfig of the request is to the one that was uploaded last; absent when there is none in it. */
  readonly kubeconfig?: 'same' | 'different' | 'new';
  /** Whether a save would make a commit. */
  readonly changed: boolean;
  readonly components: readonly PlannedComponent[];
  readonly findings: readonly PlanFinding[];
  /** The file that would be committed; empty when the request does not make a cluster. */
  readonly file: string;
  /** Generation of the present file; empty when there is none. */
  readonly generation: string;
}

export interface PlannedComponent {
  readonly name: string;
  readonly category: CatalogCategory;
  readonly namespace: string;
  readonly version: string;
  readonly action: 'install' | 'update' | 'remove' | 'keep';
  /** Components that are healthy before it is installed, and those that are applied before; `*`: all others. */
  readonly requires: readonly string[];
  readonly after: readonly string[];
  /** Where its objects come from, for people. */
  readonly source: string;
  readonly advisories: readonly LocalizedText[];
}

/** Something that a save would be refused for, or that has to be known before it. */
export interface PlanFinding {
  /** Reason of an error, or `Warning`. */
  readonly reason: string;
  /** Name of the field on the wire; empty for the request as a whole. */
  readonly field: string;
  readonly said: Message;
  readonly action?: Action;
  readonly blocking: boolean;
  /** A value with which it would not be found, where one is known. */
  readonly suggestion?: Suggestion;
}

/** A value for a field, by its name on the wire. */
export interface Suggestion {
  readonly field: string;
  readonly value: string;
}

/** Stands in a planned file for what only the save knows: identifiers of the new registration and credential. */
export const ASSIGNED_BY_SAVE = 'assigned-by-the-save';
