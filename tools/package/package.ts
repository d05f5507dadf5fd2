import { copyFile, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { helmPath, isPlatformSupported } from '../kubectl/kubectl.ts';
import { fileDigest, gzipFile, sourceEpoch, writeTar } from './archive.ts';
import { writeJavaScript } from './javascript.ts';
import { nodeProgram } from './node-program.ts';
import { copyProgramData, type Manifest, projectRoot, readManifest } from './program-files.ts';

/** Manifests that messages and guides name. */
const APPLIED = ['deploy/definitions', 'deploy/publishing'];

/** The packages of the server. */
export interface ServerPackages {
  readonly version: string;
  /** npm's package, with its dependencies inside. */
  readonly npm: string;
  /** An archive for every platform: Node 24 and helm are those of the machine. */
  readonly archive: string;
  /** The same with Node and helm inside, for this platform; absent where npm has no helm. */
  readonly complete: string | undefined;
  /** `sha256sum --check` reads it. */
  readonly checksums: string;
}

export interface PackageOptions {
  /** Also makes the archive with Node and helm. Default true. */
  readonly withRuntime?: boolean;
  /** How hard archives are compressed, 1 to 9. Default 6. */
  readonly level?: number;
}

/** Makes the packages of the server in the folder, and the file of their checksums. */
export async function makePackages(
  output = join(projectRoot, 'dist'),
  { withRuntime = true, level = 6 }: PackageOptions = {},
): Promise<ServerPackages> {
  const work = await mkdtemp(join(tmpdir(), 'nautes-package-'));
  try {
    const manifest = await readManifest();
    const name = `nautes-${manifest.version}`;
    const program = join(work, name);
    await mkdir(program);
    await mkdir(output, { recursive: true });
    await copyProgramData(program);
    await writeJavaScript(program, work);
    await writePackageFile(program, manifest);
    await copyFile(join(projectRoot, 'README.md'), join(program, 'README.md'));
    const npm = await packNpm(program, output);
    await addServiceFiles(program);
    const archive = await pack(program, join(output, `nautes-server-${manifest.version}.tar.gz`), level);
    const complete =
      withRuntime && (await addRuntime(program))
        ? await pack(program, archive.replace(/(?=\.tar\.gz$)/, `-${process.platform}-${process.arch}`), level)
        : undefined;
    const files = [npm, archive, ...(complete === undefined ? [] : [complete])];
    const checksums = await writeChecksums(output, files);
    return { version: manifest.version, npm, archive, complete, checksums };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** npm takes its name, its command and what it bundles from here. */
async function writePackageFile(directory: string, manifest: Manifest): Promise<void> {
  const { name, version, description, license, engines, dependencies } = manifest;
  const content = {
    name,
    version,
    description,
    license,
    type: 'module',
    engines,
    bin: { nautes: 'bin/nautes' },
    files: ['bin', 'tools', 'src', 'sandbox', 'dist'],
    dependencies,
    bundleDependencies: Object.keys(dependencies),
  };
  await writeFile(join(directory, 'package.json'), `${JSON.stringify(content, undefined, 2)}\n`);
}

async function packNpm(directory: string, output: string): Promise<string> {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', output, directory];
  const { code, stdout, stderr } = await run('npm', args, { directory });
  if (code !== 0) throw new Error(`npm pack failed: ${stderr}`);
  const packed = JSON.parse(stdout.toString()) as Readonly<Record<string, { readonly filename: string }>>; // npm's
  return join(output, Object.values(packed)[0]?.filename ?? '');
}

/** The unit of systemd, and what an administrator applies to a management cluster. */
async function addServiceFiles(directory: string): Promise<void> {
  for (const folder of APPLIED) {
    const filter = (file: string): boolean => !file.endsWith('.ts');
    await cp(join(projectRoot, folder), join(directory, folder), { recursive: true, filter });
  }
  const source = join(projectRoot, 'deploy/systemd');
  const target = join(directory, 'systemd');
  await mkdir(target);
  for (const file of (await readdir(source)).filter((each) => !each.endsWith('.ts'))) {
    await copyFile(join(source, file), join(target, file));
  }
}

/** Adds Node and helm, which `bin/nautes` finds in the folder `runtime`. */
async function addRuntime(directory: string): Promise<boolean> {
  if (!isPlatformSupported()) return false;
  const target = join(directory, 'runtime');
  await mkdir(target);
  const node = await nodeProgram();
  await copyFile(node.file, join(target, 'node'));
  await copyFile(node.license, join(target, 'LICENSE.node'));
  await copyFile(await helmPath(), join(target, 'helm'));
  return true;
}

async function pack(program: string, target: string, level: number): Promise<string> {
  const tar = `${program}.tar`;
  await writeTar(tar, join(program, '..'), [basename(program)], { epoch: await sourceEpoch() });
  await gzipFile(tar, target, level);
  return target;
}

async function writeChecksums(output: string, files: readonly string[]): Promise<string> {
  const lines = await Promise.all(files.map(async (file) => `${await fileDigest(file)}  ${basename(file)}\n`));
  const target = join(output, 'SHA256SUMS');
  await writeFile(target, lines.join(''));
  return target;
}
