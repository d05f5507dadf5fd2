import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DEFAULTED_FIELDS, isScaledWorkload, scaledWorkloads, withDefaults } from './defaults.ts';
import { formatFieldPath, type FieldPath, valueAtPath } from './field-path.ts';
import { isRecord, type KubeObject } from './kube-object.ts';

function objectOf(name: string, fields: Readonly<Record<string, unknown>>): KubeObject {
  const [kind = '', ...group] = name.split('.');
  const apiVersion = group.join('.') === '' ? 'v1' : `${group.join('.')}/v1`;
  return { apiVersion, kind, metadata: { name: 'one', namespace: 'a' }, ...fields };
}

const scalar = fc.oneof(fc.constantFrom(0, 1, 3, false, true, '', 'Recreate', 'RollingUpdate', null), fc.integer());
const members = [
  'replicas',
  'minReadySeconds',
  'paused',
  'suspend',
  'parallelism',
  'completions',
  'type',
  'minReplicas',
];
const strategy = fc.dictionary(
  fc.constantFrom('type', 'rollingUpdate'),
  fc.oneof(scalar, fc.constant({ partition: 3 })),
);
const spec = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...members), scalar),
    fc.dictionary(fc.constantFrom('strategy', 'updateStrategy'), strategy),
    fc.dictionary(fc.constant('jobTemplate'), fc.record({ spec: fc.dictionary(fc.constant('suspend'), scalar) })),
  )
  .map((parts) => Object.assign({}, ...parts) as Record<string, unknown>);
const someWebhooks = fc.array(fc.dictionary(fc.constantFrom('name', 'failurePolicy'), scalar), { maxLength: 3 });
const anyObject = fc
  .tuple(fc.constantFrom(...Object.keys(DEFAULTED_FIELDS), 'ConfigMap.'), spec, someWebhooks)
  .map(([name, ofSpec, hooks]) => objectOf(name, { spec: ofSpec, webhooks: hooks }));

/** Every value of an object that says something, with its path. */
function leaves(value: unknown, path: FieldPath = []): { path: FieldPath; value: unknown }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, { kind: 'item', index }]));
  if (isRecord(value)) {
    return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, { kind: 'member', name }]));
  }
  return value === null ? [] : [{ path, value }];
}

describe('defaults that are wanted', () => {
  it('never change what an object says, and are filled in once', () => {
    fc.assert(
      fc.property(anyObject, fc.boolean(), (object, isScaled) => {
        const before = JSON.stringify(object);
        const { object: completed, filled } = withDefaults(object, isScaled);
        assert.equal(JSON.stringify(object), before);
        for (const { path, value } of leaves(object)) {
          assert.deepEqual(valueAtPath(completed, path), value, formatFieldPath(path));
        }
        for (const path of filled) assert.notEqual(valueAtPath(completed, path), undefined, formatFieldPath(path));
        assert.deepEqual(withDefaults(completed, isScaled), { object: completed, filled: [] });
      }),
    );
  });

  const filledOf = (name: string, fields: Readonly<Record<string, unknown>>, isScaled = false) =>
    withDefaults(objectOf(name, fields), isScaled).filled.map(formatFieldPath);

  it('an explicit zero stays; a Deployment without replicas wants one, unless an autoscaler decides', () => {
    assert.equal(filledOf('Deployment.apps', { spec: { replicas: 0 } }).includes('spec.replicas'), false);
    assert.equal(filledOf('Deployment.apps', { spec: { replicas: null } }).includes('spec.replicas'), true);
    assert.equal(filledOf('Deployment.apps', { spec: {} }, true).includes('spec.replicas'), false);
  });

  it('a Job that takes its work from a queue gets no completions', () => {
    assert.deepEqual(filledOf('Job.batch', { spec: { parallelism: 3 } }), ['spec.suspend']);
    assert.deepEqual(filledOf('Job.batch', { spec: {} }), ['spec.suspend', 'spec.completions', 'spec.parallelism']);
  });

  it('a strategy that is given gets only what belongs to its type', () => {
    assert.equal(filledOf('Deployment.apps', { spec: { strategy: { type: 'Recreate' } } }).length, 4);
    assert.ok(
      filledOf('DaemonSet.apps', { spec: { updateStrategy: { type: 'RollingUpdate' } } }).includes(
        'spec.updateStrategy.rollingUpdate',
      ),
    );
    assert.deepEqual(filledOf('StatefulSet.apps', { spec: { updateStrategy: { type: 'OnDelete' } } }), [
      'spec.replicas',
      'spec.minReadySeconds',
    ]);
  });

  it('each webhook has its own', () => {
    const webhooks = [{ name: 'a' }, { name: 'b', failurePolicy: 'Ignore' }];
    assert.deepEqual(filledOf('MutatingWebhookConfiguration.admissionregistration.k8s.io', { webhooks }), [
      'webhooks[name=a].failurePolicy',
    ]);
  });

  it('autoscalers name the workloads that they scale', () => {
    const target = (kind: string | undefined, name: string) => ({ spec: { scaleTargetRef: { kind, name } } });
    const scaled = scaledWorkloads([
      objectOf('HorizontalPodAutoscaler.autoscaling', target('StatefulSet', 'one')),
      objectOf('ScaledObject.keda.sh', target(undefined, 'two')),
    ]);
    assert.equal(isScaledWorkload(objectOf('StatefulSet.apps', {}), scaled), true);
    assert.equal(isScaledWorkload(objectOf('Deployment.apps', {}), scaled), false);
    assert.equal(scaled.has('Deployment/a/two'), true);
  });
});
