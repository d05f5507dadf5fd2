import { createHash } from 'node:crypto';
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
  withValue,
} from '../base/json.ts';
import { builtinResource } from '../resources/builtin-resources.ts';
import { type FieldProblem, invalid } from '../base/status-error.ts';
import type { ObjectStore } from '../store/object-store.ts';

const SERVICES = builtinResource('', 'services');

/** Cluster addresses come from 10.96.0.0/16. */
const CLUSTER_IP_PREFIX = '10.96';

/** The node ports that a cluster gives out. */
export interface NodePortRange {
  readonly first: number;
  readonly last: number;
}

/** What Services have, and what they may get. */
interface Allocations {
  readonly range: NodePortRange;
  readonly nodePorts: ReadonlySet<number>;
  readonly clusterIPs: ReadonlySet<string>;
}

function allocationsOfOthers(
  store: ObjectStore,
  range: NodePortRange,
  { namespace, name }: Readonly<Record<'namespace' | 'name', string>>,
): Allocations {
  const nodePorts = new Set<number>();
  const clusterIPs = new Set<string>();
  for (const service of store.list('services')) {
    if (service.namespace === namespace && service.name === name) continue;
    const spec = objectAt(service.body.value, 'spec');
    const clusterIP = stringAt(spec, 'clusterIP');
    if (clusterIP !== undefined && clusterIP !== 'None') clusterIPs.add(clusterIP);
    for (const port of arrayAt(spec, 'ports')) {
      const nodePort = numberAt(port, 'nodePort');
      if (nodePort !== undefined) nodePorts.add(nodePort);
    }
  }
  return { range, nodePorts, clusterIPs };
}

/**
 * The Service with its cluster address and node ports. A dry run reserves nothing, finds taken node ports and
 * misses, like the API server, ports outside the range and addresses that are taken. Only then the ports of the Service
 * itself are validated, in the same order.
 * @throws StatusError 422 for a node port or address that cannot be had; of several ports only the first is named
 */
export function allocateService(
  { store, range }: { readonly store: ObjectStore; readonly range: NodePortRange },
  service: JsonObject,
  live: JsonObject | undefined,
  dryRun: boolean,
): JsonObject {
  const name = stringAt(service, 'metadata', 'name') ?? '';
  const spec = objectAt(service, 'spec') ?? {};
  const type = stringAt(spec, 'type');
  if (type === 'ExternalName') return service;
  const taken = allocationsOfOthers(store, range, {
    namespace: stringAt(service, 'metadata', 'namespace') ?? '',
    name,
  });
  const clusterIP = allocateClusterIP(service, live, taken, dryRun);
  const ports = allocatePorts(service, live, taken, dryRun);
  const impossible = ports.flatMap((port, index) => portProblem(port, index));
  if (impossible.length > 0) throw invalid(SERVICES, name, impossible);
  const families = clusterIP === 'None' ? {} : { ipFamilies: spec['ipFamilies'] ?? ['IPv4'] };
  const next: JsonObject = {
    ...spec,
    ...(arrayAt(spec, 'ports').length === 0 ? {} : { ports }),
    clusterIP,
    clusterIPs: [clusterIP],
    ipFamilies: ['IPv4'],
    ...families,
    ipFamilyPolicy: spec['ipFamilyPolicy'] ?? 'SingleStack',
  };
  const allocated = withValue(service, ['spec'], next);
  return objectAt(allocated, 'status') === undefined ? { ...allocated, status: { loadBalancer: {} } } : allocated;
}

function allocateClusterIP(
  service: JsonObject,
  live: JsonObject | undefined,
  taken: Allocations,
  dryRun: boolean,
): string {
  const name = stringAt(service, 'metadata', 'name') ?? '';
  const wanted = stringAt(service, 'spec', 'clusterIP') ?? '';
  const current = stringAt(live, 'spec', 'clusterIP') ?? '';
  if (current !== '' && wanted !== '' && wanted !== current) {
    throw invalid(SERVICES, name, [problem('spec.clusterIPs[0]', JSON.stringify([wanted]), 'may not change once set')]);
  }
  if (current !== '') return current;
  if (wanted === 'None') return wanted;
  if (wanted !== '') {
    if (taken.clusterIPs.has(wanted) && !dryRun) {
      throw invalid(SERVICES, name, [
        problem(
          'spec.clusterIPs',
          JSON.stringify([wanted]),
          `failed to allocate IP ${wanted}: provided IP is already allocated`,
        ),
      ]);
    }
    return wanted;
  }
  return dryRun ? '10.0.0.0' : freeClusterIP(`${stringAt(service, 'metadata', 'namespace')}/${name}`, taken);
}

/** The same Service gets the same address in every cluster where it is free, so that its content can be shared. */
function freeClusterIP(key: string, taken: Allocations): string {
  const start = createHash('sha256').update(key).digest().readUInt16BE(0);
  for (let step = 0; step < 65_536; step++) {
    const number = (start + step) % 65_536;
    const address = `${CLUSTER_IP_PREFIX}.${number >> 8}.${number & 255}`;
    if (number > 255 && !taken.clusterIPs.has(address)) return address;
  }
  throw new Error('no cluster address is left');
}

function allocatePorts(
  service: JsonObject,
  live: JsonObject | undefined,
  taken: Allocations,
  dryRun: boolean,
): JsonValue[] {
  const type = stringAt(service, 'spec', 'type');
  const exposed =
    type === 'NodePort' || (type === 'LoadBalancer' && service['allocateLoadBalancerNodePorts'] !== false);
  const used = new Map<number, string>();
  return arrayAt(service, 'spec', 'ports').map((port, index) => {
    if (!isObject(port)) return port;
    if (!exposed) {
      const { nodePort: _nodePort, ...rest } = port;
      return rest;
    }
    const wanted = numberAt(port, 'nodePort') ?? 0;
    const nodePort = wanted === 0 ? (currentNodePort(live, port) ?? freeNodePort(taken, used)) : wanted;
    const found = wanted === 0 ? undefined : nodePortProblem(wanted, index, taken, dryRun);
    const protocol = stringAt(port, 'protocol') ?? 'TCP';
    if (found !== undefined) throw invalid(SERVICES, stringAt(service, 'metadata', 'name') ?? '', [found]);
    if (used.get(nodePort) === protocol) {
      throw invalid(SERVICES, stringAt(service, 'metadata', 'name') ?? '', [alreadyAllocated(nodePort, index)]);
    }
    used.set(nodePort, protocol);
    return { ...port, nodePort };
  });
}

function nodePortProblem(port: number, index: number, taken: Allocations, dryRun: boolean): FieldProblem | undefined {
  if (taken.nodePorts.has(port)) return alreadyAllocated(port, index);
  const { first, last } = taken.range;
  if ((port >= first && port <= last) || dryRun) return undefined;
  const range = `${first}-${last}`;
  const text = `provided port is not in the valid range. The range of valid ports is ${range}`;
  return problem(`spec.ports[${index}].nodePort`, String(port), text);
}

function portProblem(port: JsonValue, index: number): FieldProblem[] {
  const number = numberAt(port, 'port') ?? 0;
  if (number >= 1 && number <= 65_535) return [];
  return [problem(`spec.ports[${index}].port`, String(number), 'must be between 1 and 65535, inclusive')];
}

function alreadyAllocated(port: number, index: number): FieldProblem {
  return problem(`spec.ports[${index}].nodePort`, String(port), 'provided port is already allocated');
}

function problem(field: string, value: string, text: string): FieldProblem {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${value}: ${text}` };
}

function currentNodePort(live: JsonObject | undefined, port: JsonObject): number | undefined {
  const protocol = port['protocol'] ?? 'TCP';
  const same = arrayAt(live, 'spec', 'ports').find(
    (candidate) => isObject(candidate) && candidate['port'] === port['port'] && candidate['protocol'] === protocol,
  );
  return numberAt(same, 'nodePort');
}

function freeNodePort(taken: Allocations, used: ReadonlyMap<number, string>): number {
  // From the end: manually chosen ports are usually at the beginning of the range.
  for (let port = taken.range.last; port >= taken.range.first; port--) {
    if (!taken.nodePorts.has(port) && !used.has(port)) return port;
  }
  throw new Error('no node port is left');
}
