/**
 * Builds a consumer of the cluster inventory for tests from the Go module proxy, once a user and version. See README.md.
 */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { produceOnce } from '../cache/user-cache.ts';
import { BuildReport, compile, go, requireGo } from '../go/build.ts';
import { builtDirectory, CLIENT, clientModule, DEFINITION, inventoryApi, inventoryClient, PLUGINS } from './binary.ts';

const report = new BuildReport('inventory client');

async function main(): Promise<void> {
  const directory = await builtDirectory();
  await produceOnce(directory, build, { onWait: () => report.say('another process is building it, waiting') });
  if ((await inventoryClient()) === undefined) throw new Error(`${directory} is incomplete: remove it and try again`);
  report.say(`ready in ${directory}`);
}

async function build(directory: string): Promise<void> {
  await requireGo(clientModule);
  report.say('building; the first time takes two to five minutes on two processors');
  const programs = [
    ...PLUGINS.map((name) => ({ name, packagePath: `${inventoryApi}/plugins/${name}/cmd/plugin` })),
    { name: CLIENT, packagePath: '.' },
  ];
  for (const { name, packagePath } of programs) {
    await report.timed(name, () => compile({ module: clientModule, packagePath, output: join(directory, name) }));
  }
  const source = (await go(clientModule, ['list', '-m', '-f', '{{.Dir}}', inventoryApi])).trim();
  await copyFile(
    join(source, 'config/crd/bases/multicluster.x-k8s.io_clusterprofiles.yaml'),
    join(directory, DEFINITION),
  );
}

await report.main(main);
