export type { Fault } from './faults.ts';
export type { JsonObject, JsonValue } from './json.ts';
export { type RunSandboxOptions, runSandbox } from './main.ts';
export type { ObservedRequest, RequestObserver } from './observer.ts';
export type { ClusterBehaviour } from './options.ts';
export {
  MAXIMUM_CLUSTERS,
  type Sandbox,
  type SandboxCluster,
  type SandboxOptions,
  startSandbox,
} from './sandbox.ts';
