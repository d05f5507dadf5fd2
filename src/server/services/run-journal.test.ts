import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { silentLogger } from '../../base/logger.ts';
import { FileRunJournal } from './run-journal.ts';

describe('FileRunJournal', () => {
  let directory: string;
  const open = (): FileRunJournal => new FileRunJournal(join(directory, 'runs'), silentLogger);

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-runs-'));
  });

  after(() => rm(directory, { recursive: true }));

  it('knows the runs that were under way, and none that ended', () => {
    const first = open();
    assert.equal(first.unfinished.size, 0);
    for (const id of ['Cluster/one', 'Cluster/two']) first.began(id);
    first.ended('Cluster/two');
    assert.deepEqual([...open().unfinished], [['Cluster/one', 1]]);
  });

  it('counts unclean ends in a row in which the key had its turn, until a run ends', () => {
    assert.equal(open().unfinished.get('Cluster/one'), 1, 'no turn since');
    const second = open();
    assert.equal(second.unfinished.get('Cluster/one'), 1);
    second.began('Cluster/one');
    const third = open();
    assert.equal(third.unfinished.get('Cluster/one'), 2);
    assert.equal(open().unfinished.get('Cluster/one'), 2);
    third.began('Cluster/one');
    third.ended('Cluster/one');
    third.began('Cluster/one');
    assert.equal(open().unfinished.get('Cluster/one'), 1);
  });

  it('removes files that are none of its own', async () => {
    await writeFile(join(directory, 'runs', '%zz'), 'x');
    open();
    assert.deepEqual(await readdir(join(directory, 'runs')), [Buffer.from('Cluster/one').toString('base64url')]);
  });

  it('does not fail where nothing can be written', async () => {
    await writeFile(join(directory, 'file'), '');
    const journal = new FileRunJournal(join(directory, 'file'), silentLogger);
    journal.began('Cluster/one');
    journal.ended('Cluster/one');
    assert.equal(journal.unfinished.size, 0);
  });
});
