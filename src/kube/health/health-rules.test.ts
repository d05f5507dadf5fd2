import assert from 'node:assert/strict';
import { render } from '../../messages/message.ts';
import { describe, it } from 'node:test';
import { stateOf } from './health-rules.ts';
import type { ObjectState } from './object-state.ts';
import type { KubeObject } from '../../kube-objects/kube-object.ts';
import { podProblem } from './pod-problems.ts';

function object(kind: string, spec: object, status: object | undefined, metadata: object = {}): KubeObject {
  const base = { apiVersion: 'v1', kind, metadata: { name: 'x', generation: 2, ...metadata }, spec };
  return status === undefined ? base : { ...base, status };
}

const observed = { observedGeneration: 2 };
const summary = (given: KubeObject) => {
  const { state, reason } = stateOf(given);
  return reason === '' ? state : `${state} ${reason}`;
};
/** A state with its message in English. */
function inWords(state: ObjectState | undefined) {
  return state && { ...state, message: render(state.message, 'en') };
}

const setBy = (manager: string, fields: object, operation = 'Update') => ({
  managedFields: [{ manager, operation, fieldsV1: { 'f:spec': fields } }],
});

const is = (type: string, status: string, reason = '', message = '') => ({
  conditions: [{ type, status, reason, message }],
});

describe('a workload that runs nothing', () => {
  const none = { ...observed, desiredNumberScheduled: 0 };
  const replicas = { 'f:replicas': {} };
  const nodeSelector = { 'f:template': { 'f:spec': { 'f:nodeSelector': {} } } };
  const somewhere = { template: { spec: { nodeSelector: { no: 'where' } } } };
  const cases: readonly (readonly [string, KubeObject, string])[] = [
    ['without a word of who wants that', object('Deployment', { replicas: 0 }, none), 'Current'],
    ['as declared', object('Deployment', { replicas: 0 }, none, setBy('nautes', replicas, 'Apply')), 'Current'],
    [
      'as a HorizontalPodAutoscaler wants it',
      object('StatefulSet', { replicas: 0 }, none, setBy('kube-controller-manager', replicas)),
      'Current',
    ],
    ['as Flux wants it', object('ReplicaSet', { replicas: 0 }, none, setBy('flux', replicas, 'Apply')), 'Current'],
    [
      'as a hand has scaled it',
      object('Deployment', { replicas: 0 }, none, setBy('kubectl', replicas)),
      'Failed ScaledToZero',
    ],
    [
      'DaemonSet whose node selector is declared',
      object('DaemonSet', somewhere, none, setBy('nautes', nodeSelector, 'Apply')),
      'Current',
    ],
    [
      'DaemonSet with a node selector that was added',
      object('DaemonSet', somewhere, none, setBy('kubectl-patch', nodeSelector)),
      'Failed ScheduledNowhere',
    ],
  ];
  for (const [name, given, expected] of cases) it(name, () => assert.equal(summary(given), expected));
});

describe('state of a workload', () => {
  const full = { ...observed, replicas: 2, updatedReplicas: 2, availableReplicas: 2, readyReplicas: 2 };
  const cases: readonly (readonly [string, KubeObject, string])[] = [
    ['Deployment, all there', object('Deployment', { replicas: 2 }, full), 'Current'],
    ['Deployment without a status', object('Deployment', {}, undefined), 'InProgress Unobserved'],
    [
      'Deployment whose old status still says Available',
      object('Deployment', { replicas: 2 }, { ...full, observedGeneration: 1, ...is('Available', 'True') }),
      'InProgress Unobserved',
    ],
    [
      'Deployment with an old replica left',
      object('Deployment', { replicas: 2 }, { ...full, replicas: 3 }),
      'InProgress Updating',
    ],
    [
      'Deployment half updated',
      object('Deployment', { replicas: 2 }, { ...full, updatedReplicas: 1 }),
      'InProgress Updating',
    ],
    [
      'Deployment not available',
      object('Deployment', { replicas: 2 }, { ...full, availableReplicas: 0 }),
      'InProgress Unavailable',
    ],
    ['Deployment of none', object('Deployment', { replicas: 0 }, observed), 'Current'],
    [
      'Deployment past its deadline',
      object('Deployment', {}, { ...observed, ...is('Progressing', 'False', 'ProgressDeadlineExceeded') }),
      'Failed ProgressDeadlineExceeded',
    ],
    [
      'Deployment that may not create pods',
      object('Deployment', {}, { ...observed, ...is('ReplicaFailure', 'True', 'FailedCreate') }),
      'InProgress FailedCreate',
    ],
    ['StatefulSet, all there', object('StatefulSet', { replicas: 2 }, full), 'Current'],
    [
      'StatefulSet not ready',
      object('StatefulSet', { replicas: 2 }, { ...full, readyReplicas: 1 }),
      'InProgress Unavailable',
    ],
    [
      'StatefulSet not updated',
      object('StatefulSet', { replicas: 2 }, { ...full, updatedReplicas: 1 }),
      'InProgress Updating',
    ],
    [
      'StatefulSet with a partition',
      object(
        'StatefulSet',
        { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
        { ...full, updatedReplicas: 1 },
      ),
      'Current',
    ],
    [
      'DaemonSet, all there',
      object(
        'DaemonSet',
        {},
        { ...observed, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 },
      ),
      'Current',
    ],
    [
      'DaemonSet not everywhere',
      object(
        'DaemonSet',
        {},
        { ...observed, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 2 },
      ),
      'InProgress Unavailable',
    ],
    ['ReplicaSet, all there', object('ReplicaSet', { replicas: 1 }, { ...observed, availableReplicas: 1 }), 'Current'],
    ['Job that runs', object('Job', {}, {}), 'InProgress Running'],
    ['Job that has completed', object('Job', {}, is('Complete', 'True')), 'Current'],
    [
      'Job that has failed',
      object('Job', {}, is('Failed', 'True', 'BackoffLimitExceeded')),
      'Failed BackoffLimitExceeded',
    ],
    ['Pod that is ready', object('Pod', {}, { phase: 'Running', ...is('Ready', 'True') }), 'Current'],
    ['Pod that has failed', object('Pod', {}, { phase: 'Failed' }), 'Failed PodFailed'],
    [
      'anything that is being deleted',
      object('Service', {}, {}, { deletionTimestamp: 'now' }),
      'InProgress Terminating',
    ],
  ];
  it('a workload whose pods are refused for longer than its account may take to come has failed', () => {
    const since = Date.parse('2030-01-01T00:00:00Z');
    const conditions = [
      {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: 'exceeded quota',
        lastTransitionTime: '2030-01-01T00:00:00Z',
      },
    ];
    const refused = object('Deployment', {}, { ...observed, conditions });
    assert.equal(stateOf(refused, since + 10_000).state, 'InProgress');
    assert.deepEqual(inWords(stateOf(refused, since + 20_000)), {
      state: 'Failed',
      reason: 'FailedCreate',
      message: 'exceeded quota',
    });
  });

  for (const [name, given, expected] of cases) {
    it(`${name}: ${expected}`, () => assert.equal(summary(given), expected));
  }
});

describe('state of other objects', () => {
  const cases: readonly (readonly [string, KubeObject, string])[] = [
    ['PersistentVolumeClaim bound', object('PersistentVolumeClaim', {}, { phase: 'Bound' }), 'Current'],
    ['PersistentVolumeClaim pending', object('PersistentVolumeClaim', {}, { phase: 'Pending' }), 'InProgress NotBound'],
    ['Service whose address never comes', object('Service', { type: 'LoadBalancer' }, { loadBalancer: {} }), 'Current'],
    ['CRD established', object('CustomResourceDefinition', {}, is('Established', 'True')), 'Current'],
    ['CRD not established', object('CustomResourceDefinition', {}, {}), 'InProgress NotEstablished'],
    [
      'CRD with taken names',
      object('CustomResourceDefinition', {}, is('NamesAccepted', 'False', 'PluralConflict')),
      'Failed PluralConflict',
    ],
    ['APIService available', object('APIService', {}, is('Available', 'True')), 'Current'],
    [
      'APIService without backend',
      object('APIService', {}, is('Available', 'False', 'MissingEndpoints')),
      'InProgress MissingEndpoints',
    ],
    ['custom resource without conditions', object('Thing', {}, undefined), 'Current'],
    ['custom resource not ready', object('Thing', {}, is('Ready', 'False', 'Waiting')), 'InProgress Waiting'],
    ['custom resource stalled', object('Thing', {}, is('Stalled', 'True', 'Broken')), 'Failed Broken'],
    ['custom resource not observed', object('Thing', {}, { observedGeneration: 1 }), 'InProgress Unobserved'],
  ];
  for (const [name, given, expected] of cases) {
    it(`${name}: ${expected}`, () => assert.equal(summary(given), expected));
  }
});

describe('problems of pods', () => {
  const now = Date.parse('2026-01-01T00:01:00Z');
  const pod = (status: object, created = '2026-01-01T00:00:00Z') =>
    object('Pod', {}, status, { creationTimestamp: created });
  const waiting = (reason: string) =>
    pod({ containerStatuses: [{ name: 'c', state: { waiting: { reason, message: 'm' } } }] });

  it('an unschedulable pod names what is missing, and fails after a while', () => {
    const status = is('PodScheduled', 'False', 'Unschedulable', '0/1 nodes are available');
    assert.deepEqual(inWords(podProblem([pod(status)], now)), {
      state: 'Failed',
      reason: 'Unschedulable',
      message: '0/1 nodes are available',
    });
    assert.equal(podProblem([pod(status, '2026-01-01T00:00:50Z')], now)?.state, 'InProgress');
  });

  it('a crashing container or a missing image fails, a starting one does not', () => {
    for (const reason of ['CrashLoopBackOff', 'ImagePullBackOff', 'CreateContainerConfigError']) {
      assert.deepEqual(inWords(podProblem([waiting(reason)], now)), {
        state: 'Failed',
        reason,
        message: 'container c: m',
      });
    }
    assert.equal(podProblem([waiting('ContainerCreating')], now), undefined);
    assert.equal(podProblem([], now), undefined);
  });

  it('the worst problem of several pods is told', () => {
    const ended = pod({ containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 1, reason: 'Error' } } }] });
    assert.equal(podProblem([ended], now)?.reason, 'Error');
    assert.equal(podProblem([ended, waiting('ErrImagePull')], now)?.reason, 'ErrImagePull');
  });
});
