import { networkInterfaces } from 'node:os';

/** Interfaces come and go; asking for them takes up to a millisecond. */
const REMEMBERED_MILLISECONDS = 5_000;

let known: { readonly addresses: readonly string[]; readonly until: number } | undefined;

/** The IP addresses of this machine in its networks, without those of loopback and without zones. */
export function machineAddresses(now = performance.now()): readonly string[] {
  if (known !== undefined && now < known.until) return known.addresses;
  const all = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  const addresses = all.filter(({ internal }) => !internal).map(({ address }) => address.split('%', 1)[0] ?? address);
  known = { addresses, until: now + REMEMBERED_MILLISECONDS };
  return addresses;
}
