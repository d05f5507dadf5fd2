import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { SaveClusterBody } from '../../contract/schemas/cluster.ts';
import type { WireMessage } from './message.ts';
import { bindQuery, parseQuery } from './query.ts';

const REQUEST = {
  properties: { cluster_name: { type: 'string' }, insecure_skip_check: { type: 'boolean' }, body: SaveClusterBody },
};

function bind(query: string, body: WireMessage = {}): WireMessage {
  const message: WireMessage = { body };
  bindQuery(message, REQUEST, parseQuery(query));
  return message;
}

describe('query binding', () => {
  it('takes booleans as Go does', () => {
    for (const text of ['1', 't', 'T', 'TRUE', 'true', 'True']) {
      assert.equal(bind(`insecure_skip_check=${text}`).insecure_skip_check, true, text);
    }
    for (const text of ['0', 'f', 'F', 'FALSE', 'false', 'False']) {
      assert.equal(bind(`insecure_skip_check=${text}`).insecure_skip_check, false, text);
    }
    assert.equal(bind('insecure_skip_check=').insecure_skip_check, undefined);
    assert.equal(bind('insecure_skip_check').insecure_skip_check, undefined);
    assert.throws(() => bind('insecure_skip_check=yes'), {
      message: 'parsing field "insecure_skip_check": strconv.ParseBool: parsing "yes": invalid syntax',
    });
  });

  it('overrides what the body has, nested with dots', () => {
    const body = { usage: 'worker', components_list: { gateway: { name: 'a', additions: { httpNodePort: '1' } } } };
    assert.deepEqual(
      bind(
        'body.usage=host&body.components_list.gateway.additions.httpNodePort=2&body.vcluster.https_node_port=3',
        body,
      ).body,
      {
        usage: 'host',
        components_list: { gateway: { name: 'a', additions: { httpNodePort: '2' } } },
        vcluster: { https_node_port: '3' },
      },
    );
  });

  it('leaves a field as it is for an empty value and ignores unknown parameters', () => {
    assert.deepEqual(bind('body.usage=&nope=1&nope=2&body.nope=3&__proto__=4&body.__proto__.x=5', { usage: 'host' }), {
      body: { usage: 'host' },
    });
  });

  const problems: readonly (readonly [string, string])[] = [
    ['body.usage=a&body.usage=b', 'too many values for field "usage": a, b'],
    ['body.usage.x=1', 'invalid path: "usage" is not a message'],
    ['body=x', 'parsing field "body": unsupported message type: "api.cluster.v1.SaveRequest.Body"'],
    ['body.components_list.gateway=x', 'parsing field "gateway": unsupported message type: "api.cluster.v1.Component"'],
    [
      'body.reserved_namespaces_allowed_products.ns=x',
      'parsing map value "reserved_namespaces_allowed_products": unsupported message type: "google.protobuf.ListValue"',
    ],
  ];
  for (const [query, message] of problems) {
    it(`refuses ${query}`, () => assert.throws(() => bind(query), { reason: 'Codec', message }));
  }

  it('sets an entry of a map under any name, beside those that the body has', () => {
    const additions = 'body.components_list.gateway.additions';
    const { body } = bind(`${additions}.__proto__=1&${additions}.constructor=2&${additions}.a.b=3`, {
      components_list: { gateway: { additions: { mode: '0' } } },
    });
    const expected = JSON.parse('{"mode": "0", "__proto__": "1", "constructor": "2", "a.b": "3"}');
    assert.deepEqual(body, { components_list: { gateway: { additions: expected } } });
  });

  it('sets very many entries of a map one by one', { timeout: 30_000 }, async () => {
    const additions = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`known${index}`, 'x']));
    const pairs = Array.from({ length: 5000 }, (_, index) => `body.components_list.gateway.additions.k${index}=1`);
    bind(pairs.join('&'), { components_list: { gateway: { additions } } });
    assert.equal(Object.keys(additions).length, 55_000);
    await setImmediate(); // lets a timeout that has passed be seen
  });

  it('decodes blanks and escapes and leaves out pairs that are broken', () => {
    assert.deepEqual(
      [...parseQuery('a=b+c&d=%C3%A9&e=%zz&f;g=1&=x&&h')],
      [
        ['a', ['b c']],
        ['d', ['é']],
        ['', ['x']],
        ['h', ['']],
      ],
    );
  });
});
