import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wildcardDomain } from './api-server.ts';

describe('wildcardDomain', () => {
  for (const [ip, domain] of [
    ['127.0.1.1', '127.0.1.1.nip.io'],
    ['::1', '0-0-0-0-0-0-0-1.sslip.io'],
    ['::', '0-0-0-0-0-0-0-0.sslip.io'],
    ['2001:db8::', '2001-db8-0-0-0-0-0-0.sslip.io'],
    ['2001:DB8::5:0:1', '2001-db8-0-0-0-5-0-1.sslip.io'],
    ['1:2:3:4:5:6:7:8', '1-2-3-4-5-6-7-8.sslip.io'],
    ['::ffff:10.0.0.1', '0-0-0-0-0-ffff-a00-1.sslip.io'],
    ['fe80::1%eth0', 'fe80-0-0-0-0-0-0-1.sslip.io'],
  ] as const) {
    it(`of ${ip} is ${domain}`, () => assert.equal(wildcardDomain(ip), domain));
  }
});
