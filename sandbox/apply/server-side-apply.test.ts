import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { builtinSchema } from './builtin-schemas.ts';
import { fieldPaths } from './field-set.ts';
import {
  ApplyConflictError,
  applyServerSide,
  decodeManagedFields,
  encodeManagedFields,
  type FieldManager,
  type ManagedFieldsEntry,
  type ManagedObject,
  sameManagedFields,
  trackUpdate,
} from './server-side-apply.ts';
import { TypedValueError } from './typed-value.ts';

const DEPLOYMENT = builtinSchema('apps', 'Deployment');
const CONFIG_MAP = builtinSchema('', 'ConfigMap');
const NOW = '2026-01-01T00:00:00Z';

function manager(name: string, operation: FieldManager['operation'] = 'Apply'): FieldManager {
  return { manager: name, operation, apiVersion: 'v1', subresource: '' };
}

interface Live {
  readonly object: JsonObject | undefined;
  readonly managed: readonly ManagedFieldsEntry[];
}

const NOTHING: Live = { object: undefined, managed: [] };

function apply(live: Live, name: string, applied: JsonObject, force = false, schema = CONFIG_MAP): ManagedObject {
  return applyServerSide({
    live: live.object,
    managed: live.managed,
    applied: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, ...applied },
    schema,
    manager: manager(name),
    force,
    now: NOW,
  });
}

function update(live: Live, name: string, change: (object: JsonObject) => JsonObject): ManagedObject {
  const next = change(live.object ?? {});
  const managed = trackUpdate({
    live: live.object,
    next,
    schema: CONFIG_MAP,
    manager: manager(name, 'Update'),
    now: NOW,
    managed: live.managed,
  });
  return { object: next, managed };
}

function owned(live: Live, name: string): string[] {
  return live.managed.filter((entry) => entry.manager === name).flatMap((entry) => fieldPaths(entry.fields));
}

function containers(...items: JsonObject[]): JsonObject {
  return { spec: { template: { spec: { containers: items } } } };
}

function containersOf(object: JsonObject): JsonValue {
  const spec = object['spec'] as { template: { spec: { containers: JsonValue } } };
  return spec.template.spec.containers;
}

const data = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2', '3'));

describe('server-side apply', () => {
  it('owns exactly the fields of the manifest', () => {
    const live = apply(NOTHING, 'one', { metadata: { name: 'a', labels: { l: 'v' } }, data: { a: '1', b: '2' } });
    assert.deepEqual(owned(live, 'one'), ['.metadata.labels.l', '.data.a', '.data.b']);
  });

  it('rejects a change of a field of another manager, naming both', () => {
    const live = apply(NOTHING, 'one', { data: { a: '1' } });
    assert.throws(
      () => apply(live, 'two', { data: { a: '2' } }),
      (error) => {
        assert.ok(error instanceof ApplyConflictError);
        assert.equal(error.message, 'Apply failed with 1 conflict: conflict with "one": .data.a');
        assert.deepEqual(
          error.conflicts.map(({ path }) => path),
          ['.data.a'],
        );
        return true;
      },
    );
  });

  it('lists several conflicts by manager', () => {
    const live = update(apply(NOTHING, 'one', { data: { a: '1' } }), 'kubectl-edit', (object) => ({
      ...object,
      data: { a: '1', b: '2' },
    }));
    assert.throws(() => apply(live, 'two', { data: { a: '9', b: '9' } }), {
      message:
        'Apply failed with 2 conflicts: conflicts with "kubectl-edit" using v1:\n- .data.b\nconflicts with "one":\n- .data.a',
    });
  });

  it('shares a field with equal values, and keeps it until both managers drop it', () => {
    const shared = apply(apply(NOTHING, 'one', { data: { a: '1' } }), 'two', { data: { a: '1' } });
    const left = apply(shared, 'one', {});
    assert.deepEqual(left.object['data'], { a: '1' });
    assert.equal(apply(left, 'two', {}).object['data'], undefined);
  });

  it('takes a field over when forced', () => {
    const live = apply(apply(NOTHING, 'one', { data: { a: '1', b: '1' } }), 'two', { data: { a: '2' } }, true);
    assert.deepEqual(live.object['data'], { a: '2', b: '1' });
    assert.deepEqual(owned(live, 'one'), ['.data.b']);
    assert.deepEqual(owned(live, 'two'), ['.data.a']);
  });

  it('leaves fields that others added alone', () => {
    const first = apply(NOTHING, 'one', { data: { a: '1' } });
    const edited = update(first, 'kubectl-edit', (object) => ({ ...object, data: { a: '1', own: 'x' } }));
    assert.deepEqual(apply(edited, 'one', { data: { a: '2' } }, true).object['data'], { a: '2', own: 'x' });
  });

  it('gives the fields of an object without managers to before-first-apply', () => {
    const live = apply({ object: { metadata: { name: 'a' }, data: { a: '1', b: '1' } }, managed: [] }, 'one', {
      data: { a: '1' },
    });
    assert.deepEqual(owned(live, 'before-first-apply'), ['.data.a', '.data.b']);
    assert.deepEqual(apply(live, 'one', {}).object['data'], { a: '1', b: '1' });
  });

  it('merges containers by name and their ports by number and protocol', () => {
    const own = containers({ name: 'a', image: 'a:1', ports: [{ containerPort: 80 }] });
    const first = apply(NOTHING, 'one', own, false, DEPLOYMENT);
    const sidecar = containers(
      { name: 'sidecar', image: 's:1' },
      { name: 'a', ports: [{ containerPort: 80, protocol: 'UDP' }] },
    );
    const both = apply(first, 'two', sidecar, false, DEPLOYMENT);
    assert.deepEqual(containersOf(both.object), [
      { name: 'sidecar', image: 's:1' },
      { name: 'a', image: 'a:1', ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }] },
    ]);
    const without = apply(both, 'two', containers({ name: 'a' }), false, DEPLOYMENT);
    assert.deepEqual(containersOf(without.object), [{ name: 'a', image: 'a:1', ports: [{ containerPort: 80 }] }]);
  });

  it('removes defaults with the field that they belong to', () => {
    const probe = { name: 'a', livenessProbe: { httpGet: { port: 80 } } };
    const first = apply(NOTHING, 'one', containers(probe), false, DEPLOYMENT);
    const defaulted = containers({ ...probe, livenessProbe: { httpGet: { port: 80 }, periodSeconds: 10 } });
    const live = { object: { ...first.object, ...defaulted }, managed: first.managed };
    const after = apply(live, 'one', containers({ name: 'a' }), false, DEPLOYMENT);
    assert.deepEqual(containersOf(after.object), [{ name: 'a' }]);
  });

  it('replaces atomic values as a whole', () => {
    const schema = builtinSchema('', 'Service');
    const first = apply(NOTHING, 'one', { spec: { selector: { a: '1', b: '2' } } }, false, schema);
    const next = apply(first, 'one', { spec: { selector: { a: '1' } } }, false, schema);
    assert.deepEqual(next.object['spec'], { selector: { a: '1' } });
    assert.deepEqual(owned(next, 'one'), ['.spec.selector']);
  });

  it('joins the finalizers of several managers', () => {
    const withFinalizers = (...finalizers: string[]): JsonObject => ({ metadata: { name: 'a', finalizers } });
    const both = apply(apply(NOTHING, 'one', withFinalizers('x/1')), 'two', withFinalizers('x/2'));
    assert.deepEqual(both.object['metadata'], { name: 'a', finalizers: ['x/1', 'x/2'] });
    assert.deepEqual(apply(both, 'one', {}).object['metadata'], { name: 'a', finalizers: ['x/2'] });
  });

  it('refuses list items that occur twice or lack their key, and fields that do not exist', () => {
    const refuse = (applied: JsonObject): void => {
      assert.throws(() => apply(NOTHING, 'one', applied, false, DEPLOYMENT), TypedValueError);
    };
    refuse(containers({ name: 'a' }, { name: 'a' }));
    refuse(containers({ image: 'a' }));
    refuse({ specification: {} });
  });

  it('writes and reads managedFields without loss', () => {
    const { managed } = apply(NOTHING, 'one', { data: { a: '1' } });
    assert.deepEqual(decodeManagedFields(encodeManagedFields(managed)), managed);
  });

  it('changes nothing when the same manifest is applied again', () => {
    fc.assert(
      fc.property(data, data, (first, second) => {
        const one = apply(NOTHING, 'one', { data: first });
        const two = apply(one, 'two', { data: second }, true);
        const again = apply(two, 'two', { data: second }, true);
        assert.deepEqual(again.object, two.object);
        assert.ok(sameManagedFields(again.managed, two.managed));
      }),
    );
  });

  it('leaves exactly the fields of the last manifest and of the others, whatever was applied before', () => {
    fc.assert(
      fc.property(data, data, data, (foreign, before, after) => {
        const others = apply(NOTHING, 'other', { data: foreign });
        const live = apply(apply(others, 'one', { data: before }, true), 'one', { data: after }, true);
        const kept = Object.fromEntries(
          Object.entries(foreign).filter(([key]) => !(key in before) || before[key] === foreign[key]),
        );
        const expected = { ...kept, ...after };
        assert.deepEqual(live.object['data'] ?? {}, expected);
      }),
    );
  });

  it('conflicts without force exactly when a field of another manager has another value', () => {
    fc.assert(
      fc.property(data, data, (foreign, own) => {
        const live = apply(NOTHING, 'other', { data: foreign });
        const contested = Object.keys(own).filter((key) => key in foreign && foreign[key] !== own[key]);
        try {
          apply(live, 'one', { data: own });
          assert.deepEqual(contested, []);
        } catch (error) {
          assert.ok(error instanceof ApplyConflictError);
          assert.deepEqual(
            error.conflicts.map(({ path }) => path).toSorted(),
            contested.map((key) => `.data.${key}`).toSorted(),
          );
        }
      }),
    );
  });

  it('gives every field of a forced apply one owner of its value', () => {
    fc.assert(
      fc.property(data, data, (first, second) => {
        const live = apply(apply(NOTHING, 'one', { data: first }), 'two', { data: second }, true);
        for (const key of Object.keys(second)) {
          const isShared = first[key] === second[key];
          assert.equal(owned(live, 'one').includes(`.data.${key}`), isShared);
        }
      }),
    );
  });
});
