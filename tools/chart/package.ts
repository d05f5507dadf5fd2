import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { helmPath } from '../kubectl/kubectl.ts';

const CHART = join(import.meta.dirname, '../../deploy/chart');

export interface PackedChart {
  readonly archive: string;
  /** File with the checksum of the archive, as `sha256sum --check` reads it. */
  readonly checksumFile: string;
}

/** Packs the chart into an archive, with what its symbolic links lead to, and writes its checksum beside it. */
export async function packChart(directory: string): Promise<PackedChart> {
  await mkdir(directory, { recursive: true });
  const { code, stdout, stderr } = await run(await helmPath(), ['package', CHART, '--destination', directory]);
  if (code !== 0) throw new Error(`helm package failed:\n${stderr}`);
  const archive = /saved it to: (\S+)/.exec(stdout.toString())?.[1];
  if (archive === undefined) throw new Error(`helm package names no archive:\n${stdout.toString()}`);
  const checksum = createHash('sha256')
    .update(await readFile(archive))
    .digest('hex');
  const checksumFile = `${archive}.sha256`;
  await writeFile(checksumFile, `${checksum}  ${basename(archive)}\n`);
  return { archive, checksumFile };
}
