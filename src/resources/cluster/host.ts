import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import type { ClusterSpec } from './cluster.ts';
import { type InventoryEntry, isHosted } from '../inventory.ts';
import type { ClusterStatus } from './cluster-status.ts';

/** The declared host of a cluster; `undefined` for a physical one. */
export function declaredHost({ clusterType, hostCluster }: ClusterSpec): string | undefined {
  return clusterType === 'virtual' ? hostCluster : undefined;
}

/** Where a registration was created. */
export interface MadeOn {
  /** Name of the host; `undefined` for a physical cluster. */
  readonly host: string | undefined;
}

/**
 * Where a registration was created, whatever its file says now; `undefined` while nothing of it exists.
 * @param known the status under its name, possibly of another registration
 * @param inventory of the registration
 */
export function madeOn(
  incarnation: string,
  known: ClusterStatus | undefined,
  inventory: readonly InventoryEntry[],
): MadeOn | undefined {
  if (known?.incarnation === incarnation && known.host !== undefined) return { host: known.host.cluster };
  return inventory.length === 0 || isHosted(inventory) ? undefined : { host: undefined };
}

/** For messages. */
export function describeHost(host: string | undefined): Message {
  return host === undefined ? message('PlaceChanged.physical') : message('PlaceChanged.virtual', { host });
}
