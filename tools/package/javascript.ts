import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { projectRoot } from './program-files.ts';

/** Modules that a process or a thread begins with: what none of them imports is left out. */
const ENTRY_POINTS = ['src/cli/main.ts', 'src/render/parse-worker.ts', 'src/base/programs/program-host.ts'];

/**
 * Writes the program as JavaScript, module by module in the same folders: Node strips no types of what is installed
 * below `node_modules`.
 * @param directory where `src` and `sandbox` go
 * @param work an empty folder for the compiler's configuration
 */
export async function writeJavaScript(directory: string, work: string): Promise<void> {
  const configuration = join(work, 'tsconfig.json');
  const content = {
    extends: join(projectRoot, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      incremental: false,
      tsBuildInfoFile: null,
      noCheck: true, // `make lint` checks types
      rewriteRelativeImportExtensions: true,
      rootDir: projectRoot,
      outDir: directory,
      typeRoots: [join(projectRoot, 'node_modules/@types')],
    },
    include: [],
    files: ENTRY_POINTS.map((file) => join(projectRoot, file)),
  };
  await writeFile(configuration, JSON.stringify(content));
  const compiler = join(projectRoot, 'node_modules/typescript/bin/tsc');
  const { code, stdout, stderr } = await run(process.execPath, [compiler, '--project', configuration]);
  if (code !== 0) throw new Error(`the program could not be translated:\n${stdout.toString()}${stderr}`);
}
