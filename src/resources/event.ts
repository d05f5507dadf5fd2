/** Something that happened to a cluster, as people read it. */
export interface ClusterEvent {
  /** Increases with every event of every cluster. */
  readonly id: number;
  readonly cluster: string;
  readonly incarnation: string;
  /** RFC 3339 with milliseconds. */
  readonly time: string;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, stable. */
  readonly reason: string;
  readonly message: string;
  /** The stage or component it is about, e.g. `components/argocd`; empty for the cluster as a whole. */
  readonly subject: string;
}
