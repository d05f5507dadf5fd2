import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Screen } from '../../../test/harness/screen.ts';
import { displayWidth } from '../output/display-width.ts';
import { type Shown, TerminalText } from '../output/terminal-text.ts';
import { type FrameContent, frameLines, type ShownRow } from './frame.ts';
import { LiveView } from './live-view.ts';
import { durationText } from './stopwatch.ts';

const plain = (_: unknown, text: Shown): TerminalText => TerminalText.of(text);
const texts = (lines: readonly TerminalText[]): readonly string[] => lines.map(({ escaped }) => escaped);

function row(changes: Partial<ShownRow> = {}): ShownRow {
  return { mark: 'done', level: 0, label: 'Reachable', note: '', detail: 'it answers', time: '3s', ...changes };
}

function content(rows: readonly ShownRow[]): FrameContent {
  return {
    headline: ['one', 'Ready', '3s'],
    colour: 'green',
    rows,
    summary: (hidden) => `${hidden} hidden`,
    footer: ['hint'],
  };
}

describe('frames', () => {
  it('align labels, notes, details and times', () => {
    const rows = [
      row({ label: '连接集群' }),
      row({ level: 1, label: 'argocd', note: 'v3  33/34', detail: '', time: '12s', mark: 'waiting' }),
      row({ level: 1, label: 'hnc', note: 'v1  1/1', detail: 'here', time: '' }),
    ];
    assert.deepEqual(
      texts(frameLines(content(rows), { columns: 61, rows: 20 }, 0, plain)),
      [
        'one  Ready  3s',
        '✓ 连接集群  it answers                                    3s',
        '○   argocd  v3  33/34                                    12s',
        '✓   hnc     v1  1/1    here',
        'hint',
      ].map((line) => line.trimEnd()),
    );
  });

  it('what a person has to read gets lines of its own, at most three', () => {
    const detail = 'Deployment argocd/argocd-server: a long reason '.repeat(9);
    const lines = texts(frameLines(content([row({ mark: 'failed', detail })]), { columns: 50, rows: 20 }, 0, plain));
    assert.equal(lines.length, 6);
    assert.match(lines[4] ?? '', /…$/);
  });

  it('rows that do not fit are summed up: finished components first', () => {
    const rows = [row(), ...Array.from({ length: 30 }, (_, index) => row({ level: 1, label: `c${index}` })), row()];
    const lines = texts(frameLines(content(rows), { columns: 80, rows: 10 }, 0, plain));
    assert.deepEqual(lines.length, 4);
    assert.match(lines[3] ?? '', /30 hidden/);
  });

  it('are never wider or higher than the window, whatever they hold', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constant('正在等待 Deployment argocd/argocd-server 就绪'),
    );
    const rows = fc.array(
      fc.record({
        mark: fc.constantFrom('done', 'active', 'waiting', 'failed', 'skipped'),
        level: fc.constantFrom(0, 1),
        label: text,
        note: fc.oneof(fc.constantFrom('', 'v1.2.3  10/11'), text),
        detail: text,
        time: fc.constantFrom('', '12s', '1h02m'),
      }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(rows, fc.integer({ min: 20, max: 120 }), fc.integer({ min: 4, max: 40 }), (some, columns, height) => {
        const lines = texts(frameLines(content(some), { columns, rows: height }, 0, plain));
        assert.ok(lines.length < height);
        for (const line of lines) assert.ok(displayWidth(line) < columns, `${columns}: ${JSON.stringify(line)}`);
      }),
    );
  });
});

/** As the line discipline of a terminal passes it on. */
const asTyped = (text: string): string => text.replaceAll('\n', '\r\n');

describe('the live view', () => {
  it('draws each frame over the one before with one write, and nothing when nothing changed', () => {
    const screen = new Screen(40, 10);
    const writes: string[] = [];
    const write = ({ escaped }: TerminalText): void => {
      writes.push(escaped);
      screen.write(asTyped(escaped));
    };
    screen.write('before\r\n');
    const view = new LiveView({ columns: 40, rows: 10, write });
    view.draw(['a long first line', 'second', 'third']);
    view.draw(['short', 'second']);
    view.draw(['short', 'second']);
    assert.equal(writes.length, 2);
    assert.equal(screen.text, 'before\nshort\nsecond');
    assert.equal(screen.isCursorShown, false);
    view.end();
    view.end();
    assert.equal(screen.isCursorShown, true);
    screen.write('after\r\n');
    assert.equal(screen.text, 'before\nshort\nsecond\nafter');
  });

  it('leaves nothing behind when the window becomes narrower and its lines are wrapped anew', () => {
    const screen = new Screen(60, 12);
    let columns = 60;
    const view = new LiveView({
      get columns() {
        return columns;
      },
      rows: 12,
      write: ({ escaped }) => screen.write(asTyped(escaped)),
    });
    screen.write('before\r\n');
    view.draw(['x'.repeat(55), 'y'.repeat(50), 'z']);
    columns = 20;
    screen.resize(20, 12);
    view.draw(['short', 'frame']);
    assert.equal(screen.text, 'before\nshort\nframe');
  });
});

describe('durations', () => {
  it('are short', () => {
    assert.deepEqual([0, 999, 1_000, 59_999, 65_000, 3_599_000, 3_720_000].map(durationText), [
      '',
      '',
      '1s',
      '59s',
      '1m05s',
      '59m59s',
      '1h02m',
    ]);
  });
});
