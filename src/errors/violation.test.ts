import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { action } from '../messages/action.ts';
import { message, render, verbatim } from '../messages/message.ts';
import { reportedViolations, type Violation, violationMetadata, violationsMessage } from './violation.ts';

const missing = message('ClusterInvalid.missing');

function violations(count: number): Violation[] {
  return Array.from({ length: count }, (_, index) => ({
    field: `f${index}`,
    said: missing,
    action: action('CorrectIt'),
  }));
}

describe('violations', () => {
  it('of one field are one entry of the metadata, those of the request as a whole under its own name', () => {
    const all: readonly Violation[] = [...violations(1), { field: 'f0', said: missing }, { field: '', said: missing }];
    assert.deepEqual(violationMetadata(all, 'en'), {
      f0: 'is missing. Correct it.; is missing',
      request: 'is missing',
    });
    assert.deepEqual(violationMetadata(all, 'zh'), { f0: '缺少。请改正。；缺少', request: '缺少' });
  });

  it('are all told when they are a hundred', () => {
    assert.deepEqual(reportedViolations(violations(100)), violations(100));
    assert.equal(Object.keys(violationMetadata(violations(100), 'en')).length, 100);
  });

  it('beyond a hundred are only counted', () => {
    const metadata = violationMetadata(violations(80_000), 'en');
    assert.equal(Object.keys(metadata).length, 101);
    assert.deepEqual([metadata.f99, metadata.f100], ['is missing. Correct it.', undefined]);
    assert.equal(metadata.request, 'and 79900 more');
    assert.match(render(violationsMessage(violations(300)), 'en'), /^f0: is missing; .*f99: is missing; and 200 more$/);
  });

  it('repeat only the beginning of a long text of the request', () => {
    const long = 'x'.repeat(100_000);
    const [told] = reportedViolations([{ field: long, said: verbatim(long) }]);
    assert.match(told?.field ?? '', /^x{100,500}…$/);
    assert.match(render(told?.said ?? missing, 'en'), /^x{100,3000}…$/);
  });
});
