import type { Message } from '../../messages/text.ts';
import { message } from '../../messages/message.ts';
import { NautesError } from '../../errors/errors.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { KubeApiError } from '../client/kube-error.ts';
import { type KubeObject, listAt, numberAt, type ObjectHead } from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';

/** Node ports that a cluster gives out. */
export interface NodePortRange {
  readonly first: number;
  readonly last: number;
}

/** That of a cluster which says nothing else. */
export const DEFAULT_NODE_PORTS: NodePortRange = { first: 30_000, last: 32_767 };

/** The ports outside the range, each as a finding. */
export function outsideRange(ports: readonly number[], { first, last }: NodePortRange): NautesError[] {
  return ports
    .filter((port) => port < first || port > last)
    .map((port) => new NautesError('NodePortOutOfRange', { port, first, last }));
}

/**
 * Which of the node ports cannot be had: those outside the cluster's own range, and those that are taken, with who holds
 * them. A dry run tells what is taken, one port at a time: with several only the first taken one would be reported. A
 * port that the registration itself holds already is fine.
 */
export async function nodePortFindings(
  connection: ClusterConnection,
  ports: readonly number[],
  isOwn: (service: ObjectHead) => boolean,
  signal: AbortSignal,
): Promise<NautesError[]> {
  const wanted = [...new Set(ports)];
  const range = await refusedRange(connection, wanted, signal);
  const findings = range === undefined ? [] : outsideRange(wanted, range);
  const taken: number[] = [];
  for (const port of wanted) {
    const isOutside = range !== undefined && (port < range.first || port > range.last);
    if (!isOutside && !(await isFree(connection, port, signal))) taken.push(port);
  }
  if (taken.length === 0) return findings;
  const { items } = await connection.client.list(wellKnown.service, {}, signal);
  const used = new Set([...wanted, ...items.flatMap(nodePortsOf)]);
  const known = range ?? (await rangeOf(connection, signal));
  for (const port of taken) {
    const holder = items.find((service) => nodePortsOf(service).includes(port));
    if (holder === undefined && (await isFree(connection, port, signal))) continue; // it went away in between
    if (holder !== undefined && isOwn(holder)) continue;
    const free = await freePorts(connection, { range: known, used, count: 1 }, signal);
    for (const each of free) used.add(each);
    findings.push(takenFinding(port, holder, free));
  }
  return findings;
}

/** The port is taken, and another one is free. */
function takenFinding(port: number, holder: KubeObject | undefined, free: readonly number[]): NautesError {
  const metadata = Object.fromEntries(free.map((each) => ['suggestion', String(each)]));
  return new NautesError('NodePortTaken', { port, holder: describeHolder(holder) }, { metadata });
}

/** Which node ports a cluster has: those that nothing uses, and who uses the others. */
export interface NodePorts {
  readonly range: NodePortRange;
  /** The lowest that are free, as a dry run says. */
  readonly free: readonly number[];
  readonly taken: readonly { readonly port: number; readonly holder: Message }[];
}

/** @param reserved ports that others are to have */
export async function nodePortsOn(
  connection: ClusterConnection,
  { count, reserved }: { readonly count: number; readonly reserved: ReadonlySet<number> },
  signal: AbortSignal,
): Promise<NodePorts> {
  const range = await rangeOf(connection, signal);
  const { items } = await connection.client.list(wellKnown.service, {}, signal);
  const taken = items.flatMap((service) =>
    nodePortsOf(service).flatMap((port) => (port === undefined ? [] : [{ port, holder: describeHolder(service) }])),
  );
  const used = new Set([...reserved, ...taken.map(({ port }) => port)]);
  const free = await freePorts(connection, { range, used, count }, signal);
  return { range, free, taken: taken.toSorted((left, right) => left.port - right.port) };
}

async function rangeOf(connection: ClusterConnection, signal: AbortSignal): Promise<NodePortRange> {
  return (await refusedRange(connection, [OUTSIDE_EVERY_RANGE], signal)) ?? DEFAULT_NODE_PORTS;
}

/** No cluster gives out node ports below that of SSH. */
const OUTSIDE_EVERY_RANGE = 1;

/** Ports that were said to be free and are not, after which no more are tried. */
const MAXIMUM_DISAPPOINTMENTS = 10;

interface FreePortRequest {
  readonly range: NodePortRange;
  readonly used: ReadonlySet<number | undefined>;
  readonly count: number;
}

/** The lowest ports that are free; Kubernetes takes its own choices from higher ones first (KEP-3668). */
async function freePorts(
  connection: ClusterConnection,
  { range, used, count }: FreePortRequest,
  signal: AbortSignal,
): Promise<number[]> {
  const free: number[] = [];
  let disappointments = 0;
  for (let port = range.first; port <= range.last && free.length < count; port += 1) {
    if (used.has(port)) continue;
    if (await isFree(connection, port, signal)) free.push(port);
    else if ((disappointments += 1) > MAXIMUM_DISAPPOINTMENTS) break;
  }
  return free;
}

/** No port of a Service, see {@link refusedRange}. */
const NO_PORT = 70_000;
const RANGE = /The range of valid ports is (\d{1,5})-(\d{1,5})/;

/**
 * The cluster's range, when one of the ports is outside it. Dry runs do not look at the range, and nothing else of an API
 * server tells it: it is asked for a Service that it cannot make, since no Service has such a port. API servers look
 * for the node ports first (`beginCreate` in pkg/registry/core/service/storage), and refuse the Service in any case.
 */
async function refusedRange(
  { client }: ClusterConnection,
  nodePorts: readonly number[],
  signal: AbortSignal,
): Promise<NodePortRange | undefined> {
  for (const nodePort of nodePorts) {
    const spec = { type: 'NodePort', ports: [{ port: NO_PORT, nodePort }] };
    const metadata = { name: `nautes-check-${nodePort}`, namespace: 'default' };
    try {
      await client.create(wellKnown.service, { apiVersion: 'v1', kind: 'Service', metadata, spec }, {}, signal);
    } catch (error) {
      if (!(error instanceof KubeApiError) || error.httpStatus !== 422) throw error;
      const [, first, last] = RANGE.exec(error.failure.peerMessage) ?? [];
      if (first !== undefined && last !== undefined) return { first: Number(first), last: Number(last) };
    }
  }
  return undefined;
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
