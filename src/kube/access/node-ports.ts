import type { Message } from '../../messages/text.ts';
import { message } from '../../messages/message.ts';
import { NautesError } from '../../errors/errors.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { KubeApiError } from '../client/kube-error.ts';
import { type KubeObject, listAt, numberAt, type ObjectHead } from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';

/** The default range of node ports; a cluster with another one refuses a Service when it is applied. */
export const FIRST_NODE_PORT = 30_000;
export const LAST_NODE_PORT = 32_767;

/**
 * Which of the node ports cannot be had, and who holds them. A dry run tells, one port at a time: with several only the
 * first taken one would be reported. A port that the registration itself holds already is fine.
 */
export async function nodePortFindings(
  connection: ClusterConnection,
  ports: readonly number[],
  isOwn: (service: ObjectHead) => boolean,
  signal: AbortSignal,
): Promise<NautesError[]> {
  const findings = ports
    .filter((port) => !isNodePort(port))
    .map((port) => new NautesError('NodePortOutOfRange', { port }));
  const taken: number[] = [];
  for (const port of new Set(ports.filter(isNodePort))) {
    if (!(await isFree(connection, port, signal))) taken.push(port);
  }
  if (taken.length === 0) return findings;
  const { items } = await connection.client.list(wellKnown.service, {}, signal);
  for (const port of taken) {
    const holder = items.find((service) => nodePortsOf(service).includes(port));
    if (holder === undefined && (await isFree(connection, port, signal))) continue; // it went away in between
    if (holder === undefined || !isOwn(holder))
      findings.push(new NautesError('NodePortTaken', { port, holder: describeHolder(holder) }));
  }
  return findings;
}

function isNodePort(port: number): boolean {
  return Number.isInteger(port) && port >= FIRST_NODE_PORT && port <= LAST_NODE_PORT;
}

async function isFree({ client }: ClusterConnection, port: number, signal: AbortSignal): Promise<boolean> {
  const service: KubeObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `nautes-check-${port}`, namespace: 'default' },
    spec: { type: 'NodePort', ports: [{ port: 80, nodePort: port }] },
  };
  try {
    await client.create(wellKnown.service, service, { dryRun: true }, signal);
    return true;
  } catch (error) {
    if (!(error instanceof KubeApiError) || error.httpStatus !== 422) throw error;
    return false;
  }
}

function nodePortsOf(service: KubeObject): (number | undefined)[] {
  const ports = listAt(service, 'spec', 'ports').map((port) => numberAt(port, 'nodePort'));
  return [...ports, numberAt(service, 'spec', 'healthCheckNodePort')];
}

/** Only a name as Kubernetes allows it: nothing else of the peer gets into an answer. */
function describeHolder(holder: KubeObject | undefined): Message {
  const name = `${holder?.metadata.namespace ?? ''}/${holder?.metadata.name ?? ''}`;
  return /^[a-z0-9-]{1,63}\/[a-z0-9-]{1,63}$/.test(name)
    ? message('NodePortTaken.service', { name })
    : message('NodePortTaken.other');
}
