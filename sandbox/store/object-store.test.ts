import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JsonPool } from './interning.ts';
import { type Change, ObjectStore } from './object-store.ts';
import { objectText, readObject, type StoredObject, storeObject } from './stored-object.ts';

const pool = new JsonPool();
const TYPE = { apiVersion: 'v1', kind: 'ConfigMap' };

function object(store: ObjectStore, name: string): StoredObject {
  const metadata = { name, namespace: 'n', uid: `uid-${name}`, resourceVersion: String(store.nextVersion()) };
  return storeObject(pool, { metadata: { ...metadata, labels: { a: 'b' } }, data: { k: 'v' } }, []);
}

describe('the object store', () => {
  it('lists in the order of names and tells listeners of every change', () => {
    const store = new ObjectStore(10);
    const changes: Change[] = [];
    store.listen((change) => changes.push(change));
    for (const name of ['b', 'a', 'b']) store.put('configmaps', object(store, name));
    const [first] = store.list('configmaps', 'n');
    assert.ok(first);
    store.remove('configmaps', first);
    assert.deepEqual(
      changes.map(({ type, object: { name } }) => `${type} ${name}`),
      ['ADDED b', 'ADDED a', 'MODIFIED b', 'DELETED a'],
    );
    assert.deepEqual(
      store.list('configmaps').map(({ name }) => name),
      ['b'],
    );
  });

  it('returns the changes since a version until they are too many or compacted', () => {
    const store = new ObjectStore(2);
    const start = store.version;
    store.put('configmaps', object(store, 'a'));
    assert.equal(store.changesSince(start)?.length, 1);
    for (const name of ['b', 'c', 'd', 'e', 'f']) store.put('configmaps', object(store, name));
    assert.equal(store.changesSince(start), undefined);
    const late = store.version - 1;
    assert.equal(store.changesSince(late)?.length, 1);
    store.compact();
    assert.equal(store.changesSince(late), undefined);
    assert.deepEqual(store.changesSince(store.version), []);
  });

  it('writes the text of an object without parsing its parts', () => {
    const store = new ObjectStore(2);
    const stored = object(store, 'a');
    assert.deepEqual(JSON.parse(objectText(stored, TYPE)), readObject(stored, TYPE));
  });
});
