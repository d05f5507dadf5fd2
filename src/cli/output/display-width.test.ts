import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cleanLine } from './clean.ts';
import { cutToWidth, displayWidth, padToWidth, wrapToWidth } from './display-width.ts';
import { formatTable } from './table.ts';

describe('widths on a terminal', () => {
  const cases: readonly (readonly [string, number])[] = [
    ['', 0],
    ['abc', 3],
    ['集群', 4],
    ['集群 one', 8],
    ['（就绪）', 8],
    ['✓ done…', 7],
    ['e\u0301', 1],
    ['👍🏽', 2],
    ['👨‍👩‍👧', 2],
    ['\u200b', 0],
    ['⠋', 1],
  ];
  for (const [text, width] of cases) {
    it(`${JSON.stringify(text)} takes ${width} columns`, () => assert.equal(displayWidth(text), width));
  }

  const anything = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string(),
    fc.constantFrom('集群正在配置中，请稍候。', 'a b 集'),
  );

  it('what is cut or wrapped is never wider than asked for, and loses nothing but spaces', () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 8, max: 40 }), (given, columns) => {
        const text = cleanLine(given);
        assert.ok(displayWidth(cutToWidth(text, columns)) <= columns);
        const lines = wrapToWidth(text, columns);
        for (const line of lines) assert.ok(displayWidth(line) <= columns, JSON.stringify(line));
        assert.equal(lines.join('').replace(/\s/g, ''), text.replace(/\s/g, ''));
      }),
    );
  });

  it('what is padded is as wide as asked for', () => {
    fc.assert(
      fc.property(anything, (given) => {
        const text = cleanLine(given);
        assert.equal(displayWidth(padToWidth(text, 60)), Math.max(60, displayWidth(text)));
      }),
    );
  });
});

describe('tables', () => {
  it('align columns with Chinese text and wrap the last one', () => {
    const rows = [
      ['名称', 'WHAT'],
      ['one', '一段比较长的说明文字，需要换行才能放下'],
    ];
    assert.equal(
      formatTable(rows, { width: 34, indent: '  ' }).join('\n'),
      ['  名称  WHAT', '  one   一段比较长的说明文字，需要', '        换行才能放下'].join('\n'),
    );
    assert.deepEqual(formatTable([['a', 'b'], ['cc']]), ['a   b', 'cc']);
  });

  it('have no cell that makes all others of its column as wide as itself without an end', () => {
    const [long = '', other = ''] = formatTable([
      ['x'.repeat(1_000_000), 'y'.repeat(1_000_000)],
      ['a', 'b'],
    ]);
    assert.ok(long.length < 20_000, `${long.length}`);
    assert.ok(other.length < 300, `${other.length}`);
  });
});
