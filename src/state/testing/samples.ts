import { verbatim } from '../../messages/message.ts';
import { action } from '../../messages/action.ts';
import { CLUSTER_KIND, type ClusterKind, clusterRegistration } from '../../resources/cluster/cluster-key.ts';
import type { OffboardingRecord } from '../../resources/cluster/offboarding-record.ts';
import type { Receipt } from '../../resources/cluster/receipt.ts';
import type { NewEvent } from '../../resources/event.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import type { Registration } from '../../resources/resource-key.ts';
import type { ClusterStatus } from '../../resources/cluster/cluster-status.ts';

export function registrationOf(cluster: string, incarnation = 'one'): Registration<ClusterKind> {
  return clusterRegistration({ cluster, incarnation });
}

/** The same name and incarnation under another kind. Nothing describes its documents: those of a cluster stand in. */
export function ofOtherKind<Key extends { readonly kind: ClusterKind }>(key: Key): Key {
  return { ...key, kind: 'Other' as ClusterKind };
}

export function statusOf(name: string, changes: Partial<ClusterStatus> = {}): ClusterStatus {
  return {
    name,
    incarnation: 'one',
    phase: 'Provisioning',
    observedGeneration: 'a blob',
    conditions: [
      {
        type: 'Reachable',
        status: 'False',
        reason: 'Unreachable',
        message: verbatim('ü "quoted" \u2028'),
        action: action('Advice', { text: 'look at it' }),
        lastTransitionTime: '2030-01-01T00:00:00Z',
      },
    ],
    components: [],
    credential: { expiresAt: '', rotatedAt: '' },
    kubernetes: { version: 'v1.36.4', uid: 'a uid' },
    entryPoints: ['https://127.0.1.1:30443'],
    commit: 'a commit',
    ...changes,
  };
}

export function eventOf(name: string, message = ''): NewEvent {
  const text = {
    type: 'Normal',
    reason: 'ComponentReady',
    message: verbatim(message),
    subject: 'components/argocd',
  } as const;
  return { kind: CLUSTER_KIND, name, incarnation: 'one', ...text };
}

export function objectOf(name: string): ObjectReference {
  return { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'argocd', name };
}

export function entryOf(name: string, changes: Partial<InventoryEntry> = {}): InventoryEntry {
  return { ...objectOf(name), component: 'argocd', uid: '', hash: '', revision: '', foreign: false, ...changes };
}

export function offboardingOf(cluster: string, incarnation: string): OffboardingRecord {
  return {
    cluster,
    incarnation,
    apiServer: 'https://127.0.1.1:6443',
    hostCluster: '',
    requestedBy: 'alice',
    requestedAt: '2030-01-01T00:00:00Z',
    requestId: 'a request',
    forced: false,
    commit: '',
    startedAt: '',
  };
}

export function receiptOf(cluster: string, incarnation: string, changes: Partial<Receipt> = {}): Receipt {
  return {
    cluster,
    incarnation,
    apiServer: 'https://127.0.1.1:6443',
    kubernetesUid: 'a uid',
    requestedBy: 'alice',
    requestedAt: '2030-01-01T00:00:00Z',
    completedAt: '2030-01-01T00:01:00Z',
    forced: false,
    outcome: 'Complete',
    commit: 'a commit',
    created: [objectOf('a'), objectOf('b')],
    removed: [objectOf('a')],
    left: [{ ...objectOf('b'), reason: verbatim('it is foreign') }],
    remaining: [],
    ...changes,
  };
}
