/**
 * The baseline of `rest`: a client as most controllers have one, with a connection to each cluster kept open and one
 * watch on it. Arguments: the directory of the kubeconfigs, and how many. Writes `ready` when all watches are there.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent } from 'undici';
import { parseYaml } from '../../src/base/yaml.ts';

interface KubeconfigData {
  readonly clusters: readonly { cluster: { server: string; 'certificate-authority-data': string } }[];
  readonly users: readonly { user: { 'client-certificate-data': string; 'client-key-data': string } }[];
}

/** Opens a watch and discards its events. */
async function watch(kubeconfig: string): Promise<void> {
  const { clusters, users } = parseYaml(kubeconfig) as KubeconfigData;
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
  if (cluster === undefined || user === undefined) throw new Error('the kubeconfig is not one of the sandbox');
  const agent = new Agent({
    allowH2: true,
    bodyTimeout: 0,
    connect: {
      ca: decode(cluster['certificate-authority-data']),
      cert: decode(user['client-certificate-data']),
      key: decode(user['client-key-data']),
    },
  });
  const path = '/apis/apps/v1/deployments?watch=true&timeoutSeconds=3600';
  const reply = await agent.request({ origin: cluster.server, method: 'GET', path });
  if (reply.statusCode !== 200) throw new Error(`${cluster.server} answers ${reply.statusCode}`);
  reply.body.resume();
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}

const [directory = '', count = '0'] = process.argv.slice(2);
for (let index = 1; index <= Number(count); index += 1) {
  await watch(await readFile(join(directory, `cluster-${index}.kubeconfig`), 'utf8'));
}
process.stdout.write('ready\n');
