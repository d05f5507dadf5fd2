import { message } from '../../messages/message.ts';
import assert from 'node:assert/strict';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { filePath } from '../../resources/repository-layout.ts';
import { commitByHand, fileIn, git, listen, noAbort, reasonOf, request, save, widget } from '../testing/fixtures.ts';
import { decodeWidget, widgets } from '../testing/layouts.ts';
import type { ContractBed } from '../testing/contract-bed.ts';

/** Rights, restarts and moves of the branch. */
export function outlivesChanges(bed: ContractBed): void {
  it('asks again for the right to write when a request has waited, and drops only the refused one', async () => {
    await bed.reopen({ authorizationMilliseconds: 0 });
    let asked = 0;
    const allowed = request('allowed', () => widget('allowed'), {
      reauthorize: async () => {
        asked += 1;
      },
    });
    const denied = request('denied', () => widget('denied'), {
      reauthorize: async () => {
        throw new NautesError('NoAuthorization', {
          caller: 'ann',
          action: message('verb.push'),
          missing: message('NoAuthorization.noToken'),
          needed: message('needed.acceptedToken'),
          grant: message('grant.sendToken'),
        });
      },
    });
    const outcomes = [
      bed.repository.change(allowed, noAbort),
      reasonOf(bed.repository.change(denied, noAbort)),
    ] as const;
    assert.equal((await outcomes[0]).changed, true);
    assert.equal(await outcomes[1], 'NoAuthorization');
    assert.equal(asked, 1);
    assert.equal(bed.repository.snapshot().of(widgets).has('denied'), false);
  });

  it('has the same state and history after it was opened again', async () => {
    const [earlier, last] = [bed.repository.snapshot(), await bed.repository.lastCommit(widgets, 'alpha', noAbort)];
    await bed.reopen();
    assert.equal(bed.repository.snapshot().commit, earlier.commit);
    assert.deepEqual(new Map(bed.repository.snapshot().of(widgets)), new Map(earlier.of(widgets)));
    assert.deepEqual(await bed.repository.lastCommit(widgets, 'alpha', noAbort), last);
    assert.equal((await bed.repository.lastCommit(widgets, 'gone', noAbort))?.subject, 'Delete widget gone');
    assert.equal(await bed.repository.lastCommit(widgets, 'never-there', noAbort), undefined);
  });

  it('has the history of a file in pages, and the file before and after each commit', async () => {
    const history = (page: { limit: number; before?: string }, name = 'alpha') =>
      bed.repository.history(widgets, name, page, noAbort);
    const all = await history({ limit: 100 });
    assert.deepEqual(all[0], await bed.repository.lastCommit(widgets, 'alpha', noAbort));
    assert.ok(all.length > 1);
    assert.deepEqual(await history({ limit: 1 }), all.slice(0, 1));
    assert.deepEqual(await history({ limit: 100, before: all[0]?.id ?? '' }), all.slice(1));
    assert.deepEqual(await history({ limit: 100 }, 'never-there'), []);
    const files = async (commit = '', name = 'alpha') => bed.repository.filesAt(widgets, name, commit, noAbort);
    const [last, first] = [await files(all[0]?.id), await files(all.at(-1)?.id)];
    assert.equal(first?.before, undefined);
    assert.notEqual(last?.before, last?.after);
    assert.equal(last?.before, (await files(all[1]?.id))?.after);
    const removal = await bed.repository.lastCommit(widgets, 'gone', noAbort);
    const removed = await files(removal?.id, 'gone');
    assert.ok(removed?.before !== undefined && removed.after === undefined);
    for (const unknown of ['0'.repeat(40), 'main', '-1', '']) assert.equal(await files(unknown), undefined);
  });

  it('can be cloned by any client', async () => {
    await commitByHand(bed.clone, 'Read and write', async (checkout) => {
      const text = await readFile(fileIn(checkout, 'alpha'), 'utf8');
      assert.equal(decodeWidget('alpha', text).revision, 'v4');
      await writeFile(join(checkout, 'README.md'), 'Changed');
    });
    await bed.repository.refresh(noAbort);
  });

  it('refuses to write where a directory became a file, until that is put right', async () => {
    const moved = async (checkout: string) => {
      await rename(join(checkout, 'things'), join(checkout, 'elsewhere'));
      await writeFile(join(checkout, 'things'), 'x');
    };
    await commitByHand(bed.clone, 'Move away', moved);
    await bed.repository.refresh(noAbort);
    assert.equal(bed.repository.snapshot().of(widgets).size, 0);
    assert.equal(await reasonOf(save(bed.repository, 'alpha', '5')), 'ConfigRepoInvalid');
    await commitByHand(bed.clone, 'Move back', async (checkout) => {
      await rm(join(checkout, 'things'));
      await rename(join(checkout, 'elsewhere'), join(checkout, 'things'));
    });
    assert.equal((await save(bed.repository, 'alpha', '5')).changed, true);
  });

  it('announces a rewritten history as one that does not descend', async () => {
    const changes = listen(bed.repository);
    await save(bed.repository, 'forgotten');
    await git(bed.fixture.origin, 'update-ref', 'refs/heads/main', 'main~1');
    await bed.repository.refresh(noAbort);
    assert.equal(changes.at(-1)?.descends, false);
    assert.ok(changes.at(-1)?.changed.of(widgets).includes('forgotten'));
    assert.equal(await bed.repository.lastCommit(widgets, 'forgotten', noAbort), undefined);
    const [lost, kept] = [changes.at(-1)?.before.commit ?? '', changes.at(-1)?.after.commit ?? ''];
    assert.equal(await bed.repository.hasCommit(lost, noAbort), false);
    assert.equal(await bed.repository.hasCommit(kept, noAbort), true);
    assert.equal(await bed.repository.hasCommit('f'.repeat(40), noAbort), false);
    assert.equal((await save(bed.repository, 'forgotten')).changed, true);
    assert.equal(await bed.repository.hasCommit(kept, noAbort), true);
  });

  it('refuses what waits and finishes what runs when it is closed', async () => {
    const changes = Array.from({ length: 20 }, (_, index) => save(bed.repository, `late-${index}`));
    const outcomes = Promise.allSettled(changes);
    await bed.repository.close();
    for (const [index, outcome] of (await outcomes).entries()) {
      const there = await git(bed.fixture.origin, 'ls-tree', 'main', '--', filePath(widgets, `late-${index}`));
      if (outcome.status === 'fulfilled') assert.notEqual(there, '');
      else assert.equal((outcome.reason as NautesError).reason, 'Closing');
    }
    assert.equal(await reasonOf(save(bed.repository, 'too-late')), 'Closing');
  });
}
