import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { differences } from './differences.ts';
import {
  expandPath,
  type FieldPath,
  formatFieldPath,
  parseFieldPath,
  withoutPath,
} from '../../kube-objects/field-path.ts';
import { ownersOfField } from '../../kube-objects/managed-fields.ts';
import type { KubeObject, ManagedFieldsEntry } from '../../kube-objects/kube-object.ts';
import { withoutSharedFields } from './shared-fields.ts';

const text = (desired: unknown, live: unknown) => differences(desired, live).map(formatFieldPath);

describe('field paths', () => {
  it('what is written is what is read', () => {
    for (const path of [
      'spec.replicas',
      'spec.ports[name=web].nodePort',
      'webhooks[*].clientConfig.caBundle',
      'args[0]',
      'metadata.annotations["example.test/a"]',
      'data["a.b"].c',
    ]) {
      assert.equal(formatFieldPath(parseFieldPath(path)), path);
    }
  });

  it('what is no path is refused', () => {
    for (const path of ['a[', 'a]', '["', 'a..b[']) assert.throws(() => parseFieldPath(path), /not a field path/, path);
  });

  it('a pattern finds the concrete places, told apart by name where items have names', () => {
    const value = { webhooks: [{ name: 'a', ca: 1 }, { name: 'b' }, { name: 'c', ca: 2 }], args: ['x', 'y'] };
    const found = (pattern: string) => expandPath(value, parseFieldPath(pattern)).map(formatFieldPath);
    assert.deepEqual(found('webhooks[*].ca'), ['webhooks[name=a].ca', 'webhooks[name=c].ca']);
    assert.deepEqual(found('webhooks[name=c].ca'), ['webhooks[name=c].ca']);
    assert.deepEqual(found('args[1]'), ['args[1]']);
    assert.deepEqual(found('missing.field'), []);
  });

  it('taking a place away leaves everything else', () => {
    const value = {
      webhooks: [
        { name: 'a', ca: 1 },
        { name: 'b', ca: 2 },
      ],
      other: [1],
    };
    assert.deepEqual(withoutPath(value, parseFieldPath('webhooks[name=a].ca')), {
      webhooks: [{ name: 'a' }, { name: 'b', ca: 2 }],
      other: [1],
    });
    assert.deepEqual(withoutPath(value, parseFieldPath('webhooks')), { other: [1] });
    assert.deepEqual(withoutPath(value, parseFieldPath('missing.field')), value);
  });
});

describe('differences', () => {
  it('only what is desired counts', () => {
    assert.deepEqual(text({ a: 1 }, { a: 1, b: 2 }), []);
    assert.deepEqual(text({ a: 1, b: { c: 2 } }, { a: 2, b: {} }), ['a', 'b.c']);
  });

  it('items with names are compared by name, additions of others between them are none', () => {
    const desired = {
      containers: [
        { name: 'a', image: '1' },
        { name: 'b', image: '2' },
      ],
    };
    const live = { containers: [{ name: 'sidecar' }, { name: 'b', image: '2' }, { name: 'a', image: '9' }] };
    assert.deepEqual(text(desired, live), ['containers[name=a].image']);
  });

  it('items without names are compared by position, and a list of another length is different', () => {
    assert.deepEqual(text({ args: ['a', 'b'] }, { args: ['a', 'c'] }), ['args[1]']);
    assert.deepEqual(text({ args: ['a'] }, { args: ['a', 'c'] }), ['args']);
  });

  it('what means "not set" equals an absent field', () => {
    const unset = { a: '', b: false, c: 0, d: [], e: {}, f: null, g: { h: { i: '' } } };
    assert.deepEqual(text(unset, {}), []);
    assert.deepEqual(text({ a: false }, { a: true }), ['a']);
  });

  it('a value never differs from itself, and a changed leaf always shows', () => {
    const value = fc.object({ maxDepth: 4, values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(null)] });
    fc.assert(fc.property(value, (object) => assert.deepEqual(differences(object, structuredClone(object)), [])));
    fc.assert(
      fc.property(value, fc.string({ minLength: 1 }), (object, key) => {
        const changed: FieldPath[] = differences({ ...object, [key]: 'wanted' }, { ...object, [key]: 'other' });
        assert.deepEqual(changed, [[{ kind: 'member', name: key }]]);
      }),
    );
  });
});

function managed(
  manager: string,
  fieldsV1: Record<string, unknown>,
  time = '2026-01-01T00:00:00Z',
): ManagedFieldsEntry {
  return { manager, operation: 'Update', time, fieldsV1 };
}

describe('owners of fields', () => {
  const live: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'x',
      managedFields: [
        managed('nautes', { 'f:spec': { 'f:replicas': {} } }),
        managed('autoscaler', { 'f:spec': { 'f:replicas': {} } }),
        managed('injector', {
          'f:spec': { 'f:containers': { 'k:{"name":"main"}': { '.': {}, 'f:image': {} } }, 'f:atomic': {} },
        }),
        managed(
          'late',
          { 'f:spec': { 'f:containers': { 'k:{"name":"main"}': { 'f:image': {} } } } },
          '2026-02-01T00:00:00Z',
        ),
      ],
    },
    spec: { replicas: 3, containers: [{ name: 'main', image: 'i' }], atomic: { a: { b: 1 } } },
  };
  const owners = (path: string) => ownersOfField(live, parseFieldPath(path));

  it('are found through members, keyed items and atomic values, the latest first and never us', () => {
    assert.deepEqual(owners('spec.replicas'), ['autoscaler']);
    assert.deepEqual(owners('spec.containers[name=main].image'), ['late', 'injector']);
    assert.deepEqual(owners('spec.atomic.a.b'), ['injector']);
    assert.deepEqual(owners('spec.paused'), []);
  });

  it('decide which shared fields are left: a controller keeps its own, a person does not unless named', () => {
    const desired: KubeObject = {
      ...live,
      metadata: { name: 'x' },
      spec: { replicas: 1, containers: [{ name: 'main', image: 'j' }] },
    };
    const field = { kind: 'Deployment', path: 'spec.replicas' };
    assert.deepEqual(withoutSharedFields(desired, live, [field])['spec'], {
      containers: [{ name: 'main', image: 'j' }],
    });
    assert.equal(withoutSharedFields(desired, live, [{ ...field, name: 'y' }]), desired);
    const byHand = {
      ...live,
      metadata: { ...live.metadata, managedFields: [managed('kubectl-scale', { 'f:spec': { 'f:replicas': {} } })] },
    };
    assert.deepEqual(withoutSharedFields(desired, byHand, [field]), desired);
    const named = withoutSharedFields(desired, byHand, [{ ...field, owner: 'kubectl-scale' }]);
    assert.deepEqual(named['spec'], { containers: [{ name: 'main', image: 'j' }] });
  });
});
