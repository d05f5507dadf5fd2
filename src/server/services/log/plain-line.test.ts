import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plainLine, safeJsonLine } from './plain-line.ts';

const head = { level: 'warn', time: '2026-01-02T03:04:05.678Z' };

describe('plain log lines', () => {
  it('begin with what they are about and end with the other fields', () => {
    const record = {
      ...head,
      cluster: 'one',
      commit: '0123456789abcdef',
      reason: 'DriftRepaired',
      subject: 'components/traefik',
      count: 2,
      who: 'Ann B',
      msg: 'repaired',
    };
    assert.equal(
      plainLine(record),
      '2026-01-02T03:04:05Z warn  one components/traefik DriftRepaired: repaired  count=2 who="Ann B" commit=0123456789\n',
    );
  });

  it('are indented below where an error has a stack, and never move the cursor', () => {
    const record = { ...head, error: { message: 'x', stack: 'Error: x\n    at \u001b[2J y' }, msg: 'failed \u0007' };
    assert.equal(plainLine(record), '2026-01-02T03:04:05Z warn  failed \\u0007\n  Error: x\n      at \\u001b[2J y\n');
  });
});

describe('log lines of JSON', () => {
  it('are the same values, and never move a cursor or turn the direction of a line', () => {
    const record = { msg: '\u009b2J \u202e \u2028 \u007f \u{e0041}', cluster: '集群' };
    const line = safeJsonLine(`${JSON.stringify(record)}\n`);
    assert.deepEqual(JSON.parse(line), record);
    assert.doesNotMatch(line, /[\u007f-\u009f\u2028\u202e\u{e0041}]|\n./u);
  });
});
