/**
 * Builds Gitea for tests from the Go module proxy, once a user and version. See README.md.
 *
 *     node tools/gitea/build.ts [--optional]
 *
 * With --optional, what keeps it from being built is said and not counted as a failure.
 */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { produceOnce } from '../cache/user-cache.ts';
import { requiredVersion } from '../controlplane/binaries.ts';
import { BuildReport, compile, duration, go, requireGo } from '../go/build.ts';
import { GITEA_MODULE, GITEA_PACKAGE, giteaDirectory, giteaFiles } from './binary.ts';

/** What the server reads at run time; pages are not used, so the front end is not built. */
const RESOURCES = ['templates', 'options'] as const;

const report = new BuildReport('Gitea');

async function main(): Promise<void> {
  const directory = await giteaDirectory();
  await produceOnce(directory, build, { onWait: () => report.say('another process is building it, waiting') });
  if ((await giteaFiles()) === undefined) throw new Error(`${directory} is incomplete: remove it and try again`);
  report.say(`ready in ${directory}`);
}

async function build(directory: string): Promise<void> {
  await requireGo(GITEA_MODULE);
  const begin = Date.now();
  const version = (await requiredVersion(GITEA_MODULE, GITEA_PACKAGE)).slice(1);
  const program = {
    module: GITEA_MODULE,
    packagePath: GITEA_PACKAGE,
    output: join(directory, 'gitea'),
    variables: [`main.Version=${version}`],
    tags: ['sqlite', 'sqlite_unlock_notify'],
    hasC: true,
  };
  const title = `building ${version}; the first time takes about five minutes on two processors`;
  await report.timed(title, () => compile(program));
  const source = (await go(GITEA_MODULE, ['list', '-m', '-f', '{{.Dir}}', GITEA_PACKAGE])).trim();
  for (const name of RESOURCES) await cp(join(source, name), join(directory, name), { recursive: true });
  report.say(`built in ${duration(Date.now() - begin)}`);
}

await report.main(main);
