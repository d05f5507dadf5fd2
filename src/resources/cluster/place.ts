import type { ClusterSpec } from './cluster.ts';
import { type InventoryEntry, isHosted } from '../inventory.ts';
import type { ClusterStatus } from '../status.ts';

/** The place of a physical cluster; that of a virtual one is the name of its host. */
export const OWN_PLACE = '';

/** Where a cluster is to be by its file. */
export function declaredPlace({ clusterType, hostCluster = '' }: ClusterSpec): string {
  return clusterType === 'virtual' ? hostCluster : OWN_PLACE;
}

/**
 * Where a registration was made, whatever its file says now; `undefined` while nothing of it is anywhere.
 * @param known the status under its name, also when it is of another registration
 * @param inventory of the registration
 */
export function placeOf(
  incarnation: string,
  known: ClusterStatus | undefined,
  inventory: readonly InventoryEntry[],
): string | undefined {
  if (known?.incarnation === incarnation && known.host !== undefined) return known.host.cluster;
  return inventory.length === 0 || isHosted(inventory) ? undefined : OWN_PLACE;
}

/** For people. */
export function describePlace(place: string): string {
  return place === OWN_PLACE ? 'a physical cluster' : `a virtual cluster on ${place}`;
}
