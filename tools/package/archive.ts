import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { createHash } from 'node:crypto';
import { run } from '../../src/base/programs/process.ts';
import { projectRoot } from './program-files.ts';

/** Owner of the files of an archive. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface TarOptions {
  /** Seconds since 1970: the time of all files. */
  readonly epoch: number;
  readonly owner?: Owner;
  /** As chmod takes it. Default: what others may read and run, they may. */
  readonly mode?: string;
  /** Adds to an archive that is there. */
  readonly append?: boolean;
}

const ROOT: Owner = { uid: 0, gid: 0 };

/** `SOURCE_DATE_EPOCH`, else the time of the commit that is checked out: the same sources give the same bytes. */
export async function sourceEpoch(environment: NodeJS.ProcessEnv = process.env): Promise<number> {
  const given = environment['SOURCE_DATE_EPOCH'] ?? '';
  if (/^\d+$/.test(given)) return Number(given);
  const { code, stdout } = await run('git', ['log', '-1', '--format=%ct'], { directory: projectRoot });
  return code === 0 ? Number(stdout.toString().trim()) : 0;
}

/** Writes paths of a directory as a tar archive that depends on names and contents only. Needs GNU tar. */
export async function writeTar(file: string, directory: string, paths: readonly string[], options: TarOptions) {
  const { uid, gid } = options.owner ?? ROOT;
  const same = ['--sort=name', `--mtime=@${options.epoch}`, `--owner=${uid}`, `--group=${gid}`, '--numeric-owner'];
  const format = ['--format=pax', '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime'];
  const mode = [`--mode=${options.mode ?? 'u+rw,go-w,go+rX'}`];
  const action = options.append === true ? '--append' : '--create';
  const args = [action, '--file', file, ...same, ...format, ...mode, '--directory', directory, '--', ...paths];
  const { code, stderr } = await run('tar', args);
  if (code !== 0) throw new Error(`tar failed (GNU tar is needed): ${stderr.trim()}`);
}

/** @param level of zlib, 1 (fast) to 9 (small) */
export async function gzipFile(source: string, target: string, level = 6): Promise<void> {
  await pipeline(createReadStream(source), createGzip({ level }), createWriteStream(target));
}

/** In hexadecimal digits. */
export async function fileDigest(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
