import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limitsOfSources } from './limits.ts';
import { staleLimitTexts, untoldLimits } from './limits-page.ts';

describe('the page of limits', () => {
  it('has the value of each constant with its unit', async () => {
    const limits = new Map((await limitsOfSources()).map((limit) => [limit.name, limit.value]));
    assert.equal(limits.get('MAXIMUM_PAGE_BYTES'), '16 MiB');
    assert.equal(limits.get('MAXIMUM_RUN_MILLISECONDS'), '5 min');
    assert.equal(limits.get('MAXIMUM_LIST_ITEMS'), '50,000');
  });

  it('says of each limit in both languages what it is about: see limit-texts.ts', async () => {
    assert.deepEqual(await untoldLimits(), []);
  });

  it('says nothing of limits that are gone', async () => {
    assert.deepEqual(await staleLimitTexts(), []);
  });
});
