import type { AddressProxies } from '../kube/index.ts';
import { readBoundedFile } from '../base/files/bounded-file.ts';
import { fileProblem } from '../errors/system-code.ts';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { defined } from '../base/defined.ts';
import { Secret } from '../base/secret.ts';
import { NautesError, saidBy } from '../errors/errors.ts';
import { message, verbatim } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import { parseApiServer } from '../resources/cluster/api-server.ts';
import type { ManagementCluster } from './management-cluster.ts';
import { type ManagementAccess, openReloadingCluster } from './reloading-cluster.ts';

const KEY = 'management.inCluster';

/** Longer files are no token and no certificate authority. */
const MAXIMUM_FILE_LENGTH = 256 * 1024;

export interface ServiceAccountOptions {
  /** Folder with `token` and `ca.crt`, as Kubernetes mounts it. */
  readonly directory: string;
  readonly namespace: string;
  /** `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT` say where the API server is. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absent: never a proxy. */
  readonly proxies?: AddressProxies;
  readonly clock?: Clock;
}

/**
 * The cluster that this process runs in as a Pod, with the token of its service account, which is read again while the
 * server runs.
 * @throws NautesError `ManagementAccessUnusable`
 */
export function openServiceAccountCluster(options: ServiceAccountOptions): Promise<ManagementCluster> {
  const { namespace, clock, proxies } = options;
  return openReloadingCluster({ key: KEY, namespace, read: () => readAccess(options), ...defined({ clock, proxies }) });
}

async function readAccess({ directory, environment }: ServiceAccountOptions): Promise<ManagementAccess> {
  const server = serverOf(environment);
  const token = (await readText(join(directory, 'token'))).trim();
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw unusable(message('ConfigurationInvalid.empty', { file: join(directory, 'token') }));
  }
  const certificateAuthority = await readText(join(directory, 'ca.crt'));
  return { server, certificateAuthority, material: new Secret({ kind: 'token', token }) };
}

function serverOf(environment: ServiceAccountOptions['environment']): string {
  const host = environment['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = environment['KUBERNETES_SERVICE_PORT'] ?? '';
  if (host === '' || port === '') throw unusable(message('ManagementAccessUnusable.noPod'));
  try {
    return parseApiServer(`https://${host.includes(':') ? `[${host}]` : host}:${port}`).url;
  } catch (error) {
    throw unusable(saidBy(error), error);
  }
}

async function readText(file: string): Promise<string> {
  try {
    return (await readBoundedFile(file, MAXIMUM_FILE_LENGTH)).toString('utf8');
  } catch (error) {
    throw unusable(fileProblem(file, error), error);
  }
}

function unusable(problem: Message, cause?: unknown): NautesError {
  return new NautesError('ManagementAccessUnusable', { key: verbatim(KEY), problem }, { cause });
}
