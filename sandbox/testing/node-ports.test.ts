import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { arrayAt, type JsonObject } from '../base/json.ts';
import { StartedSandbox } from './started-sandbox.ts';
import type { TestClient } from './test-client.ts';

let started: StartedSandbox;
let client: TestClient;

before(async () => {
  started = await StartedSandbox.start(['one']);
  ({ client } = started);
});

after(() => started.close());

describe('node ports', () => {
  const path = '/api/v1/namespaces/one/services';

  function service(name: string, ...ports: number[]): JsonObject {
    return {
      metadata: { name },
      spec: {
        type: 'NodePort',
        ports: ports.map((nodePort, index) => ({ name: `p${index}`, port: 80 + index, nodePort })),
      },
    };
  }

  it('that are taken are refused, in a dry run too, and free again after deletion', async () => {
    assert.equal((await client.call('POST', path, service('holder', 30080))).code, 201);
    for (const query of ['', '?dryRun=All']) {
      const refused = await client.call('POST', `${path}${query}`, service('second', 30081, 30080));
      assert.equal(refused.code, 422);
      assert.deepEqual(arrayAt(refused.body, 'details', 'causes'), [
        {
          reason: 'FieldValueInvalid',
          message: 'Invalid value: 30080: provided port is already allocated',
          field: 'spec.ports[1].nodePort',
        },
      ]);
    }
    await client.call('DELETE', `${path}/holder`);
    assert.equal((await client.call('POST', path, service('second', 30080))).code, 201);
  });

  it('outside of the range are refused, but not in a dry run', async () => {
    const refused = await client.call('POST', path, service('outside', 80));
    assert.match(refused.text, /The range of valid ports is 30000-32767/);
    assert.equal((await client.call('POST', `${path}?dryRun=All`, service('outside', 80))).code, 201);
  });
});
