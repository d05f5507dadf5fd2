import assert from 'node:assert/strict';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { filePath } from '../../resources/repository-layout.ts';
import { put, remove } from '../git-store.ts';
import { commitByHand, git, listen, noAbort, reasonOf, request, save, widget } from '../testing/fixtures.ts';
import { gadgets, widgetFile, widgets } from '../testing/layouts.ts';
import type { ContractBed } from '../testing/contract-bed.ts';

/** Changes of several files, of two kinds. */
export function changesSeveralKinds(bed: ContractBed): void {
  it('commits edits of several files and kinds at once and says which changed', async () => {
    const [count, changes] = [await bed.commits(), listen(bed.repository)];
    const gadget = { ...widget('together'), owner: 'together' };
    const both = { ...request('together', () => undefined) };
    const result = await bed.repository.change(
      {
        ...both,
        decide: () => [
          put(widgets, widget('together')),
          put(gadgets, gadget),
          put(widgets, widget('together-2')),
          remove(gadgets, 'never-there'),
        ],
      },
      noAbort,
    );
    assert.equal(await bed.commits(), count + 1);
    const paths = ['things/production/gadgets/gadget-together.yaml', filePath(widgets, 'together')];
    const revisions = await Promise.all(paths.map((path) => git(bed.fixture.origin, 'rev-parse', `main:${path}`)));
    assert.deepEqual([result.fileRevisions[1], result.fileRevisions[0], result.fileRevisions[3]], [...revisions, '']);
    assert.deepEqual(changes.at(-1)?.changed.of(widgets), ['together', 'together-2']);
    assert.deepEqual(changes.at(-1)?.changed.of(gadgets), ['together']);
    assert.deepEqual(bed.repository.snapshot().of(gadgets).get('together')?.resource, gadget);
    assert.deepEqual(bed.repository.snapshot().of(gadgets).namesBy('owner', 'together'), ['together']);
    assert.deepEqual(bed.repository.snapshot().of(widgets).namesBy('owner', 'together'), []);
    const touched = [
      bed.repository.lastCommit(widgets, 'together-2', noAbort),
      bed.repository.lastCommit(gadgets, 'together', noAbort),
    ];
    assert.deepEqual(
      (await Promise.all(touched)).map((info) => info?.id),
      [result.commit, result.commit],
    );
    const alone = await bed.repository.change(
      { ...both, decide: () => [put(widgets, widget('together', '2')), put(gadgets, gadget)] },
      noAbort,
    );
    assert.deepEqual(changes.at(-1)?.changed.of(gadgets), []);
    assert.equal((await bed.repository.lastCommit(widgets, 'together', noAbort))?.id, alone.commit);
    assert.equal((await bed.repository.lastCommit(gadgets, 'together', noAbort))?.id, result.commit);
  });

  it('carries out no edit of a change when one of them is refused', async () => {
    const [count, head] = [await bed.commits(), bed.repository.snapshot().commit];
    const huge = { ...widget('huge'), color: 'x'.repeat(70_000) };
    const change = {
      ...request('half', () => undefined),
      decide: () => [put(widgets, widget('half')), put(gadgets, huge)],
    };
    assert.equal(await reasonOf(bed.repository.change(change, noAbort)), 'ClusterFileInvalid');
    assert.equal((await save(bed.repository, 'after-half')).changed, true);
    assert.equal(bed.repository.snapshot().of(widgets).has('half'), false);
    assert.equal(await git(bed.fixture.origin, 'ls-tree', 'main', '--', filePath(widgets, 'half')), '');
    assert.deepEqual([await bed.commits(), await git(bed.fixture.origin, 'rev-parse', 'main~1')], [count + 1, head]);
  });

  it('publishes changes of both kinds together, each on the state left by the one before', async () => {
    const count = await bed.commits();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        bed.repository.change(
          {
            ...request('in-turn', () => undefined),
            decide: (resources) => {
              const [from, to] = index % 2 === 0 ? ([widgets, gadgets] as const) : ([gadgets, widgets] as const);
              const revision = Number(resources.of(from).get('in-turn')?.resource?.revision.slice(1) ?? '0');
              return [put(to, widget('in-turn', String(revision + 1)))];
            },
          },
          noAbort,
        ),
      ),
    );
    assert.equal(new Set(results.map(({ commit }) => commit)).size, 20);
    assert.equal(await bed.commits(), count + 20);
    assert.equal(bed.repository.snapshot().of(widgets).get('in-turn')?.resource?.revision, 'v20');
    assert.equal(bed.repository.snapshot().of(gadgets).get('in-turn')?.resource?.revision, 'v19');
  });

  it('reads what others commit to each kind, leaves other files, and removes a directory with its last file', async () => {
    const changes = listen(bed.repository);
    await commitByHand(bed.clone, 'Change gadgets', async (checkout) => {
      const directory = join(checkout, gadgets.directory);
      await writeFile(join(directory, 'gadget-wrong-kind.yaml'), widgetFile(widget('wrong-kind')));
      await writeFile(join(directory, 'other.yaml'), 'x');
      await rm(join(directory, 'gadget-together.yaml'));
    });
    await bed.repository.refresh(noAbort);
    assert.deepEqual(changes.at(-1)?.changed.of(gadgets).toSorted(), ['together', 'wrong-kind']);
    assert.deepEqual(changes.at(-1)?.changed.of(widgets), []);
    const present = bed.repository.snapshot().of(gadgets);
    assert.match(present.get('wrong-kind')?.problem?.message ?? '', /kind must be Gadget/);
    assert.deepEqual([present.has('other'), present.has('together'), present.has('in-turn')], [false, false, true]);
    const all = {
      ...request('all', () => undefined),
      decide: () => [remove(gadgets, 'wrong-kind'), remove(gadgets, 'in-turn')],
    };
    await bed.repository.change(all, noAbort);
    assert.equal(await git(bed.fixture.origin, 'ls-tree', '--name-only', `main:${gadgets.directory}`), 'other.yaml');
    await commitByHand(bed.clone, 'Keep one gadget', async (checkout) => {
      await rename(
        join(checkout, gadgets.directory, 'other.yaml'),
        join(checkout, gadgets.directory, 'gadget-last.yaml'),
      );
    });
    await bed.repository.refresh(noAbort);
    await bed.repository.change({ ...all, decide: () => [remove(gadgets, 'last')] }, noAbort);
    assert.equal(await git(bed.fixture.origin, 'ls-tree', '--name-only', 'main:things/production'), 'widgets');
    await bed.repository.change({ ...all, decide: () => [put(gadgets, widget('back'))] }, noAbort);
    assert.match(await bed.show(filePath(gadgets, 'back')), /kind: Gadget/);
    assert.match((await bed.repository.lastCommit(gadgets, 'last', noAbort))?.subject ?? '', /widget all/);
  });
}
