import { Command } from 'commander';
import { parseYaml, stringifyYaml } from '../../../base/yaml.ts';
import { NautesError } from '../../../errors/errors.ts';
import { message } from '../../../messages/message.ts';
import { clusterName } from '../../documents/object-names.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { kubectl } from '../../kubeconfig/kubectl.ts';
import { readKubeconfigs, selectContext } from '../../kubeconfig/select.ts';

interface KubeconfigCommandFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Where virtual clusters leave their kubeconfig on their host (vCluster's convention, with the name of our release). */
const SECRET = 'vc-vcluster';

export function kubeconfigCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = new Command('kubeconfig')
    .description(help.virtualKubeconfig)
    .argument('<name...>', help.clusterReference)
    .option('--kubeconfig <file>', help.hostKubeconfig)
    .option('--context <name>', help.kubeconfigContext);
  return command.action((words: readonly string[], flags: KubeconfigCommandFlags) =>
    runKubeconfig(invocation, command, clusterName(words), flags),
  );
}

/**
 * Prints the kubeconfig that a virtual cluster has left on its host, with the address of its registration. It is read
 * with the rights of this user on the host: the server hands no credentials out.
 */
async function runKubeconfig(
  invocation: Invocation,
  command: Command,
  name: string,
  flags: KubeconfigCommandFlags,
): Promise<void> {
  await withClient(invocation, command, async (client, signal) => {
    const { cluster_type: type, host_cluster: host, api_server: server } = await client.cluster(name, signal);
    if (type !== 'virtual') throw new NautesError('ClusterNotVirtual', { cluster: name });
    const target = selectContext(await readKubeconfigs(flags.kubeconfig, invocation.environment), flags.context);
    invocation.terminal.tell(invocation.texts.output.readsFromHost(name, host, target.context));
    const args = ['--namespace', `vcluster-${name}`, 'get', 'secret', SECRET, '--output', 'jsonpath={.data.config}'];
    const encoded = await kubectl(target, { args, action: message('Kubectl.readKubeconfig', { name }) }, signal);
    if (encoded.trim() === '') throw new NautesError('KubeconfigNotLeft', { cluster: name, host });
    const text = Buffer.from(encoded, 'base64').toString('utf8');
    invocation.terminal.data(stringifyYaml(atAddress(parseYaml(text), server)));
  });
}

/** The kubeconfig with this address for each of its clusters; vCluster writes the one that it has within the host. */
function atAddress(content: unknown, server: string): unknown {
  if (typeof content !== 'object' || content === null || !('clusters' in content) || !Array.isArray(content.clusters))
    return content;
  const clusters = content.clusters.map((entry: unknown) =>
    typeof entry === 'object' && entry !== null && 'cluster' in entry && typeof entry.cluster === 'object'
      ? { ...entry, cluster: { ...entry.cluster, server } }
      : entry,
  );
  return { ...content, clusters };
}
