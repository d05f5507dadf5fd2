import type { Snapshot } from '../config-repo/config-repo.ts';
import type { StatusStore } from '../status/status-store.ts';

/** More than this many, and more than this share of all, is a crowd: probably a mistake. */
const CROWD_COUNT = 5;
const CROWD_SHARE = 0.05;

/** A registration that we worked on and that the repository no longer has. */
export interface Vanished {
  readonly name: string;
  readonly incarnation: string;
  readonly apiServer: string;
}

/**
 * Registrations without a file and without an off-boarding record. A file that cannot be understood, or that names
 * another incarnation, is there: its cluster has not vanished.
 */
export async function findVanished(status: StatusStore, snapshot: Snapshot): Promise<readonly Vanished[]> {
  const recorded = new Set((await status.offboardings()).map(({ incarnation }) => incarnation));
  const vanished: Vanished[] = [];
  for (const known of await status.statuses()) {
    if (snapshot.clusters.has(known.name) || recorded.has(known.incarnation)) continue;
    vanished.push({ name: known.name, incarnation: known.incarnation, apiServer: '' });
  }
  return vanished;
}

/** True when so many vanished at once that somebody should confirm it. */
export function isCrowd(vanished: number, remaining: number): boolean {
  return vanished > CROWD_COUNT && vanished > CROWD_SHARE * (vanished + remaining);
}
