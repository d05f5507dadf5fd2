import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { userCacheDirectory } from '../../src/base/files/user-cache.ts';
import { sha256 } from '../../src/base/hash.ts';
import { run } from '../../src/base/programs/process.ts';
import { produceOnce } from '../cache/user-cache.ts';
import { helmPath } from '../kubectl/kubectl.ts';
import { sourceEpoch, writeTar } from '../package/archive.ts';
import { nodeProgram, type NodeProgram } from '../package/node-program.ts';
import { copyProgram, projectRoot, readManifest } from '../package/program-files.ts';
import { type ImageConfiguration, imageConfiguration, parseStages, stageArgument } from './containerfile.ts';
import { imageSbom } from './sbom/sbom.ts';

/** An image in a layout of the OCI image specification. */
export interface BuiltImage {
  /** The folder of the layout. */
  readonly layout: string;
  readonly tag: string;
  /** Digest of its manifest. */
  readonly digest: string;
}

export interface ImageOptions {
  /** The folder of the layout; what is there is replaced. Default: `dist/image`. */
  readonly layout?: string;
  /** Takes Debian's part from the user's cache when it is there: for tests, it gets no updates. Default false. */
  readonly keepSystem?: boolean;
  /** Is told of each step. */
  readonly say?: (step: string) => void;
}

interface Build {
  readonly work: string;
  readonly epoch: number;
  readonly node: NodeProgram;
  readonly helm: { readonly file: string; readonly version: string };
  readonly configuration: ImageConfiguration;
  readonly say: (step: string) => void;
}

/** Who the server runs as in the image. */
const OWNER = { uid: 65532, gid: 65532 };
/** Node needs it; Debian's smallest system has it not. */
const NODE_PACKAGES = ['libstdc++6'];
/** Documentation and translations; licences stay. */
const LEFT_OUT = ['/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*', '/usr/share/doc/*'];
const SYSTEM_FILE = 'system.tar';
/** Of the machine that builds, or with times in it. */
const OF_THE_BUILD = ['./etc/resolv.conf', './etc/hostname', './var/cache/debconf/config.dat-old'];

/**
 * Builds the image of deploy/image/Containerfile for this machine's architecture without a registry: Debian's packages
 * by mmdebstrap, Node and helm from npm's, layers by umoci. The same sources and packages give the same digest.
 */
export async function buildImage({
  layout = join(projectRoot, 'dist/image'),
  keepSystem = false,
  say = () => {},
}: ImageOptions = {}): Promise<BuiltImage> {
  const work = await mkdtemp(join(tmpdir(), 'nautes-image-'));
  try {
    const { version } = await readManifest();
    const build = await prepare(work, version, say);
    const system = keepSystem ? await keptSystemLayer(build) : await systemLayer(build);
    const runtime = await runtimeLayer(build);
    const program = await programLayer(build, system);
    await rm(layout, { recursive: true, force: true });
    await mkdir(join(layout, '..'), { recursive: true });
    const image = `${layout}:${version}`;
    await umoci('init', '--layout', layout);
    await umoci('new', '--image', image);
    const history = ['--history.created', isoTime(build.epoch)];
    for (const [layer, name] of [
      [system, 'Debian'],
      [runtime, 'Node and helm'],
      [program, 'nautes'],
    ] as const) {
      say(`adding the layer ${name}`);
      await umoci(
        'raw',
        'add-layer',
        '--image',
        image,
        ...history,
        '--history.created_by',
        `make image: ${name}`,
        layer,
      );
    }
    await umoci('config', '--image', image, '--no-history', ...configurationArguments(build));
    await umoci('gc', '--layout', layout);
    return { layout, tag: version, digest: await manifestDigest(layout) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function prepare(work: string, version: string, say: (step: string) => void): Promise<Build> {
  const epoch = await sourceEpoch();
  const containerfile = await readFile(join(projectRoot, 'deploy/image/Containerfile'), 'utf8');
  const commit = await run('git', ['rev-parse', 'HEAD'], { directory: projectRoot });
  const REVISION = commit.code === 0 ? commit.stdout.toString().trim() : 'unknown';
  const configuration = imageConfiguration(containerfile, { VERSION: version, REVISION, CREATED: isoTime(epoch) });
  say('fetching Node and helm');
  const [node, helm] = [await nodeProgram(), await helmPath()];
  const helmVersion = await output(helm, ['version', '--template', '{{ .Version }}']);
  return { work, epoch, node, helm: { file: helm, version: helmVersion.trim() }, configuration, say };
}

/** The layer of Debian from the user's cache, where it is kept for each set of packages. */
async function keptSystemLayer(build: Build): Promise<string> {
  const key = sha256(`${await debianCodename()} ${(await debianPackages()).join(' ')}`).slice(0, 12);
  const directory = join(userCacheDirectory(), 'image', `debian-${process.arch}-${key}`);
  await produceOnce(directory, async (temporary) => void (await systemLayer(build, temporary)));
  return join(directory, SYSTEM_FILE);
}

async function debianPackages(): Promise<readonly string[]> {
  const stages = parseStages(await readFile(join(projectRoot, 'deploy/image/Containerfile'), 'utf8'));
  return [...(stageArgument(stages, 'DEBIAN_PACKAGES') ?? '').split(' '), ...NODE_PACKAGES];
}

/** Debian with what the Containerfile installs. */
async function systemLayer({ work, epoch, say }: Build, directory = work): Promise<string> {
  const [codename, packages] = [await debianCodename(), await debianPackages()];
  say(`installing Debian ${codename} (${packages.join(', ')})`);
  const target = join(directory, SYSTEM_FILE);
  const leftOut = LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`);
  const args = ['--variant=essential', `--include=${packages.join(',')}`, ...leftOut];
  args.push('--dpkgopt=path-include=/usr/share/doc/*/copyright', codename, target);
  await output('mmdebstrap', args, { SOURCE_DATE_EPOCH: String(epoch) });
  await output('tar', ['--delete', '--file', target, ...OF_THE_BUILD]);
  return target;
}

async function runtimeLayer({ work, epoch, node, helm, say }: Build): Promise<string> {
  say(`adding Node ${node.version} and helm ${helm.version}`);
  const root = join(work, 'runtime');
  const bin = join(root, 'usr/local/bin');
  const licences = join(root, 'usr/local/share/doc/node');
  await mkdir(bin, { recursive: true });
  await mkdir(licences, { recursive: true });
  await copyFile(node.file, join(bin, 'node'));
  await copyFile(node.license, join(licences, 'LICENSE'));
  await copyFile(helm.file, join(bin, 'helm'));
  await symlink('/opt/nautes/bin/nautes', join(bin, 'nautes'));
  return tarOf('runtime', root, { work, epoch });
}

/** The program, its list of parts, and its user. */
async function programLayer(build: Build, system: string): Promise<string> {
  build.say('adding the program');
  const { work, epoch } = build;
  const root = join(work, 'program');
  const directory = join(root, 'opt/nautes');
  await mkdir(directory, { recursive: true });
  await copyProgram(directory);
  await writeFile(join(directory, 'sbom.cdx.json'), await sbom(build, system));
  await mkdir(join(root, 'etc'));
  const { uid, gid } = OWNER;
  const users = { passwd: `nautes:x:${uid}:${gid}::/var/lib/nautes:/usr/sbin/nologin`, group: `nautes:x:${gid}:` };
  for (const [name, line] of Object.entries(users)) {
    await writeFile(join(root, 'etc', name), `${await fileOf(system, `./etc/${name}`)}${line}\n`);
  }
  const data = join(work, 'data');
  await mkdir(join(data, 'var/lib/nautes'), { recursive: true });
  const target = await tarOf('program', root, build);
  await writeTar(target, data, ['var/lib/nautes'], { epoch, owner: OWNER, mode: '0750', append: true });
  return target;
}

async function sbom({ epoch, node, helm }: Build, system: string): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8');
  return imageSbom({
    lock: await readFile(join(projectRoot, 'package-lock.json'), 'utf8'),
    dpkgStatus: await fileOf(system, './var/lib/dpkg/status'),
    distribution: `debian-${/^VERSION_ID="?(\d+)/m.exec(release)?.[1] ?? 'unknown'}`,
    node: `v${node.version}`,
    helm: helm.version,
    created: epoch,
  });
}

function configurationArguments({ configuration: c, epoch }: Build): string[] {
  const each = (flag: string, values: readonly string[]): string[] => values.flatMap((value) => [flag, value]);
  return [
    ...each('--created', [isoTime(epoch)]),
    ...each('--config.user', [c.user]),
    ...each('--config.workingdir', [c.workingDirectory]),
    ...each('--config.stopsignal', [c.stopSignal]),
    ...each('--config.env', ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...c.environment]),
    ...each(
      '--config.label',
      Object.entries(c.labels).map(([key, value]) => `${key}=${value}`),
    ),
    ...each('--config.entrypoint', c.entrypoint),
    ...each('--config.cmd', c.command),
    ...each('--config.exposedports', c.ports),
    ...each('--config.volume', c.volumes),
  ];
}

async function tarOf(name: string, root: string, { work, epoch }: Pick<Build, 'work' | 'epoch'>): Promise<string> {
  const target = join(work, `${name}.tar`);
  const entries = (await readdir(root)).sort();
  await writeTar(target, root, entries, { epoch });
  return target;
}

async function fileOf(tar: string, path: string): Promise<string> {
  return output('tar', ['--extract', '--to-stdout', '--file', tar, path]);
}

async function debianCodename(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8');
  const codename = /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1];
  if (!/^ID=debian$/m.test(release) || codename === undefined) throw new Error('make image needs a Debian system');
  return codename;
}

async function manifestDigest(layout: string): Promise<string> {
  const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as {
    readonly manifests: readonly { readonly digest: string }[];
  }; // umoci's
  return index.manifests[0]?.digest ?? '';
}

async function umoci(...args: readonly string[]): Promise<void> {
  await output('umoci', args);
}

async function output(program: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, { environment: { ...process.env, ...variables } });
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${stderr.trim().split('\n').slice(-20).join('\n')}`);
  return stdout.toString();
}

function isoTime(epoch: number): string {
  return new Date(epoch * 1000).toISOString().replace('.000Z', 'Z');
}

/** Bytes of all files of the layout: what a registry stores. */
export async function layoutSize({ layout }: BuiltImage): Promise<number> {
  const files = (await output('find', [join(layout, 'blobs'), '-type', 'f'])).split('\n').filter(Boolean);
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
