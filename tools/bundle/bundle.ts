import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { run } from '../../src/base/programs/process.ts';

const root = join(import.meta.dirname, '../..');
const ENTRY = join(root, 'src/cli/main.ts');

export interface Bundle {
  /** One file that runs with Node 24 and nothing else. */
  readonly file: string;
  /** Folder of its npm package. */
  readonly packageDirectory: string;
  readonly version: string;
}

interface PackageFile {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
}

/**
 * Makes the client of the command line one file, with all that it needs from packages, and an npm package of it without
 * dependencies. What runs a server is left out: it comes with the server.
 */
export async function makeBundle(output = join(root, 'dist')): Promise<Bundle> {
  const content = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as PackageFile;
  const packageDirectory = join(output, 'package');
  const file = join(packageDirectory, 'nautes.cjs');
  await mkdir(packageDirectory, { recursive: true });
  await build({
    entryPoints: [ENTRY],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    legalComments: 'none',
    logOverride: { 'empty-import-meta': 'silent' }, // only what is left out asks for it
    define: { NAUTES_VERSION: JSON.stringify(content.version) },
    banner: { js: BANNER },
    plugins: [withoutServer],
  });
  await chmod(file, 0o755);
  await writeFile(join(packageDirectory, 'start.cjs'), STARTER, { mode: 0o755 });
  const { version, description, license, engines } = content;
  const manifest = {
    name: 'nautes-client', // `nautes` is the package with the server, see tools/package
    version,
    description,
    license,
    engines,
    bin: { nautes: 'start.cjs' },
    files: ['nautes.cjs', 'start.cjs'],
  };
  await writeFile(join(packageDirectory, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  for (const document of ['LICENSE', 'README.md']) {
    await writeFile(join(packageDirectory, document), await readFile(join(root, document)));
  }
  return { file, packageDirectory, version };
}

/** Packs the package as npm does. @returns the path of the archive */
export async function packBundle({ packageDirectory }: Bundle, output: string): Promise<string> {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', output, packageDirectory];
  const { code, stdout, stderr } = await run('npm', args, { directory: packageDirectory });
  if (code !== 0) throw new Error(`npm pack failed: ${stderr}`);
  const packed = JSON.parse(stdout.toString()) as Record<string, unknown>;
  const [first] = Object.values(packed) as { readonly filename: string }[];
  return join(output, first?.filename ?? '');
}

const BANNER = '#!/usr/bin/env node';

/** The package's entry point: Node caches the compiled code of the file that it loads. */
const STARTER = `#!/usr/bin/env node
require('node:module').enableCompileCache?.();
require('./nautes.cjs');
`;

/** Replaces the server commands by a notice. */
const withoutServer: Plugin = {
  name: 'without-server',
  setup(context) {
    context.onResolve({ filter: /\/server-commands\.ts$/ }, () => ({
      path: join(root, 'src/cli/commands/server/no-server-commands.ts'),
    }));
  },
};

/** A path as shown to a user in the checkout. */
export function shownPath(path: string): string {
  return relative(root, path);
}
