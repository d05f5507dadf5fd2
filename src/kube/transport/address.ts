import type { Message } from '../../messages/text.ts';
import { message } from '../../messages/message.ts';
import { defined } from '../../base/defined.ts';
import { lookup as resolve, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { type AddressClass, classifyAddress, isOneOf } from '../../base/network/address-class.ts';
import { machineAddresses } from '../../base/network/machine-addresses.ts';
import { type Proxy, proxyAddress, type ProxyChoice } from '../../base/network/proxy.ts';
import { NautesError } from '../../errors/errors.ts';
import type { ApiServerAddress } from '../../resources/cluster/api-server.ts';

/**
 * Which addresses a cluster may have, and who vouches for it there. Unspecified, multicast and reserved addresses are
 * never possible.
 */
export interface AddressPolicy {
  /** Also the addresses of this machine in its networks, and forms of IPv6 that can lead to it. */
  readonly allowLoopback: boolean;
  readonly allowLinkLocal: boolean;
  /** Services that cloud providers offer to their machines, often with credentials. */
  readonly allowMetadata: boolean;
  readonly allowPrivate: boolean;
  /** Further addresses that are refused, e.g. of our own services: IP addresses or CIDR ranges. */
  readonly denied: readonly string[];
  /**
   * What of this installation answers at the host (an IP address or a name) and port, as words; `undefined` for
   * everything else. Clusters can be on the same machine as one of our services, so the port counts.
   */
  readonly ownService?: (host: string, port: number) => Message | undefined;
  /** Addresses of this machine in its networks; default: those of its interfaces. */
  readonly machineAddresses?: () => readonly string[];
  /** PEM of everybody who may vouch for a cluster whose credential names no authority; absent: those that Node trusts. */
  readonly authorities?: readonly string[];
  /** The proxy for an API server; absent: never one. */
  readonly proxy?: ProxyChoice;
  /** Proxies that a kubeconfig may name for its cluster; absent: none. */
  readonly kubeconfigProxies?: readonly Proxy[];
}

/** The proxies of a policy. */
export type AddressProxies = Pick<AddressPolicy, 'proxy' | 'kubeconfigProxies'>;

/**
 * The policy for a cluster that is reached by a proxy of its own.
 * @param proxyUrl of the proxy, as it is stored
 * @throws NautesError `ClusterProxyNotAllowed` when the configuration does not allow it (any more)
 */
export function throughOwnProxy(proxyUrl: string, policy: AddressPolicy): AddressPolicy {
  const proxy = policy.kubeconfigProxies?.find((each) => proxyAddress(each) === proxyUrl);
  if (proxy === undefined) throw new NautesError('ClusterProxyNotAllowed', { proxy: proxyUrl });
  return { ...policy, proxy: () => proxy };
}

/** For a server that others can reach: clusters in private networks are common, everything else is refused. */
export const defaultAddressPolicy: AddressPolicy = {
  allowLoopback: false,
  allowLinkLocal: false,
  allowMetadata: false,
  allowPrivate: true,
  denied: [],
};

/** For a server that listens on loopback only: clusters of the same machine (kind, k3d, the sandbox) are fine. */
export const loopbackAddressPolicy: AddressPolicy = { ...defaultAddressPolicy, allowLoopback: true };

function isAllowed(kind: AddressClass, policy: AddressPolicy): boolean {
  const allowed: Readonly<Partial<Record<AddressClass, boolean>>> = {
    public: true,
    private: policy.allowPrivate,
    loopback: policy.allowLoopback,
    translated: policy.allowLoopback,
    linkLocal: policy.allowLinkLocal,
    metadata: policy.allowMetadata,
  };
  return allowed[kind] ?? false;
}

/** `ClusterAddressRefused` when the policy does not allow the IP address, or that port of it. */
export function addressProblem(address: string, policy: AddressPolicy, port: number): NautesError | undefined {
  const plain = address.split('%', 1)[0] ?? '';
  const kind = isOneOf(plain, (policy.machineAddresses ?? machineAddresses)()) ? 'loopback' : classifyAddress(plain);
  const denied = policy.denied.length > 0 && isOneOf(plain, policy.denied);
  const service = policy.ownService?.(plain, port);
  if (service !== undefined) {
    return new NautesError('ClusterAddressRefused', {
      address: `${address} port ${port}`,
      class: message('addressClass.ownService', { service }),
    });
  }
  if (isAllowed(kind, policy) && !denied) return undefined;
  return new NautesError('ClusterAddressRefused', {
    address,
    class: denied ? message('addressClass.denied') : message(`addressClass.${kind}`),
  });
}

/**
 * A resolver for sockets that only yields allowed addresses, so that the check is on the address that is connected to,
 * whatever a name resolved to before. Fails with `ClusterAddressRefused` when a name has no allowed address.
 * Not called by Node for hosts that are IP addresses: those are checked by {@link hostProblem}.
 */
export function guardedLookup(policy: AddressPolicy, port: number): LookupFunction {
  return (hostname, options, callback) => {
    const all: LookupAllOptions = { ...options, all: true };
    resolve(hostname, all, (error, addresses: LookupAddress[]) => {
      if (error !== null) return callback(error, '');
      const allowed = addresses.filter(({ address }) => addressProblem(address, policy, port) === undefined);
      const [first] = allowed;
      if (first === undefined) return callback(refusal(addresses, policy, port), '');
      if (options.all === true) return callback(null, allowed);
      return callback(null, first.address, first.family);
    });
  };
}

function refusal(found: readonly LookupAddress[], policy: AddressPolicy, port: number): NautesError {
  const problem = refusalOfAll(
    found.map(({ address }) => address),
    policy,
    port,
  );
  return problem ?? new NautesError('ClusterNameUnknown', { host: 'given' });
}

/**
 * The problem of a URL's host when it is an IP address (brackets of IPv6 allowed), or the name of one of our services;
 * other names are checked when they resolve.
 */
export function hostProblem(host: string, policy: AddressPolicy, port: number): NautesError | undefined {
  const plain = host.startsWith('[') ? host.slice(1, -1) : host;
  if (isIP(plain) !== 0) return addressProblem(plain, policy, port);
  const service = policy.ownService?.(plain.toLowerCase().replace(/\.$/, ''), port);
  if (service === undefined) return undefined;
  return new NautesError('ClusterAddressRefused', {
    address: `${plain} port ${port}`,
    class: message('addressClass.ownService', { service }),
  });
}

/** Names of metadata services, which only the machines of a cloud provider resolve. */
const METADATA_NAMES = new Set(['metadata', 'metadata.google.internal', 'instance-data', 'instance-data.ec2.internal']);

/**
 * Why a name must not be asked of a proxy, which resolves it by itself: what it resolves to here is not allowed, or it
 * stands for this machine or a metadata service wherever it is resolved. Names that only the proxy resolves are its
 * matter.
 */
export async function proxiedHostProblem(
  host: string,
  policy: AddressPolicy,
  port: number,
): Promise<NautesError | undefined> {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (METADATA_NAMES.has(name) && !policy.allowMetadata) {
    return new NautesError('ClusterAddressRefused', { address: host, class: message('addressClass.metadata') });
  }
  if (/(^|\.)localhost$/.test(name) && !policy.allowLoopback) {
    return new NautesError('ClusterAddressRefused', { address: host, class: message('addressClass.loopback') });
  }
  const addresses = isIP(name) === 0 ? await addressesOf(name) : [];
  // Which of them the proxy takes is not known.
  const problems = addresses.map((address) => addressProblem(address, policy, port));
  return hostProblem(host, policy, port) ?? problems.find((problem) => problem !== undefined);
}

/** What an address leads to. */
export interface ResolvedAddress {
  /** The address itself, or the first that its name resolves to; absent when that is not known. */
  readonly ip?: string;
  /** Why the policy does not allow it. */
  readonly problem?: NautesError;
}

/**
 * Resolves the host of an API server once; a name that cannot be resolved is not a matter of the policy and reported by
 * the connection itself.
 */
export async function resolveAddress(address: ApiServerAddress, policy: AddressPolicy): Promise<ResolvedAddress> {
  const { host, port, isIp } = address;
  const addresses = isIp ? [host] : await addressesOf(host);
  const [ip] = addresses;
  const problem = hostProblem(host, policy, port) ?? (isIp ? undefined : refusalOfAll(addresses, policy, port));
  return defined({ ip, problem });
}

async function addressesOf(host: string): Promise<readonly string[]> {
  return new Promise((settle) => {
    resolve(host, { all: true }, (error, found: LookupAddress[]) => {
      settle(error === null ? found.map(({ address }) => address) : []);
    });
  });
}

/** Why none of the addresses is allowed, if so. */
function refusalOfAll(addresses: readonly string[], policy: AddressPolicy, port: number): NautesError | undefined {
  const problems = addresses.map((address) => addressProblem(address, policy, port));
  return problems.every((problem) => problem !== undefined) ? problems[0] : undefined;
}
