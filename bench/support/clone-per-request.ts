import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kustomization } from '../../src/git-store/head/kustomization.ts';
import { clusterFiles } from '../../src/resources/cluster/cluster-files.ts';
import { filePath } from '../../src/resources/repository-layout.ts';
import { git, gitOutput, seededCluster } from './seed-repository.ts';

/** A save that has lost against others this often gives up. */
const MAXIMUM_ATTEMPTS = 1000;

/**
 * A save as it was before: a clone for the request, the file and the kustomization written, committed and pushed, and
 * the clone removed. Kinder than the original in three ways: a push that others were faster than is repeated at once
 * (the original sleeps for three seconds and gives up after three rounds), on the new head with the change made again
 * (the original merges, which conflicts in the kustomization), and nothing is asked of an identity provider.
 */
export async function saveByClone(parent: string, remote: string, name: string, index: number): Promise<void> {
  const clone = join(parent, `clone-${name}`);
  try {
    await gitOutput(parent, ['clone', '--quiet', '--', remote, clone]);
    await gitOutput(clone, ['config', 'user.name', 'Benchmark']);
    await gitOutput(clone, ['config', 'user.email', 'benchmark@example.org']);
    for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt += 1) {
      await writeChange(clone, name, index);
      await gitOutput(clone, ['add', '.']);
      await gitOutput(clone, ['commit', '--quiet', '--message', '[API] Save operator']);
      if ((await git(clone, ['push', '--quiet', 'origin', 'HEAD:main'])).code === 0) return;
      await gitOutput(clone, ['fetch', '--quiet', 'origin']);
      await gitOutput(clone, ['reset', '--quiet', '--hard', 'origin/main']);
    }
    throw new Error('the baseline could not push');
  } finally {
    await rm(clone, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function writeChange(clone: string, name: string, index: number): Promise<void> {
  await writeFile(
    join(clone, filePath(clusterFiles, name)),
    clusterFiles.encode(seededCluster(name, index), { namespace: 'nautes' }),
  );
  const files = new Set(await readdir(join(clone, clusterFiles.directory)));
  const path = join(clone, clusterFiles.directory, 'kustomization.yaml');
  const kustomization = Kustomization.from(await readFile(path, 'utf8'), [clusterFiles.fileOf(name)], (file) =>
    files.has(file),
  );
  await writeFile(path, kustomization.content);
}
