/**
 * Builds Argo CD for tests from the Go module proxy, once a user and version. See README.md.
 *
 *     node tools/argocd/build.ts [--optional]
 *
 * With --optional, a reason that keeps it from being built is printed and does not count as a failure.
 */
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { produceOnce } from '../cache/user-cache.ts';
import { requiredVersion } from '../controlplane/binaries.ts';
import { BuildReport, compile, duration, go, requireGo } from '../go/build.ts';
import { ARGO_CD_MODULE, ARGO_CD_SOURCE, argoCdDirectory, argoCdFiles, argoCdFilesIn } from './binary.ts';

const DEFINITIONS = ['application', 'applicationset', 'appproject'] as const;
/** The repo server runs it for each Git source, whether or not signatures are verified. */
const VERIFY_SCRIPT = 'git-verify-wrapper.sh';

const report = new BuildReport('Argo CD');

async function main(): Promise<void> {
  const directory = await argoCdDirectory();
  await produceOnce(directory, build, { onWait: () => report.say('another process is building it, waiting') });
  if ((await argoCdFiles()) === undefined) throw new Error(`${directory} is incomplete: remove it and try again`);
  report.say(`ready in ${directory}`);
}

async function build(directory: string): Promise<void> {
  await requireGo(ARGO_CD_MODULE);
  const begin = Date.now();
  const files = argoCdFilesIn(directory);
  const version = (await requiredVersion(ARGO_CD_MODULE, ARGO_CD_SOURCE)).slice(1);
  const source = (await go(ARGO_CD_MODULE, ['list', '-m', '-f', '{{.Dir}}', ARGO_CD_SOURCE])).trim();
  await mkdir(files.scripts);
  await copyFile(join(source, 'hack', VERIFY_SCRIPT), join(files.scripts, VERIFY_SCRIPT));
  await chmod(join(files.scripts, VERIFY_SCRIPT), 0o755);
  await writeFile(files.definitions, JSON.stringify(await readDefinitions(source)));
  await compile({ module: ARGO_CD_MODULE, packagePath: './redis', output: files.redis });
  const program = {
    module: ARGO_CD_MODULE,
    packagePath: `${ARGO_CD_SOURCE}/cmd`,
    output: files.argocd,
    variables: [`${ARGO_CD_SOURCE}/common.version=${version}`],
  };
  const title = `building ${version}; the first time takes five to ten minutes on two processors`;
  await report.timed(title, () => compile(program));
  report.say(`built in ${duration(Date.now() - begin)}`);
}

async function readDefinitions(source: string): Promise<unknown[]> {
  return Promise.all(
    DEFINITIONS.map(async (name) => {
      const text = await readFile(join(source, 'manifests/crds', `${name}-crd.yaml`), 'utf8');
      return withoutDescriptions(load(text));
    }),
  );
}

/** The texts of `kubectl explain` are half of a definition. */
function withoutDescriptions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, text]) => key !== 'description' || typeof text !== 'string');
  return Object.fromEntries(kept.map(([key, child]) => [key, withoutDescriptions(child)]));
}

await report.main(main);
