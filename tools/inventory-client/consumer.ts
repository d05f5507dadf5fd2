import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { parseYaml } from '../../src/base/yaml.ts';
import type { InventoryClient, PluginName } from './binary.ts';

export interface ConsumerOptions {
  readonly plugin: PluginName;
  /** Of the cluster that holds ClusterProfiles. */
  readonly kubeconfig: string;
  /** Where the consumer is installed, and reads ClusterProfiles. */
  readonly namespace: string;
  /** An existing folder for its files. */
  readonly directory: string;
}

/** What a consumer says of a cluster: the names of its namespaces, one a line, or why it cannot. */
export async function askConsumer(
  { client, plugins }: InventoryClient,
  { plugin, kubeconfig, namespace, directory }: ConsumerOptions,
  name: string,
): Promise<string> {
  const execConfig = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: plugins[plugin],
    provideClusterInfo: true,
  };
  const folder = join(directory, `${plugin}-${namespace}`);
  await mkdir(folder, { recursive: true });
  const [providers, config] = [join(folder, 'providers.json'), join(folder, 'kubeconfig')];
  await writeFile(providers, JSON.stringify({ providers: [{ name: plugin, execConfig }] }));
  await writeFile(config, inNamespace(kubeconfig, namespace), { mode: 0o600 });
  const environment = { PATH: process.env['PATH'] ?? '', HOME: folder, KUBECONFIG: config };
  const { code, stdout, stderr } = await run(client, [providers, namespace, name], { environment });
  return code === 0 ? stdout.toString() : stderr;
}

/** The kubeconfig with a namespace in its contexts, as what runs there has it. */
function inNamespace(kubeconfig: string, namespace: string): string {
  const document = parseYaml(kubeconfig) as { readonly contexts: readonly { readonly context: object }[] };
  const contexts = document.contexts.map((one) => ({ ...one, context: { ...one.context, namespace } }));
  return JSON.stringify({ ...document, contexts });
}
