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
import { duration, go, type GoBuild, requireGo, timed } from '../go/go.ts';
import { GITEA_MODULE, GITEA_PACKAGE, giteaDirectory, giteaFiles } from './binary.ts';

const build: GoBuild = { title: 'Gitea', module: GITEA_MODULE, minimum: [1, 26], alternative: '', needsC: true };

/** What the server reads at run time; pages are not looked at, so the front end is not built. */
const RESOURCES = ['templates', 'options'] as const;

async function main(): Promise<void> {
  const directory = await giteaDirectory();
  await produceOnce(directory, produce, { onWait: () => say('another process is building it, waiting') });
  if ((await giteaFiles()) === undefined) throw new Error(`${directory} is incomplete: remove it and try again`);
  say(`ready in ${directory}`);
}

async function produce(directory: string): Promise<void> {
  await requireGo(build);
  const begin = Date.now();
  const version = (await requiredVersion(GITEA_MODULE, GITEA_PACKAGE)).slice(1);
  await timed(build.title, `building ${version}; the first time takes about five minutes on two processors`, () =>
    go(build, [
      'build',
      '-mod=readonly',
      '-trimpath',
      '-tags=sqlite sqlite_unlock_notify',
      `-ldflags=-s -w -X main.Version=${version}`,
      '-o',
      join(directory, 'gitea'),
      GITEA_PACKAGE,
    ]),
  );
  const source = (await go(build, ['list', '-m', '-f', '{{.Dir}}', GITEA_PACKAGE])).trim();
  for (const name of RESOURCES) await cp(join(source, name), join(directory, name), { recursive: true });
  say(`built in ${duration(Date.now() - begin)}`);
}

function say(text: string): void {
  console.log(`${build.title}: ${text}`);
}

try {
  await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  if (process.argv.includes('--optional')) say('the tests that need it are skipped');
  else process.exitCode = 1;
}
