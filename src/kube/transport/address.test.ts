import { verbatim } from '../../messages/message.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NautesError } from '../../errors/errors.ts';
import {
  type AddressPolicy,
  addressProblem,
  defaultAddressPolicy,
  guardedLookup,
  hostProblem,
  loopbackAddressPolicy,
  resolveAddress,
} from './address.ts';
import { classifyAddress } from '../../base/network/address-class.ts';
import { parseApiServer } from '../../resources/cluster/api-server.ts';

function look(host: string, policy: AddressPolicy): Promise<{ error: Error | null; address: unknown }> {
  return new Promise((resolve) => {
    guardedLookup(policy, 6443)(host, { all: true }, (error, address) => resolve({ error, address }));
  });
}

describe('address classes', () => {
  const expected: Record<string, readonly string[]> = {
    loopback: [
      '127.0.0.1',
      '127.255.255.254',
      '::1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::1',
      '::127.0.0.1',
    ],
    translated: ['64:ff9b:1::7f00:1', '64:ff9b:1:7f00:0:100::', '2001:0:1:2:3:4:80ff:fffe'],
    linkLocal: ['169.254.1.1', 'fe80::1', 'fe80::1%eth0', '::ffff:169.254.1.1'],
    metadata: [
      '169.254.169.254',
      '::ffff:169.254.169.254',
      '100.100.100.200',
      '168.63.129.16',
      'fd00:ec2::254',
      '64:ff9b::a9fe:a9fe',
    ],
    unspecified: ['0.0.0.0', '0.1.2.3', '::', '::ffff:0.0.0.0'],
    multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1'],
    reserved: ['240.0.0.1', '255.255.255.255', '192.0.0.8'],
    private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fd00::1', '::ffff:10.1.2.3'],
    public: [
      '8.8.8.8',
      '172.32.0.1',
      '126.255.255.255',
      '128.0.0.1',
      '2001:4860:4860::8888',
      '::ffff:8.8.8.8',
      '2002:808:808::1',
    ],
  };
  for (const [name, addresses] of Object.entries(expected)) {
    it(`${name}: ${addresses.join(', ')}`, () => {
      for (const address of addresses) assert.equal(classifyAddress(address), name, address);
    });
  }

  it('an IPv4 address has the same class in every IPv6 form that carries it', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
        const pair = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        for (const form of [`::ffff:${address}`, `64:ff9b::${pair}`, `2002:${pair}::`]) {
          assert.equal(classifyAddress(form), classifyAddress(address), form);
        }
      }),
    );
  });
});

describe('address policy', () => {
  it('refuses the addresses of this machine in its networks, in every form, where loopback is refused', () => {
    const own = ['10.1.2.3', '2001:db8::5'];
    const refusing = { ...defaultAddressPolicy, machineAddresses: () => own };
    for (const address of [...own, '::ffff:10.1.2.3', '64:ff9b::a01:203', '2002:a01:203::1']) {
      assert.equal(addressProblem(address, refusing, 6443)?.reason, 'ClusterAddressRefused', address);
      assert.equal(addressProblem(address, { ...refusing, allowLoopback: true }, 6443), undefined, address);
    }
    assert.equal(addressProblem('10.1.2.4', refusing, 6443), undefined);
  });

  it('refuses forms of IPv6 that can lead to this machine where loopback is refused', () => {
    for (const address of ['64:ff9b:1::7f00:1', '2001:0:1:2:3:4:80ff:fffe']) {
      assert.equal(addressProblem(address, defaultAddressPolicy, 6443)?.reason, 'ClusterAddressRefused', address);
    }
  });

  it('a server that others can reach refuses loopback, link-local and metadata and accepts private networks', () => {
    for (const address of ['127.0.0.1', '169.254.1.1', '169.254.169.254', '0.0.0.0', '224.0.0.1', '255.255.255.255']) {
      assert.equal(addressProblem(address, defaultAddressPolicy, 6443)?.reason, 'ClusterAddressRefused', address);
    }
    for (const address of ['10.1.2.3', '8.8.8.8'])
      assert.equal(addressProblem(address, defaultAddressPolicy, 6443), undefined);
  });

  it('a server on loopback accepts clusters on loopback and still no metadata service', () => {
    assert.equal(addressProblem('127.0.1.7', loopbackAddressPolicy, 6443), undefined);
    assert.ok(addressProblem('169.254.169.254', loopbackAddressPolicy, 6443));
  });

  it('what is denied by name or range is refused in every form', () => {
    const policy: AddressPolicy = { ...loopbackAddressPolicy, denied: ['127.0.0.9', '10.2.0.0/16', 'fd12::/16'] };
    for (const address of ['127.0.0.9', '::ffff:127.0.0.9', '10.2.3.4', 'fd12::1']) {
      assert.match(addressProblem(address, policy, 6443)?.message ?? '', /denied/, address);
    }
    assert.equal(addressProblem('127.0.0.8', policy, 6443), undefined);
  });

  it('a host that is an address is checked as it stands, brackets or not; a name only when it resolves', () => {
    assert.ok(hostProblem('127.0.0.1', defaultAddressPolicy, 6443));
    assert.ok(hostProblem('[::1]', defaultAddressPolicy, 6443));
    assert.equal(hostProblem('localhost', defaultAddressPolicy, 6443), undefined);
  });

  it('a name that leads to a refused address does not resolve', async () => {
    const { error } = await look('localhost', defaultAddressPolicy);
    assert.ok(error instanceof NautesError);
    assert.equal(error.reason, 'ClusterAddressRefused');
    const allowed = await look('localhost', loopbackAddressPolicy);
    assert.equal(allowed.error, null);
    assert.ok(Array.isArray(allowed.address) && allowed.address.length > 0);
  });

  it('the address behind a server URL is reported before anything is sent', async () => {
    const problem = async (server: string) =>
      (await resolveAddress(parseApiServer(server), defaultAddressPolicy)).problem?.reason;
    assert.equal(await problem('https://localhost:6443'), 'ClusterAddressRefused');
    assert.equal(await problem('https://127.0.0.1:6443'), 'ClusterAddressRefused');
    assert.equal(await problem('https://[::ffff:127.0.0.1]:6443'), 'ClusterAddressRefused');
    assert.equal(await problem('https://10.0.0.1:6443'), undefined);
  });
});

describe('addresses of our own services', () => {
  const policy: AddressPolicy = {
    ...loopbackAddressPolicy,
    ownService: (host, port) =>
      port === 8200 && ['127.0.0.1', '::1', 'localhost', 'vault.example'].includes(host)
        ? verbatim('our Vault')
        : undefined,
  };
  const problem = async (server: string) => (await resolveAddress(parseApiServer(server), policy)).problem?.message;

  it('are refused with their port, by address, by name, and by a name that leads there', async () => {
    for (const server of ['https://127.0.0.1:8200', 'https://vault.example:8200', 'https://VAULT.example:8200']) {
      assert.match((await problem(server)) ?? '', /port 8200, which is that of our Vault and not allowed/, server);
    }
    assert.ok(hostProblem('VAULT.example.', policy, 8200));
    const { error } = await new Promise<{ error: Error | null }>((resolve) => {
      guardedLookup(policy, 8200)('localhost', { all: true }, (each) => resolve({ error: each }));
    });
    assert.ok(error instanceof NautesError && error.reason === 'ClusterAddressRefused');
  });

  it('may have clusters at other ports', async () => {
    for (const server of ['https://127.0.0.1:6443', 'https://localhost:6443', 'https://[::1]:6443']) {
      assert.equal(await problem(server), undefined, server);
    }
  });
});

describe('server URL', () => {
  it('short, octal and hexadecimal forms of an address are written out before they are judged', () => {
    for (const host of ['127.1', '0x7f.1', '0177.0.0.1', '2130706433', '127.0.0.1']) {
      assert.equal(parseApiServer(`https://${host}:6443`).url, 'https://127.0.0.1:6443', host);
    }
  });

  it('a name in other letters is written as DNS knows it, so that one that only looks alike is seen', () => {
    assert.equal(parseApiServer('https://\u0430pi.example:6443').url, 'https://xn--pi-6kc.example:6443');
    assert.equal(parseApiServer('https://API.example').url, 'https://api.example:443');
    assert.equal(parseApiServer('https://\uff11\uff12\uff17.0.0.1:6443').url, 'https://127.0.0.1:6443');
  });

  it('keeps its path, without slashes at the end, and loses the dot that ends a full name', () => {
    const rancher = parseApiServer('https://Rancher.example/k8s/clusters/c-m-7x2kq/');
    assert.equal(rancher.url, 'https://rancher.example:443/k8s/clusters/c-m-7x2kq');
    assert.equal(rancher.path, '/k8s/clusters/c-m-7x2kq');
    assert.equal(parseApiServer('https://a/../b/./c').path, '/b/c');
    const { url, host } = parseApiServer('https://api.example.:6443');
    assert.deepEqual([url, host], ['https://api.example:6443', 'api.example']);
  });

  it('anything but https with host, port and path is refused', () => {
    const wrong = [
      '',
      'http://127.0.0.1:6443',
      'https://user@127.0.0.1',
      'https://user:word@127.0.0.1',
      'https://127.0.0.1//path',
      'https://.',
      'https://a..',
      'https://127.0.0.1/?query=1',
      'https://127.0.0.1/#fragment',
      'https://127.0.0.1:0',
      'https://127.0.0.1:65536',
      'https://127.0.0.1\\@other',
      'https://127.0.0.1\r\nHost: other',
      'https://',
      'file:///etc/passwd',
      'unix:/var/run/docker.sock',
      'ws://127.0.0.1',
      `https://${'a'.repeat(400)}`,
    ];
    for (const text of wrong) assert.throws(() => parseApiServer(text), { reason: 'ApiServerInvalid' }, text);
  });
});
