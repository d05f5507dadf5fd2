import { isIPv4, isIPv6 } from 'node:net';
import { clusterKey, clusterRegistration } from '../../../../resources/cluster/cluster-key.ts';
import { message } from '../../../../messages/message.ts';
import { isRecord, type KubeObject } from '../../../../kube-objects/kube-object.ts';
import { wellKnown } from '../../../../kube-objects/resource-types.ts';
import { readApiServer } from '../../../../resources/cluster/api-server.ts';
import { done, type Stage, type StageResult, wait } from '../../../../reconcile/stage.ts';
import { type StageContext, useCluster } from '../../runtime/stage-context.ts';

/** A gateway without an address is asked again after this time. */
const RETRY_MILLISECONDS = 5_000;

/** Entry points that a status names; a load balancer with more addresses names the first. */
const MAXIMUM_ENTRY_POINTS = 32;

/** Finds out where the applications of the cluster will be reached: the addresses of its gateway. */
export const entryPointsStage: Stage<StageContext> = {
  condition: 'EntryPointsReady',
  deadlineMilliseconds: 10 * 60_000,
  run: findEntryPoints,
};

async function findEntryPoints(context: StageContext, signal: AbortSignal): Promise<StageResult> {
  if (context.settled !== undefined && context.cluster.spec.clusterType === 'physical')
    return context.settled.entryPoints;
  const { clusterType, components } = context.cluster.spec;
  if (clusterType === 'virtual') return hostEntryPoints(context);
  const { gateway } = components;
  if (gateway === undefined) return done('NoGateway', message('NoGateway'));
  const services = await gatewayServices(context, gateway.name, signal);
  const host = hostOf(context.cluster.spec.apiServer);
  const found = new Set(services.flatMap((service) => entryPointsOf(service, host)));
  const entryPoints = [...found].slice(0, MAXIMUM_ENTRY_POINTS);
  await context.reporter.report({ entryPoints });
  if (entryPoints.length > 0) return done('EntryPointsReady', message('EntryPointsReady', { addresses: entryPoints }));
  return wait('NoEntryPoint', message('NoEntryPoint', { name: gateway.name }), RETRY_MILLISECONDS);
}

/** What runs in a virtual cluster is reached through the gateway of its host. */
async function hostEntryPoints({ cluster, services, reporter, hostCluster }: StageContext): Promise<StageResult> {
  const host = cluster.spec.hostCluster ?? '';
  const entryPoints = (await services.status.get(clusterKey(host)))?.entryPoints ?? [];
  await reporter.report({ entryPoints });
  const isLeftOut = hostCluster?.spec.withoutComponents?.includes('gateway') === true;
  if (isLeftOut) return done('NoGateway', message('NoGateway'));
  if (entryPoints.length > 0) {
    return done('EntryPointsReady', message('EntryPointsReady.ofHost', { host, addresses: entryPoints }));
  }
  return wait('HostNotReady', message('HostNotReady.entryPoints', { host }), RETRY_MILLISECONDS);
}

/** The host of the API server as it stands in a URL. */
function hostOf(apiServer: string): string {
  const { address } = readApiServer(apiServer);
  if (address === undefined) return '';
  return address.isIp && address.host.includes(':') ? `[${address.host}]` : address.host;
}

async function gatewayServices(context: StageContext, component: string, signal: AbortSignal): Promise<KubeObject[]> {
  const inventory = await context.services.inventory.list(clusterRegistration(context.scope));
  const entries = inventory.filter((entry) => entry.component === component && entry.kind === 'Service');
  const found = await useCluster(
    context,
    (connection) =>
      Promise.all(
        entries.map(({ namespace, name }) => connection.client.find(wellKnown.service, { namespace, name }, signal)),
      ),
    signal,
  );
  return found.filter((service) => service !== undefined);
}

/** `http://host:port` and `https://host:port` of a Service; node ports count only where there is no external address. */
function entryPointsOf(service: KubeObject, host: string): string[] {
  const spec = isRecord(service.spec) ? service.spec : {};
  const ports = (Array.isArray(spec.ports) ? spec.ports : []).filter(isRecord).slice(0, MAXIMUM_ENTRY_POINTS);
  const external = externalAddresses(service);
  if (external.length > 0) {
    const open = ports.filter(({ port }) => isPort(port));
    return external.flatMap((address) => open.map((port) => `${schemeOf(port)}://${address}:${String(port.port)}`));
  }
  const reachable = ports.filter(({ nodePort }) => isPort(nodePort));
  return reachable.map((port) => `${schemeOf(port)}://${host}:${String(port.nodePort)}`);
}

function externalAddresses(service: KubeObject): string[] {
  const status = isRecord(service.status) && isRecord(service.status.loadBalancer) ? service.status.loadBalancer : {};
  const ingress = (Array.isArray(status.ingress) ? status.ingress : []).filter(isRecord);
  return ingress
    .slice(0, MAXIMUM_ENTRY_POINTS)
    .map(({ ip, hostname }) => addressOf(ip ?? hostname))
    .filter((address) => address !== '');
}

/** A host name or IP address as it stands in a URL; empty for anything else. */
function addressOf(value: unknown): string {
  if (typeof value !== 'string') return '';
  if (isIPv6(value)) return `[${value}]`;
  return isIPv4(value) || HOST_NAME.test(value) ? value : '';
}

/** DNS name, as Kubernetes validates `hostname` of an ingress. */
const HOST_NAME = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.?$/i;

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
}

function schemeOf(port: Readonly<Record<string, unknown>>): 'http' | 'https' {
  return port.name === 'websecure' || port.name === 'https' || port.port === 443 ? 'https' : 'http';
}
