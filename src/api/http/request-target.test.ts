import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanedTarget } from './request-target.ts';

describe('cleanedTarget', () => {
  const cleaned: readonly (readonly [string, string])[] = [
    ['/api/v1/clusters', '/api/v1/clusters'],
    ['/', '/'],
    ['', '/'],
    ['//', '/'],
    ['/api/v1/clusters/', '/api/v1/clusters'],
    ['//api///v1//clusters//a//', '/api/v1/clusters/a'],
    ['/api/./v1/x/../clusters/.', '/api/v1/clusters'],
    ['/../../api/v1', '/api/v1'],
    ['/api/v1/x/%2e%2E/%2e/clusters/.%2e/y', '/api/v1/y'],
    ['/api/v1/clusters/...', '/api/v1/clusters/...'],
    ['http://server.example/api//v1?x=1', '/api/v1?x=1'],
    ['https://server.example?x=1', '/?x=1'],
    ['//evil.example/..//api', '/api'],
  ];
  for (const [sent, routed] of cleaned) {
    it(`${sent} is routed as ${routed}`, () => assert.equal(cleanedTarget(sent), routed));
  }

  it('leaves the query and every other escape as sent', () => {
    assert.equal(cleanedTarget('//a?next=//b/../c'), '/a?next=//b/../c');
    assert.equal(cleanedTarget('//a%2F..%2Fb/%zz/%252e%252e'), '/a%2F..%2Fb/%zz/%252e%252e');
  });
});
