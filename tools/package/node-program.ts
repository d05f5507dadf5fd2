import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { userCacheDirectory } from '../../src/base/files/user-cache.ts';
import { run } from '../../src/base/programs/process.ts';
import { produceOnce } from '../cache/user-cache.ts';
import { projectRoot } from './program-files.ts';

/** Node as its publisher built it, which needs of the system only glibc and libstdc++. */
export interface NodeProgram {
  /** The program. */
  readonly file: string;
  readonly license: string;
  /** Such as `24.21.0`. */
  readonly version: string;
}

/** The version of Node that packages bring, the one of `make setup`. */
export async function pinnedNodeVersion(): Promise<string> {
  return (await readFile(join(projectRoot, '.node-version'), 'utf8')).trim();
}

/** The pinned Node for this platform, fetched from the npm registry once. */
export async function nodeProgram(): Promise<NodeProgram> {
  const version = await pinnedNodeVersion();
  const platform = `${process.platform}-${process.arch}`;
  const directory = join(userCacheDirectory(), 'node', `${version}-${platform}`);
  await produceOnce(directory, (temporary) => fetchNode(`node-${platform}`, version, temporary));
  return { file: join(directory, 'node'), license: join(directory, 'LICENSE'), version };
}

async function fetchNode(name: string, version: string, directory: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'nautes-node-'));
  try {
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const { code, stderr } = await run('npm', ['install', '--prefix', work, ...options, `${name}@${version}`]);
    if (code !== 0) throw new Error(`npm could not fetch ${name}@${version}:\n${stderr.trim()}`);
    const folder = join(work, 'node_modules', name);
    await copyFile(join(folder, 'bin/node'), join(directory, 'node'));
    await copyFile(join(folder, 'LICENSE'), join(directory, 'LICENSE'));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
