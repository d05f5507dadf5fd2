import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '../../base/secret.ts';
import { CommitMarks, hasMark, withMark } from './commit-mark.ts';
import { decodeCommit, encodeCommit } from './commit-message.ts';

const [key, other] = [new Secret(Buffer.alloc(32, 1)), new Secret(Buffer.alloc(32, 2))];
const person = { name: 'Ann', email: 'ann@example.org' };
const commit = (parent = '', message = 'Save widget a\n\nOperation: save\n') =>
  encodeCommit({ tree: 'a'.repeat(40), parent, author: person, committer: person, seconds: 1, message });

describe('mark of a commit', () => {
  it('is believed with its key, also when that is not the first any more', () => {
    assert.ok(hasMark(withMark(commit(), key), [key]));
    assert.ok(hasMark(withMark(commit(), key), [other, key]));
  });

  it('is not believed with another key, on another commit, or when it is damaged', () => {
    const marked = withMark(commit(), key);
    assert.ok(!hasMark(marked, [other]));
    assert.ok(!hasMark(marked, []));
    assert.ok(!hasMark(commit(), [key]));
    const copied = marked.toString().split('\n').at(-2) ?? '';
    assert.ok(!hasMark(Buffer.concat([commit('b'.repeat(40)), Buffer.from(`${copied}\n`)]), [key]));
    assert.ok(!hasMark(Buffer.concat([marked, Buffer.from(`${copied}\n`)]), [key]));
    assert.ok(!hasMark(Buffer.from(marked.toString().replace('Operation: save', 'Operation: drop')), [key]));
    assert.ok(!hasMark(Buffer.alloc(0), [key]));
  });

  it('is not one of the trailers that are shown', () => {
    const { trailers } = decodeCommit('', withMark(commit(), key));
    assert.deepEqual([...trailers], [['Operation', 'save']]);
  });

  it('cannot be told while the keys are away, and is told when they are back', async () => {
    const { signal } = new AbortController();
    const marks = new CommitMarks(() => Promise.reject(new Error('sealed')));
    assert.equal(await marks.key(signal), undefined);
    assert.equal(await marks.believes(withMark(commit(), key), signal), undefined);
    const back = new CommitMarks(() => Promise.resolve([key]));
    assert.equal(await back.believes(withMark(commit(), key), signal), true);
    assert.equal(await back.believes(commit(), signal), false);
    assert.equal(await new CommitMarks(undefined).believes(commit(), signal), true);
  });
});
