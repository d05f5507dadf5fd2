import { isIP } from 'node:net';
import { message } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';

/** An address of Vault as `https://host[:port]`, or what is wrong with the text. */
export type VaultAddress = { readonly origin: string } | { readonly problem: Message };

/**
 * Parses an address. Tokens and credentials are sent there: it is https, or plain http on loopback (a sidecar,
 * a development server).
 */
export function readVaultAddress(text: string): VaultAddress {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    return { problem: message('vaultAddress.notUrl') };
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return { problem: message('vaultAddress.user') };
  if ((url.pathname !== '/' && url.pathname !== '') || url.search !== '' || url.hash !== '') {
    return { problem: message('vaultAddress.path') };
  }
  if (url.protocol === 'https:') return { origin: url.origin };
  if (url.protocol === 'http:' && isLoopback(url.hostname)) return { origin: url.origin };
  return { problem: message('vaultAddress.scheme') };
}

/** True for the host of a URL that is a loopback address. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
