export type { Fault } from './cluster/faults.ts';
export type { JsonObject, JsonValue } from './base/json.ts';
export { type RunSandboxOptions, runSandbox } from './main.ts';
export type { ObservedRequest, RequestObserver } from './observer.ts';
export type { ClusterBehaviour } from './cluster/behaviour.ts';
export { startSandbox } from './sandbox.ts';
export { MAXIMUM_CLUSTERS, type Sandbox, type SandboxCluster, type SandboxOptions } from './sandbox-api.ts';
