import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newIncarnation, originalIncarnation, ownIncarnation } from './incarnation.ts';

describe('ownIncarnation', () => {
  it('is the written one in the file that it was created for', () => {
    const written = newIncarnation('one');
    assert.equal(ownIncarnation('one', written), written);
    assert.match(written, /^[A-Za-z0-9][-A-Za-z0-9_.]{0,61}[A-Za-z0-9]$/, 'a label value');
  });

  it('is another, stable one in a file that was renamed or copied', () => {
    const written = newIncarnation('one');
    const renamed = ownIncarnation('two', written);
    assert.notEqual(renamed, written);
    assert.equal(ownIncarnation('two', written), renamed);
    assert.equal(ownIncarnation('two', renamed), renamed, 'also once a save has written it down');
    assert.notEqual(ownIncarnation('three', written), renamed);
    assert.notEqual(ownIncarnation('one', renamed), written, 'renamed back is one more registration');
  });

  it('leaves other ids unchanged', () => {
    for (const written of ['mine', originalIncarnation('one'), '4b44b7b8-5d5d-4e4e-9d9d-0123456789ab']) {
      assert.equal(ownIncarnation('two', written), written);
    }
  });
});
