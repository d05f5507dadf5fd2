import { BlockList, isIPv4 } from 'node:net';

/** What kind of network an address reaches, as far as the address itself says. */
export type AddressClass =
  | 'public'
  | 'private'
  | 'loopback'
  | 'linkLocal'
  | 'metadata'
  /** Behind a translator: IPv6 forms of IPv4 addresses that do not say which (RFC 8215, RFC 4380). */
  | 'translated'
  | 'unspecified'
  | 'multicast'
  | 'reserved';

/** The first class that contains the address applies. */
const RANGES: readonly (readonly [AddressClass, readonly string[]])[] = [
  [
    'metadata',
    // AWS, GCP, Azure, OpenStack; AWS ECS and EKS; Alibaba; Azure; Oracle; AWS over IPv6
    [
      '169.254.169.254/32',
      '169.254.170.2/32',
      '169.254.170.23/32',
      '100.100.100.200/32',
      '168.63.129.16/32',
      '192.0.0.192/32',
      'fd00:ec2::254/128',
      'fd00:ec2::23/128',
    ],
  ],
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['translated', ['64:ff9b:1::/48', '2001::/32']],
  ['unspecified', ['0.0.0.0/8', '::/128']],
  ['linkLocal', ['169.254.0.0/16', 'fe80::/10']],
  ['multicast', ['224.0.0.0/4', 'ff00::/8']],
  ['reserved', ['240.0.0.0/4', '192.0.0.0/24', '100::/64']],
  // RFC 1918, RFC 6598, RFC 2544, RFC 4193, and deprecated site-local
  [
    'private',
    ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.18.0.0/15', 'fc00::/7', 'fec0::/10'],
  ],
];

/** IPv6 prefixes that carry an IPv4 address: IPv4-mapped ones are handled by BlockList itself. */
const EMBEDDING_PREFIXES: readonly { readonly prefix: string; readonly bits: number; readonly suffix: string }[] = [
  { prefix: '::', bits: 96, suffix: '' }, // IPv4-compatible (RFC 4291, deprecated)
  { prefix: '::ffff:0:', bits: 96, suffix: '' }, // IPv4-translated (RFC 2765)
  { prefix: '64:ff9b::', bits: 96, suffix: '' }, // NAT64 (RFC 6052)
  { prefix: '2002:', bits: 16, suffix: '::' }, // 6to4 (RFC 3056)
];

const CLASSES = RANGES.map(([name, ranges]) => ({ name, list: blockListOf(ranges) }));

function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) addRange(list, range);
  return list;
}

function addRange(list: BlockList, range: string): void {
  const [address = '', length] = range.split('/');
  if (isIPv4(address)) {
    const bits = length === undefined ? 32 : Number(length);
    list.addSubnet(address, bits, 'ipv4');
    for (const { prefix, bits: before, suffix } of EMBEDDING_PREFIXES) {
      list.addSubnet(`${prefix}${hexadecimalPair(address)}${suffix}`, before + bits, 'ipv6');
    }
  } else {
    list.addSubnet(address, length === undefined ? 128 : Number(length), 'ipv6');
  }
}

/** `127.0.0.1` as `7f00:1`. */
function hexadecimalPair(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** The same addresses are asked about again and again, and a list takes longer to make than to ask. */
const blockLists = new WeakMap<readonly string[], BlockList>();

/** Whether the IP address is one of these, also in the forms in which IPv6 carries IPv4. The array does not change. */
export function isOneOf(address: string, addresses: readonly string[]): boolean {
  const list = blockLists.get(addresses) ?? blockListOf(addresses);
  blockLists.set(addresses, list);
  return contains(list, address.split('%', 1)[0] ?? '');
}

/** The class of an IP address in its usual form; the zone of a scoped IPv6 address is ignored. */
export function classifyAddress(address: string): AddressClass {
  const plain = address.split('%', 1)[0] ?? '';
  return CLASSES.find(({ list }) => contains(list, plain))?.name ?? 'public';
}
