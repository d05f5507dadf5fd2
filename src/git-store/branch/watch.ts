import { watch } from 'node:fs';
import { join } from 'node:path';
import { TEMPORARY_SUFFIX } from '../../base/files/files.ts';

/** Tells when references of a repository may have moved, possibly too often. Returns what ends it. */
export function watchReferences(directory: string, onChange: () => void): () => void {
  const watchers = [
    watch(join(directory, 'refs', 'heads'), { persistent: false }, (_event, file) => {
      if (file?.endsWith(TEMPORARY_SUFFIX) !== true) onChange();
    }),
    watch(directory, { persistent: false }, (_event, file) => {
      if (file === 'packed-refs') onChange();
    }),
  ];
  // A watcher that fails (limits of the system, an unusual file system) leaves the work to the polling.
  for (const watcher of watchers) watcher.on('error', () => watcher.close());
  return () => {
    for (const watcher of watchers) watcher.close();
  };
}
