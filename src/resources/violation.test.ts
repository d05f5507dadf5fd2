import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reportedViolations, type Violation, violationMetadata } from './violation.ts';

function violations(count: number): Violation[] {
  return Array.from({ length: count }, (_, index) => ({ field: `f${index}`, message: 'wrong', remedy: 'Correct it.' }));
}

describe('violations', () => {
  it('of one field are one entry of the metadata, those of the request as a whole under its own name', () => {
    const [first] = violations(1);
    assert.ok(first);
    assert.deepEqual(violationMetadata([first, { ...first, remedy: '' }, { field: '', message: 'm', remedy: '' }]), {
      f0: 'wrong. Correct it.; wrong',
      request: 'm',
    });
  });

  it('are all told when they are a hundred', () => {
    assert.deepEqual(reportedViolations(violations(100)), violations(100));
    assert.equal(Object.keys(violationMetadata(violations(100))).length, 100);
  });

  it('beyond a hundred are only counted', () => {
    const metadata = violationMetadata(violations(80_000));
    assert.equal(Object.keys(metadata).length, 101);
    assert.deepEqual([metadata.f99, metadata.f100], ['wrong. Correct it.', undefined]);
    assert.equal(metadata.request, 'and 79900 more');
  });

  it('repeat only the beginning of a long text of the request', () => {
    const long = 'x'.repeat(100_000);
    const [told] = reportedViolations([{ field: long, message: `there is no ${long}`, remedy: '' }]);
    assert.match(told?.field ?? '', /^x{100,500}…$/);
    assert.match(told?.message ?? '', /^there is no x{100,3000}…$/);
  });
});
