import { after, before, describe } from 'node:test';
import { ContractBed, type GitStoreFixture } from './testing/contract-bed.ts';
import { followsHandCommits } from './contract/hand-commits.contract.ts';
import { outlivesChanges } from './contract/lifecycle.contract.ts';
import { savesFiles } from './contract/saves.contract.ts';
import { changesSeveralKinds } from './contract/several-kinds.contract.ts';

/** What every implementation of `GitStore` does. The parts share one repository, each begins with what those before it left. */
export function describeGitStoreContract(kind: string, create: () => Promise<GitStoreFixture>): void {
  describe(`Git store, ${kind}`, () => {
    const bed = new ContractBed(create);
    before(() => bed.open());
    after(() => bed.close());
    savesFiles(bed);
    followsHandCommits(bed);
    changesSeveralKinds(bed);
    outlivesChanges(bed);
  });
}
