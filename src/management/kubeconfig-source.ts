import type { ProxyChoice } from '../base/network/proxy.ts';
import { defined } from '../base/defined.ts';
import { readBoundedFile } from '../base/files/bounded-file.ts';
import { fileProblem } from '../errors/system-code.ts';
import { Secret } from '../base/secret.ts';
import { NautesError, saidBy } from '../errors/errors.ts';
import { readKubeconfig } from '../kube/index.ts';
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
  proxy?: ProxyChoice,
): Promise<ManagementCluster> {
  return openReloadingCluster({ key: KEY, namespace, read: () => readAccess(file), ...defined({ proxy }) });
}

async function readAccess(file: string): Promise<ManagementAccess> {
  const text = await readText(file);
  const { credential, findings } = readKubeconfig(new Secret(text));
  const [finding] = findings;
  if (finding !== undefined || credential === undefined) throw unusable(file, saidBy(finding), finding);
  try {
    return { ...credential, server: serverOf(text) };
  } catch (error) {
    throw unusable(file, saidBy(error), error);
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
