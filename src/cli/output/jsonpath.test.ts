import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NautesError } from '../../errors/errors.ts';
import { parseJsonPath } from './jsonpath.ts';

const DOCUMENT = {
  items: [
    { name: 'a', phase: 'Ready', ports: [1, 2, 3], labels: { 'x.io/zone': 'eu' } },
    { name: 'b', phase: 'Failed', ports: [], weight: 7 },
  ],
  empty: '',
  none: null,
};

describe('JSONPath as kubectl has it', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['{.items[*].name}', 'a b'],
    ['.items[0].name', 'a'],
    ['items[0].name', 'a'],
    ['{$.items[1].phase}', 'Failed'],
    ['{.items[-1].name}', 'b'],
    ['{.items[0].ports[0:2]}', '1 2'],
    ['{.items[0].ports[-2:]}', '2 3'],
    ['{.items[0].ports[::2]}', '1 3'],
    ['{.items[0].ports}', '[1,2,3]'],
    ['{.items[0].labels.x\\.io/zone}', 'eu'],
    ["{.items[0]['name','phase']}", 'a Ready'],
    ["{.items[0]['labels']}", '{"x.io/zone":"eu"}'],
    ['{.items[?(@.phase=="Ready")].name}', 'a'],
    ["{.items[?(@.phase!='Ready')].name}", 'b'],
    ['{.items[?(@.weight>=7)].name}', 'b'],
    ['{.items[?(@.weight)].name}', 'b'],
    ['{..name}', 'a b'],
    ['{.items[*]..zone}', ''],
    ['{range .items[*]}{.name}{"\\t"}{.phase}{"\\n"}{end}', 'a\tReady\nb\tFailed\n'],
    ['{range .items[*]}{@.name}:{range .ports[*]}<{@}>{end};{end}', 'a:<1><2><3>;b:;'],
    ['names: {.items[*].name}!', 'names: a b!'],
    ['{"{}"}{.empty}{.none}{.missing.too}', '{}'],
    ['{.items[9].name}', ''],
  ];
  for (const [template, expected] of cases) {
    it(`${template} gives ${JSON.stringify(expected)}`, () => {
      assert.equal(parseJsonPath(template).render(DOCUMENT), expected);
    });
  }

  for (const template of ['{.a', '{range .a}', '{end}', '{.a[}', '{.a[b c]}', '{a b}', '{.a[?(x)]}']) {
    it(`${template} is refused with a reason`, () => {
      assert.throws(() => parseJsonPath(template), { reason: 'JsonPathInvalid' });
    });
  }

  it('any text is a template or refused, and rendering one never fails', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '.',
      '[',
      ']',
      '*',
      'range ',
      'end',
      'name',
      '..',
      '?(',
      ')',
      '"',
      '0',
      ':',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        try {
          parseJsonPath(parts.join('')).render(DOCUMENT);
        } catch (error) {
          assert.ok(error instanceof NautesError, String(error));
        }
      }),
    );
  });
});
