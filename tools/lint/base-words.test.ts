import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { baseWordProblems } from './base-words.ts';

describe('names of the domain', () => {
  it('are refused in src/base, as parts of names too', () => {
    assert.deepEqual(baseWordProblems('src/base/x.ts', 'interface Cluster {}\nconst openVaultStore = 1;'), [
      'src/base/x.ts: Cluster: src/base has no names of the domain (cluster)',
      'src/base/x.ts: openVaultStore: src/base has no names of the domain (vault)',
    ]);
  });

  it('may stand in comments and texts, and in names elsewhere', () => {
    const text = "/** As a Cluster. */\nconst title = 'nautes'; // Vault\nconst path = `vault/${title}`;";
    assert.deepEqual(baseWordProblems('src/base/x.ts', text), []);
    assert.deepEqual(baseWordProblems('src/kube/x.ts', 'interface Cluster {}'), []);
  });
});
