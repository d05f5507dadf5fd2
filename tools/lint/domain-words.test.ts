import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { domainWordProblems } from './domain-words.ts';

describe('names of the domain', () => {
  it('are refused in src/base, as parts of names too', () => {
    assert.deepEqual(domainWordProblems('src/base/x.ts', 'interface Cluster {}\nconst openVaultStore = 1;'), [
      'src/base/x.ts: Cluster: src/base has no names of the domain (cluster)',
      'src/base/x.ts: openVaultStore: src/base has no names of the domain (vault)',
    ]);
  });

  it('may stand in comments and texts, and in names elsewhere', () => {
    const text = "/** As a Cluster. */\nconst title = 'nautes'; // Vault\nconst path = `vault/${title}`;";
    assert.deepEqual(domainWordProblems('src/base/x.ts', text), []);
    assert.deepEqual(domainWordProblems('src/kube/x.ts', 'interface Cluster {}'), []);
  });

  it('are refused in src/git-store in comments and imports too, and not in its tests', () => {
    const text = "import { clusterFiles } from '../resources/cluster/cluster-files.ts'; // of clusters";
    assert.equal(domainWordProblems('src/git-store/x.ts', text).length, 3);
    assert.deepEqual(domainWordProblems('src/git-store/x.test.ts', text), []);
  });
});
