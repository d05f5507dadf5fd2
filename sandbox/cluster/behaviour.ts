import type { NodePortRange } from '../objects/services.ts';

/** How simulated clusters behave; all times in milliseconds. */
export interface ClusterBehaviour {
  /** From the creation of a Pod until it is ready. */
  readonly workloadDelayMilliseconds: number;
  /** From the creation of a CustomResourceDefinition until it is established. */
  readonly definitionDelayMilliseconds: number;
  /** From the deletion of a Namespace until its content goes, and again until it is gone. */
  readonly namespaceDelayMilliseconds: number;
  /** Between bookmarks of a watch. */
  readonly bookmarkIntervalMilliseconds: number;
  /** How long a token that was accepted stays so after its account is gone. The API server has 10 s. */
  readonly tokenCacheMilliseconds: number;
  /** Longest lifetime of a requested token, in seconds; undefined: no limit but 2^32. */
  readonly maximumTokenSeconds: number | undefined;
  /** Changes retained for watches; temporarily twice as many. */
  readonly historyLimit: number;
  /** How long changes are retained for watches. The API server has its store compacted every 5 minutes. */
  readonly historyMilliseconds: number;
  /** Whether the first list of a new custom resource is answered with 429, as a real one often does. */
  readonly storageInitialization: boolean;
  /** Whether there is a default StorageClass that binds claims. */
  readonly storageClass: boolean;
  /** The greatest time that a webhook that hangs takes; undefined: its own timeout. */
  readonly maximumWebhookMilliseconds: number | undefined;
  /** `--service-node-port-range`. */
  readonly nodePorts: NodePortRange;
}

export const DEFAULT_BEHAVIOUR: ClusterBehaviour = {
  workloadDelayMilliseconds: 200,
  definitionDelayMilliseconds: 30,
  namespaceDelayMilliseconds: 100,
  bookmarkIntervalMilliseconds: 60_000,
  tokenCacheMilliseconds: 10_000,
  maximumTokenSeconds: undefined,
  historyLimit: 1000,
  historyMilliseconds: 300_000,
  storageInitialization: true,
  storageClass: true,
  maximumWebhookMilliseconds: undefined,
  nodePorts: { first: 30_000, last: 32_767 },
};
