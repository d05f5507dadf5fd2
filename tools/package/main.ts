/** Makes the packages of the server in `dist`: npm's, and archives with and without Node and helm. */
import { stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { makePackages } from './package.ts';
import { projectRoot } from './program-files.ts';

const { npm, archive, complete, checksums } = await makePackages();
await show(npm, 'npm install -g, needs Node 24 and helm');
await show(archive, 'needs Node 24 and helm');
if (complete !== undefined) await show(complete, 'brings them');
await show(checksums, 'sha256sum --check');

async function show(file: string, note: string): Promise<void> {
  const { size } = await stat(file);
  console.log(`${relative(projectRoot, file)} (${(size / 1024 / 1024).toFixed(1)} MiB; ${note})`);
}
