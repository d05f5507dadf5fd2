import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changesBetween } from '../../console/src/data/registration-changes.ts';
import { EMPTY_DRAFT } from '../../console/src/pages/register/cluster-draft.ts';
import { rebased } from '../../console/src/pages/register/draft-rebase.ts';

describe('an edit whose registration is changed meanwhile', () => {
  it('names each field that differs, with both values', () => {
    const before = { name: 'a', primary_domain: 'old.example', without_components: [], paused: null, vcluster: {} };
    const after = {
      name: 'a',
      primary_domain: 'new.example',
      without_components: ['gateway'],
      components_list: { gateway: { additions: { httpNodePort: 30080 } } },
    };
    assert.deepEqual(changesBetween(before, after), [
      { field: 'components_list.gateway.additions.httpNodePort', before: '', after: '30080' },
      { field: 'primary_domain', before: 'old.example', after: 'new.example' },
      { field: 'without_components', before: '', after: 'gateway' },
    ]);
    assert.deepEqual(changesBetween(before, { ...before }), []);
  });

  it('keeps what was changed in the form, and takes the rest from what stands now', () => {
    const began = { ...EMPTY_DRAFT, domain: 'old', address: 'old', settings: { a: '1', b: '1', c: '1' } };
    const draft = { ...began, domain: 'mine', settings: { a: '2', b: '1', c: '1', e: '5' }, takeOver: true };
    const now = { ...began, domain: 'theirs', address: 'theirs', settings: { a: '3', b: '3', d: '4' } };
    assert.deepEqual(rebased(draft, began, now), {
      ...draft,
      domain: 'mine',
      address: 'theirs',
      settings: { a: '2', b: '3', d: '4', e: '5' },
    });
  });
});
