import type { Message } from '../../messages/text.ts';
import { message } from '../../messages/message.ts';
import { NautesError } from '../../errors/errors.ts';
import type { KubeClient } from '../client/client.ts';
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
 * them. A dry run tells whether one is taken. A port that the registration itself holds already is fine.
 */
export async function nodePortFindings(
  connection: ClusterConnection,
  ports: readonly number[],
  isOwn: (service: ObjectHead) => boolean,
  signal: AbortSignal,
): Promise<NautesError[]> {
  const wanted = [...new Set(ports)];
  if (wanted.length === 0) return [];
  const range = await refusedRange(connection, wanted, signal);
  const findings = range === undefined ? [] : outsideRange(wanted, range);
  const inside = wanted.filter((port) => range === undefined || (port >= range.first && port <= range.last));
  if (inside.length === 0 || (await areFree(connection, inside, signal))) return findings;
  const taken: number[] = [];
  for (const port of inside) if (!(await areFree(connection, [port], signal))) taken.push(port);
  if (taken.length === 0) return findings;
  const { items } = await connection.client.list(wellKnown.service, {}, signal);
  const used = new Set([...wanted, ...items.flatMap(nodePortsOf)]);
  const known = range ?? (await rangeOf(connection, signal));
  for (const port of taken) {
    const holder = items.find((service) => nodePortsOf(service).includes(port));
    if (holder === undefined && (await areFree(connection, [port], signal))) continue; // it went away in between
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
    if (await areFree(connection, [port], signal)) free.push(port);
    else if ((disappointments += 1) > MAXIMUM_DISAPPOINTMENTS) break;
  }
  return free;
}

/** No port of a Service, and none after it is, see {@link refusedRange}. */
const NO_PORT = 70_000;
const RANGE = /The range of valid ports is (\d{1,5})-(\d{1,5})/;
const ALLOCATED = /provided port is already allocated/;

/**
 * The cluster's range, when one of the ports is outside it. Dry runs do not look at the range, and nothing else of an API
 * server tells it: it is asked for a Service that it cannot make, since no Service has such a port. API servers look
 * for the node ports first (`beginCreate` in pkg/registry/core/service/storage), and refuse the Service in any case. They
 * name the first port that cannot be had: where that one is taken, each port is asked for by itself.
 */
async function refusedRange(
  { client }: ClusterConnection,
  nodePorts: readonly number[],
  signal: AbortSignal,
): Promise<NodePortRange | undefined> {
  const refusalOf = (ports: readonly number[]): Promise<string | undefined> =>
    refusal(client, serviceWith(NO_PORT, ports), false, signal);
  const said = await refusalOf(nodePorts);
  const range = rangeIn(said);
  if (range !== undefined || nodePorts.length === 1 || !ALLOCATED.test(said ?? '')) return range;
  for (const port of nodePorts) {
    const own = rangeIn(await refusalOf([port]));
    if (own !== undefined) return own;
  }
  return undefined;
}

function rangeIn(said = ''): NodePortRange | undefined {
  const [, first, last] = RANGE.exec(said) ?? [];
  return first === undefined || last === undefined ? undefined : { first: Number(first), last: Number(last) };
}

/** Whether all of them can be had at once. */
async function areFree(
  { client }: ClusterConnection,
  nodePorts: readonly number[],
  signal: AbortSignal,
): Promise<boolean> {
  return (await refusal(client, serviceWith(80, nodePorts), true, signal)) === undefined;
}

/** A Service that is asked for and never made. @param first of its ports */
function serviceWith(first: number, nodePorts: readonly number[]): KubeObject {
  const metadata = { name: `nautes-check-${nodePorts[0] ?? ''}`, namespace: 'default' };
  const ports = nodePorts.map((nodePort, index) => ({ name: `port-${nodePort}`, port: first + index, nodePort }));
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { type: 'NodePort', ports } };
}

/** What the API server says against the Service (422), or `undefined` when it says nothing. */
async function refusal(
  client: KubeClient,
  service: KubeObject,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    await client.create(wellKnown.service, service, { dryRun }, signal);
    return undefined;
  } catch (error) {
    if (!(error instanceof KubeApiError) || error.httpStatus !== 422) throw error;
    return error.failure.peerMessage;
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
