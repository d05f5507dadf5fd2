import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { message } from '../../messages/message.ts';
import type { ComponentStatus } from '../../resources/cluster/cluster-status.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import { heldObjects } from './held-object.ts';

const object = (name: string) => ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'argocd', name });

const entry = (name: string, uid = name, component = 'argocd'): InventoryEntry => ({
  ...object(name),
  component,
  uid,
  hash: '',
  revision: '',
  foreign: false,
});

const component = (changes: Partial<Pick<ComponentStatus, 'phase' | 'objects' | 'unready'>> = {}): ComponentStatus => ({
  name: 'argocd',
  category: 'deployment',
  namespace: 'argocd',
  version: '1',
  phase: 'Ready',
  reason: 'Healthy',
  message: message('Missing'),
  objects: { total: 3, ready: 3 },
  advisories: [],
  ...changes,
});

const broken = { object: object('server'), reason: 'ImagePullBackOff', message: message('Missing') };
const looks = (entries: readonly InventoryEntry[], status: ComponentStatus) =>
  heldObjects(entries, [status]).map(({ look }) => (typeof look === 'object' ? look.reason : look));

describe('held objects', () => {
  const all = [entry('server'), entry('repo'), entry('new', '')];

  it('were ready where their component was, but for those that are only intended', () => {
    assert.deepEqual(looks(all, component()), ['ready', 'ready', undefined]);
  });

  it('have the reason of the last look where they were not ready; the others were ready where all of these are named', () => {
    const phase = 'Degraded';
    const named = component({ phase, objects: { total: 2, ready: 1 }, unready: [broken] });
    assert.deepEqual(looks(all, named), ['ImagePullBackOff', 'ready', undefined]);
    const cut = component({ phase, objects: { total: 40, ready: 10 }, unready: [broken] });
    assert.deepEqual(looks(all, cut), ['ImagePullBackOff', undefined, undefined]);
  });

  it('are not known where the last look did not get to them, or their component has no status', () => {
    assert.deepEqual(looks(all, component({ phase: 'Degraded' })), [undefined, undefined, undefined]);
    assert.deepEqual(looks([entry('account', 'a', 'access')], component()), [undefined]);
  });
});
