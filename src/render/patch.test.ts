import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NautesError } from '../errors/errors.ts';
import type { KubeObject } from '../kube-objects/kube-object.ts';
import { mergePatch, patchObjects } from './patch.ts';

const service: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'traefik' },
  spec: {
    type: 'LoadBalancer',
    ports: [
      { name: 'web', port: 80 },
      { name: 'websecure', port: 443 },
    ],
  },
};
const other: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'other' }, spec: { a: 1 } };
const target = { kind: 'Service', name: 'traefik' };

function patched(patch: object, objects: readonly KubeObject[] = [service, other]): KubeObject {
  const [first] = patchObjects(objects, [{ target, ...patch }], 'traefik');
  assert.ok(first);
  return first;
}

function unmatched(patch: object, message: RegExp): void {
  assert.throws(
    () => patched(patch),
    (error) => error instanceof NautesError && error.reason === 'PatchUnmatched' && message.test(error.message),
  );
}

describe('patchObjects', () => {
  it('sets values in elements that are found by a member', () => {
    const result = patched({
      set: [
        { path: 'spec.type', value: 'NodePort' },
        { path: 'spec.ports[name=web].nodePort', value: 30080 },
        { path: 'spec.ports[1].nodePort', value: 30443 },
      ],
    });
    assert.deepEqual(result['spec'], {
      type: 'NodePort',
      ports: [
        { name: 'web', port: 80, nodePort: 30080 },
        { name: 'websecure', port: 443, nodePort: 30443 },
      ],
    });
  });

  it('merges into a YAML document in a text, or in the data of a Secret, and rejects other values', () => {
    const text = 'a: 1\nb: { c: [1, 2] }\n';
    const documents = [{ path: 'data["config.yaml"]', merge: { a: null, b: { c: [3], d: 'x' } } }];
    const merged = 'b:\n  c:\n    - 3\n  d: x\n';
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { 'config.yaml': text } };
    const [first] = patchObjects([map], [{ target: { kind: 'ConfigMap' }, documents }], 'c');
    assert.deepEqual(first?.['data'], { 'config.yaml': merged });
    const encoded = Buffer.from(text).toString('base64');
    const secret = { ...map, kind: 'Secret', data: { 'config.yaml': encoded } };
    const [second] = patchObjects([secret], [{ target: { kind: 'Secret' }, documents }], 'c');
    assert.deepEqual(second?.['data'], { 'config.yaml': Buffer.from(merged).toString('base64') });
    for (const data of [{}, { 'config.yaml': 7 }, { 'config.yaml': 'a: [' }]) {
      assert.throws(
        () => patchObjects([{ ...map, data }], [{ target: { kind: 'ConfigMap' }, documents }], 'c'),
        (error) => error instanceof NautesError && error.reason === 'PatchUnmatched',
      );
    }
  });

  it('sets a value in every element, and under a name with dots', () => {
    const result = patched({
      set: [
        { path: 'spec.ports[*].protocol', value: 'TCP' },
        { path: 'metadata.annotations["a.b/c"]', value: 'x' },
      ],
    });
    assert.deepEqual(result.metadata.annotations, { 'a.b/c': 'x' });
    const { ports } = result['spec'] as { ports: { protocol: string }[] };
    assert.deepEqual(
      ports.map(({ protocol }) => protocol),
      ['TCP', 'TCP'],
    );
  });

  it('rejects a missing element, and creates it with `create`', () => {
    const set = { path: 'spec.ports[name=metrics].port', value: 9100 };
    unmatched({ set: [set] }, /finds no \[name=metrics\] in Service traefik/);
    unmatched({ set: [{ path: 'spec.ports[7].port', value: 1, create: true }] }, /finds no \[7\]/);
    const { ports } = patched({ set: [{ ...set, create: true }] })['spec'] as { ports: unknown[] };
    assert.deepEqual(ports[2], { name: 'metrics', port: 9100 });
  });

  it('appends values that a list does not have', () => {
    const result = patched({ append: [{ path: 'spec.args', values: ['-a', '-b', '-a'] }] });
    const again = patched({ append: [{ path: 'spec.args', values: ['-b', '-c'] }] }, [result]);
    assert.deepEqual((again['spec'] as { args: unknown }).args, ['-a', '-b', '-c']);
  });

  it('merges, then sets, then appends', () => {
    const result = patched({
      merge: { data: { url: 'a', list: ['x'] } },
      set: [{ path: 'data.url', value: 'b' }],
      append: [{ path: 'data.list', values: ['y'] }],
    });
    assert.deepEqual(result['data'], { url: 'b', list: ['x', 'y'] });
  });

  it('keeps untargeted objects as the same instances, and shares the untouched parts of targeted ones', () => {
    const objects = patchObjects([service, other], [{ target, set: [{ path: 'metadata.labels.a', value: 'b' }] }], 'c');
    assert.equal(objects[1], other);
    assert.equal(objects[0]?.['spec'], service['spec']);
    assert.deepEqual(service.metadata, { name: 'traefik' }, 'the source is not changed');
  });

  it('rejects a patch without a target', () => {
    unmatched({ target: { kind: 'Service', name: 'treafik' }, merge: {} }, /finds no Service treafik/);
    unmatched({ target: { kind: 'Service', apiVersion: 'v2' }, merge: {} }, /finds no Service/);
  });

  it('changes every object of a kind when no name is given', () => {
    const objects = patchObjects([service, other], [{ target: { kind: 'Service' }, merge: { a: 1 } }], 'c');
    assert.deepEqual(
      objects.map((object) => object['a']),
      [1, 1],
    );
  });
});

describe('mergePatch', () => {
  it('conforms to the examples of RFC 7396', () => {
    const examples: readonly (readonly [unknown, unknown, unknown])[] = [
      [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
      [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
      [{ a: 'b' }, { a: null }, {}],
      [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
      [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
      [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
      [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
      [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
      [
        ['a', 'b'],
        ['c', 'd'],
        ['c', 'd'],
      ],
      [{ a: 'b' }, ['c'], ['c']],
      [{ a: 'foo' }, 'bar', 'bar'],
      [{ e: null }, { a: 1 }, { e: null, a: 1 }],
      [[1, 2], { a: 'b', c: null }, { a: 'b' }],
      [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    ];
    for (const [before, patch, result] of examples) assert.deepEqual(mergePatch(before, patch), result);
  });

  it('is idempotent, and mutates neither argument', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (before, patch) => {
        const copies = structuredClone([before, patch]);
        const once = mergePatch(before, patch);
        assert.deepEqual(mergePatch(once, patch), once);
        assert.deepEqual([before, patch], copies);
      }),
    );
  });

  it('treats inherited property names like any other', () => {
    const patch = JSON.parse('{"__proto__": {"x": 1}, "constructor": {"y": 2}}') as unknown;
    const result = mergePatch({}, patch);
    assert.equal(JSON.stringify(result), '{"__proto__":{"x":1},"constructor":{"y":2}}');
    assert.equal(({} as { x?: unknown }).x, undefined);
  });
});
