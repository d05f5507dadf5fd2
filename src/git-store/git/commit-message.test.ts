import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { commitMessage, decodeCommit, encodeCommit } from './commit-message.ts';

const person = { name: 'Ann', email: 'ann@example.org' };

function roundTrip(message: string) {
  const commit = {
    tree: '1'.repeat(40),
    parent: '2'.repeat(40),
    author: person,
    committer: person,
    seconds: 1e9,
    message,
  };
  return decodeCommit('3'.repeat(40), encodeCommit(commit));
}

describe('commit message', () => {
  it('gives subject and trailers back whatever their text', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(anything, anything, anything, (subject, value, requestId) => {
        const info = roundTrip(commitMessage({ subject, requestId, trailers: [['Reason', value]] }));
        assert.deepEqual([...info.trailers.keys()], ['Reason', 'Request-Id']);
        assert.doesNotMatch(`${info.subject}${info.trailers.get('Reason')}`, /\p{Cc}/u);
        assert.notEqual(info.subject, '');
      }),
    );
  });

  it('is read with time, parents and author', () => {
    const info = roundTrip('Save widget a\n\nBody\n\nWidget: a\nOperation: save\n');
    assert.equal(info.author, 'Ann');
    assert.equal(info.time, '2001-09-09T01:46:40Z');
    assert.deepEqual(info.parents, ['2'.repeat(40)]);
    assert.deepEqual(Object.fromEntries(info.trailers), { Widget: 'a', Operation: 'save' });
  });

  for (const message of [
    '',
    'Operation: save',
    'Subject\n\nOperation: save\nand more words',
    'Subject\n\nJust words',
  ]) {
    it(`has no trailers when it is ${JSON.stringify(message)}`, () => {
      assert.equal(roundTrip(message).trailers.size, 0);
    });
  }

  it('of a damaged commit is empty instead of an error', () => {
    const info = decodeCommit('3'.repeat(40), Buffer.from('committer x > 99999999999999999 +0000\nauthor\xff'));
    assert.deepEqual([info.tree, info.author, info.subject, info.time], ['', '', '', '1970-01-01T00:00:00Z']);
  });
});
