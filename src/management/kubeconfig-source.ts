import { readBoundedFile } from '../base/files/bounded-file.ts';
import { fileProblem } from '../errors/system-code.ts';
import { Secret } from '../base/secret.ts';
import { NautesError, saidBy } from '../errors/errors.ts';
import { type AddressProxies, readKubeconfig } from '../kube/index.ts';
import { systemClock } from '../base/clock.ts';
import type { Proxy } from '../base/network/proxy.ts';
import { parseKubeconfigDocument } from '../kubeconfig/document.ts';
import { chooseContext, kubeconfigFileOf } from '../kubeconfig/kubeconfig-file.ts';
import { textOf } from '../kubeconfig/entry.ts';
import { message, verbatim } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import { parseApiServer } from '../resources/cluster/api-server.ts';
import type { ManagementCluster } from './management-cluster.ts';
import { type ManagementAccess, openReloadingCluster } from './reloading-cluster.ts';

const KEY = 'management.kubeconfig';
const MAXIMUM_KUBECONFIG_BYTES = 256 * 1024;

/**
 * The management cluster of a kubeconfig: the current context of the file, with its credential in it (no programs, no
 * files that it names). The file is read again while the server runs.
 * @throws NautesError `ManagementAccessUnusable`
 */
export function openKubeconfigCluster(
  file: string,
  namespace: string,
  proxies: AddressProxies = {},
): Promise<ManagementCluster> {
  return openReloadingCluster({ key: KEY, namespace, proxies, read: () => readAccess(file, proxies) });
}

async function readAccess(file: string, { proxy, kubeconfigProxies }: AddressProxies): Promise<ManagementAccess> {
  const text = await readText(file);
  const usual = proxyFor(proxy, text);
  const { credential, findings } = readKubeconfig(new Secret(text), systemClock, { usual, allowed: kubeconfigProxies });
  const [finding] = findings;
  if (finding !== undefined || credential === undefined) throw unusable(file, saidBy(finding), finding);
  try {
    return { ...credential, server: serverOf(text) };
  } catch (error) {
    throw unusable(file, saidBy(error), error);
  }
}

/** The proxy by which it is reached as the configuration says; none while its address cannot be read. */
function proxyFor(choose: AddressProxies['proxy'], text: string): Proxy | undefined {
  try {
    return choose?.(new URL(serverOf(text)));
  } catch (error) {
    if (error instanceof NautesError) return undefined; // told by the one who reads the rest
    throw error;
  }
}

/** The server of the context that the credential was taken from. */
function serverOf(text: string): string {
  const findings: NautesError[] = [];
  const file = kubeconfigFileOf(parseKubeconfigDocument(text).data, findings);
  const cluster = file && chooseContext(file, findings)?.cluster;
  return parseApiServer(textOf(cluster ?? {}, 'server')).url;
}

async function readText(file: string): Promise<string> {
  try {
    return (await readBoundedFile(file, MAXIMUM_KUBECONFIG_BYTES)).toString('utf8');
  } catch (error) {
    throw unusable(file, fileProblem(file, error), error);
  }
}

function unusable(file: string, problem: Message, cause?: unknown): NautesError {
  const said = message('About.name', { name: file, what: problem });
  return new NautesError('ManagementAccessUnusable', { key: verbatim(KEY), problem: said }, { cause });
}
