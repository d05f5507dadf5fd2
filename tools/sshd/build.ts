/**
 * Unpacks Debian's OpenSSH server for tests into the cache of this user, without installing it. See README.md.
 *
 *     node tools/sshd/build.ts [--optional]
 *
 * With --optional, what keeps it from being there is said and not counted as a failure.
 */
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { produceOnce } from '../cache/user-cache.ts';
import { BuildReport } from '../go/build.ts';
import { sshdDirectory, sshdFiles } from './binary.ts';

const PACKAGES = ['openssh-server', 'libwrap0', 'libnss-wrapper'] as const;

/** What of them is used. */
const WANTED = /^(usr\/sbin\/sshd|.*\/libnss_wrapper\.so|.*\/libwrap\.so\.0)$/;

const report = new BuildReport('sshd');

async function main(): Promise<void> {
  const directory = sshdDirectory();
  await produceOnce(directory, unpack);
  if ((await sshdFiles()) === undefined) throw new Error(`${directory} is incomplete: remove it and try again`);
  report.say(`ready in ${directory}`);
}

async function unpack(directory: string): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), 'nautes-sshd-'));
  try {
    await chmod(place, 0o755); // apt drops its rights
    await must('apt-get', ['download', '--quiet', ...PACKAGES], place);
    await mkdir(join(place, 'root'));
    for (const file of await readdir(place)) {
      if (file.endsWith('.deb')) await must('dpkg-deb', ['--extract', file, 'root'], place);
    }
    const unpacked = await readdir(join(place, 'root'), { recursive: true });
    for (const path of unpacked.filter((each) => WANTED.test(each))) {
      await copyFile(join(place, 'root', path), join(directory, basename(path)));
    }
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function must(program: string, args: readonly string[], directory: string): Promise<void> {
  const { code, stderr } = await run(program, args, { directory }).catch(() => ({ code: 127, stderr: '' }));
  if (code === 127) throw new Error(`${program} not found: tests against sshd need Debian's packages`);
  if (code !== 0) throw new Error(`${program} ${args[0] ?? ''} failed: ${stderr.trim().slice(-500)}`);
}

await report.main(main);
