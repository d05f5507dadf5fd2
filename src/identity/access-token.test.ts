import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Secret } from '../base/secret.ts';
import { generateToken, tokenHash, tokenName, tokenNameProblem } from './access-token.ts';

describe('text of an access token', () => {
  it('contains the name it was created for', () => {
    const names = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,38}[a-z0-9])?$/);
    fc.assert(
      fc.property(names, (name) => {
        assert.equal(tokenNameProblem(name), undefined);
        assert.equal(tokenName(generateToken(name)), name);
      }),
    );
  });

  it('is rejected when any single character of the secret part is changed', () => {
    const text = generateToken('alice').reveal();
    fc.assert(
      fc.property(fc.nat(48), fc.stringMatching(/^[0-9A-Za-z]$/), (fromEnd, character) => {
        const index = text.length - 1 - fromEnd;
        fc.pre(text[index] !== character);
        const changed = `${text.slice(0, index)}${character}${text.slice(index + 1)}`;
        assert.equal(tokenName(new Secret(changed)), undefined);
      }),
      { numRuns: 300 },
    );
  });

  it('is not found in any other text', () => {
    fc.assert(fc.property(fc.string(), (text) => assert.equal(tokenName(new Secret(text)), undefined)));
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, rest) => {
        assert.equal(tokenName(new Secret(`nautes_${name}_${rest}`)), undefined);
      }),
    );
  });

  it('differs each time and so does its hash', () => {
    const [one, two] = [generateToken('a'), generateToken('a')];
    assert.notEqual(one.reveal(), two.reveal());
    assert.notDeepEqual(tokenHash(one), tokenHash(two));
  });
});
