import type { Operation } from './operation.ts';
import { clusterOperations } from './operations/cluster.ts';
import { fleetOperations } from './operations/fleet.ts';
import { observationOperations } from './operations/observation.ts';
import { serverOperations } from './operations/server.ts';
import { sessionOperations } from './operations/session.ts';

/** Every operation that is served. */
export const operations = {
  ...clusterOperations,
  ...observationOperations,
  ...fleetOperations,
  ...sessionOperations,
  ...serverOperations,
} as const satisfies Readonly<Record<string, Operation>>;
