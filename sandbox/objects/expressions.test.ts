import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileExpression } from './expressions.ts';

describe('expressions of validation rules', () => {
  const self = { epoch: 3, name: 'a', inner: { b: 'c' } };
  const oldSelf = { epoch: 2, name: 'a' };

  it('are evaluated as CEL evaluates them', () => {
    const cases: readonly (readonly [string, unknown])[] = [
      ['self.epoch >= oldSelf.epoch', true],
      ['oldSelf.epoch > self.epoch', false],
      ["self.name == oldSelf.name && self.inner.b == 'c'", true],
      ['!has(self.receipt) || (!has(self.status) && !has(self.name))', true],
      ['!has(self.name) || has(self.receipt)', false],
      ['size(self.name) == 1', true],
      ['!(self.name != "a")', true],
      ['has(self.inner) && !has(oldSelf.inner)', true],
    ];
    for (const [text, expected] of cases) {
      assert.equal(compileExpression(text)?.evaluate({ self, oldSelf }), expected, text);
    }
  });

  it('say whether they are about the earlier value', () => {
    assert.equal(compileExpression('self.a == oldSelf.a')?.mentions('oldSelf'), true);
    assert.equal(compileExpression("self.a == 'oldSelf'")?.mentions('oldSelf'), false);
  });

  it('are left alone beyond what is understood', () => {
    for (const text of ['self.all(x, x > 0)', 'self.a.matches("b")', 'self.a +', '(self.a', 'self ? 1 : 2']) {
      assert.equal(compileExpression(text), undefined, text);
    }
  });
});
