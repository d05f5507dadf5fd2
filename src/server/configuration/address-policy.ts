import { isIP } from 'node:net';
import type { AddressPolicy } from '../../kube/index.ts';
import { classifyAddress } from '../../base/network/address-class.ts';
import type { Configuration } from './configuration.ts';
import { readListen } from './load.ts';

/**
 * Which addresses clusters may have. A server that listens on loopback only serves users of this machine, who can
 * reach its loopback anyway (kind, k3d, minikube, the sandbox); any other server must not expose its own loopback.
 */
export function addressPolicy({ addresses, listen }: Configuration): AddressPolicy {
  const allowLoopback = addresses.loopback === 'allow' || (addresses.loopback === 'auto' && listensOnLoopback(listen));
  return {
    allowLoopback,
    allowLinkLocal: addresses.linkLocal === 'allow',
    allowMetadata: addresses.metadata === 'allow',
    allowPrivate: addresses.private === 'allow',
    denied: addresses.denied,
  };
}

function listensOnLoopback(listen: string): boolean {
  const host = readListen(listen)?.host ?? '';
  return host === 'localhost' || (isIP(host) !== 0 && classifyAddress(host) === 'loopback');
}
