import type { Cluster } from './cluster.ts';

/**
 * Tells of an incarnation whether its registration is over: no file declares it, and it is not being off-boarded. None is
 * while a file cannot be understood: that may be its.
 */
export function overIncarnations(
  files: { values(): Iterable<{ readonly resource?: Cluster | undefined }> },
  leaving: readonly string[],
): (incarnation: string) => boolean {
  let live: ReadonlySet<string | undefined> | undefined;
  return (incarnation) => {
    live ??= new Set([...leaving, ...[...files.values()].map(({ resource }) => resource?.incarnation)]);
    return !live.has(incarnation) && !live.has(undefined);
  };
}
