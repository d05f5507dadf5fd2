/**
 * Builds promtool for tests from the Go module proxy, once a user and version. See README.md.
 */
import { join } from 'node:path';
import { produceOnce } from '../cache/user-cache.ts';
import { BuildReport, compile, requireGo } from '../go/build.ts';
import { buildTags, builtDirectory, goModule, packagePath, promtoolBinary } from './binary.ts';

const report = new BuildReport('promtool');

async function main(): Promise<void> {
  const directory = await builtDirectory();
  await produceOnce(directory, build, { onWait: () => report.say('another process is building it, waiting') });
  if ((await promtoolBinary()) === undefined) throw new Error(`${directory} is incomplete: remove it and try again`);
  report.say(`ready in ${directory}`);
}

async function build(directory: string): Promise<void> {
  await requireGo(goModule);
  report.say('building; the first time takes three to ten minutes on two processors');
  const output = join(directory, 'promtool');
  await report.timed('promtool', () => compile({ module: goModule, packagePath, output, tags: buildTags }));
}

await report.main(main);
