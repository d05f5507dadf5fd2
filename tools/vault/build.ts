/**
 * Builds a Vault server for tests from the Go module proxy, once a user and version. See README.md.
 */
import { join } from 'node:path';
import { produceOnce } from '../cache/user-cache.ts';
import { BuildReport, compile, requireGo } from '../go/build.ts';
import { builtDirectory, goModule, packagePath, vaultBinary } from './binary.ts';

const report = new BuildReport('vault');

async function main(): Promise<void> {
  const directory = await builtDirectory();
  await produceOnce(directory, build, { onWait: () => report.say('another process is building it, waiting') });
  if ((await vaultBinary()) === undefined) throw new Error(`${directory} is incomplete: remove it and try again`);
  report.say(`ready in ${directory}`);
}

async function build(directory: string): Promise<void> {
  await requireGo(goModule);
  report.say('building; the first time takes seven to twenty minutes on two processors');
  await report.timed('vault', () => compile({ module: goModule, packagePath, output: join(directory, 'vault') }));
}

await report.main(main);
