import assert from 'node:assert/strict';
import { it } from 'node:test';
import { bucketLeaseName, type Lease } from './lease.ts';
import { LeaseView } from './lease-view.ts';

function bucketLease(holder: string, resourceVersion: string): Lease {
  return {
    name: bucketLeaseName(0),
    role: 'bucket',
    holder,
    epoch: 1,
    renewTime: '',
    annotations: {},
    resourceVersion,
  };
}

it('an answer that is older than what the watch has told does not hide that a bucket is free', () => {
  const view = new LeaseView();
  view.put(bucketLease('one', '9'), 0);
  view.put(bucketLease('', '10'), 1);
  view.putRead(bucketLease('one', '9'), 2);
  assert.equal(view.holderOf(0), '');
  view.putRead(bucketLease('two', '11'), 3);
  assert.equal(view.holderOf(0), 'two');
});

it('a list counts although its versions are lower: the data base was restored', () => {
  const view = new LeaseView();
  view.put(bucketLease('one', '90'), 0);
  view.replaceAll([bucketLease('two', '10')], 1);
  assert.equal(view.holderOf(0), 'two');
});
