import { verbatim } from '../../messages/message.ts';
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { filePath } from '../../resources/repository-layout.ts';
import { remove } from '../git-store.ts';
import { git, listen, noAbort, reasonOf, removeWidget, request, save, widget } from '../testing/fixtures.ts';
import { decodeWidget, widgets } from '../testing/layouts.ts';
import type { ContractBed } from '../testing/contract-bed.ts';

/** Saves and removals of resources by requests. */
export function savesFiles(bed: ContractBed): void {
  it('begins with a commit that has an empty kustomization', async () => {
    assert.equal(bed.repository.snapshot().commit, await git(bed.fixture.origin, 'rev-parse', 'main'));
    assert.equal(bed.repository.snapshot().of(widgets).size, 0);
    assert.deepEqual(await bed.listed(), []);
  });

  it('commits a saved resource in its file with the caller as author', async () => {
    const { commit, changed, fileRevisions } = await save(bed.repository, 'alpha');
    assert.equal(changed, true);
    assert.equal(await git(bed.fixture.origin, 'rev-parse', 'main'), commit);
    assert.equal(await git(bed.fixture.origin, 'rev-parse', `main:${filePath(widgets, 'alpha')}`), fileRevisions[0]);
    assert.deepEqual(decodeWidget('alpha', await bed.show(filePath(widgets, 'alpha'))), widget('alpha'));
    assert.deepEqual(await bed.listed(), ['alpha.yaml']);
    const [author, committer] = (await git(bed.fixture.origin, 'log', '-1', '--format=%an <%ae>%n%cn <%ce>')).split(
      '\n',
    );
    assert.equal(author, 'Ann Example <ann@example.org>');
    assert.equal(committer, 'Nautes <nautes@example.org>');
    const trailers = await git(bed.fixture.origin, 'log', '-1', '--format=%(trailers:only)');
    assert.match(trailers, /^Widget: alpha\nOperation: save\nRequest-Id: request-/);
    assert.deepEqual(bed.repository.snapshot().of(widgets).get('alpha'), {
      name: 'alpha',
      fileRevision: fileRevisions[0],
      resource: widget('alpha'),
    });
  });

  it('makes no commit when the file says so already', async () => {
    const [count, { fileRevision = '' } = {}] = [
      await bed.commits(),
      bed.repository.snapshot().of(widgets).get('alpha'),
    ];
    const result = await save(bed.repository, 'alpha');
    assert.deepEqual(result, {
      commit: bed.repository.snapshot().commit,
      changed: false,
      fileRevisions: [fileRevision],
    });
    assert.deepEqual(await removeWidget(bed.repository, 'nobody'), { ...result, fileRevisions: [''] });
    const none = bed.repository.change({ ...request('alpha', () => undefined), decide: () => [] }, noAbort);
    assert.equal((await none).changed, false);
    assert.equal(await bed.commits(), count);
  });

  it('shows the file that a change would write, and changes nothing', async () => {
    const [count, head] = [await bed.commits(), bed.repository.snapshot().commit];
    assert.equal(bed.repository.isCurrent, true);
    const known = bed.repository.preview(widgets, widget('alpha'));
    assert.deepEqual([known.file.trimEnd(), known.changed], [await bed.show(filePath(widgets, 'alpha')), false]);
    const fresh = bed.repository.preview(widgets, widget('unknown'));
    assert.deepEqual([decodeWidget('unknown', fresh.file), fresh.changed], [widget('unknown'), true]);
    assert.throws(() => bed.repository.preview(widgets, widget('No Name')), { reason: 'ClusterFileInvalid' });
    assert.deepEqual([await bed.commits(), bed.repository.snapshot().commit], [count, head]);
  });

  it('removes a resource, remembers the commit, and has it again when it is saved again', async () => {
    await save(bed.repository, 'gone');
    const { commit, fileRevisions } = await removeWidget(bed.repository, 'gone');
    assert.deepEqual(fileRevisions, ['']);
    assert.equal(bed.repository.snapshot().of(widgets).has('gone'), false);
    assert.deepEqual(await bed.listed(), ['alpha.yaml']);
    const info = await bed.repository.lastCommit(widgets, 'gone', noAbort);
    assert.equal(info?.id, commit);
    assert.equal(info.subject, 'Delete widget gone');
    assert.equal(info.author, 'Ann Example');
    assert.equal(info.trailers.get('Widget'), 'gone');
    assert.match(info.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    await save(bed.repository, 'gone');
    await removeWidget(bed.repository, 'gone');
    assert.equal(await bed.repository.lastCommit(widgets, 'never-there', noAbort), undefined);
  });

  it('lets each request see the effect of those before it and refuses only the one that throws', async () => {
    const count = await bed.commits();
    const refuse = () => {
      throw new NautesError('ClusterFileInvalid', { name: 'taken', file: 'x.yaml', problem: verbatim('taken') });
    };
    const exclusive = (revision: string) =>
      request('taken', (present) => (present.has('taken') ? refuse() : widget('taken', revision)));
    const outcomes = await Promise.allSettled([
      bed.repository.change(exclusive('1'), noAbort),
      bed.repository.change(exclusive('2'), noAbort),
      bed.repository.change(
        request('follower', (present) => widget('follower', present.has('taken') ? 'seen' : 'unseen')),
        noAbort,
      ),
      removeWidget(bed.repository, 'taken'),
      bed.repository.change(exclusive('3'), noAbort),
    ]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
    );
    assert.equal(bed.repository.snapshot().of(widgets).get('taken')?.resource?.revision, 'v3');
    assert.equal(bed.repository.snapshot().of(widgets).get('follower')?.resource?.revision, 'vseen');
    assert.equal(await bed.commits(), count + 4);
  });

  it('refuses an edit with a name that is none, and one that nobody could read', async () => {
    const bad = bed.repository.change(
      { ...request('x', () => undefined), decide: () => [remove(widgets, '../x')] },
      noAbort,
    );
    assert.equal(await reasonOf(bad), 'ClusterFileInvalid');
    const huge = { ...widget('huge'), color: 'x'.repeat(70_000) };
    const tooLarge = bed.repository.change(
      request('huge', () => huge),
      noAbort,
    );
    assert.equal(await reasonOf(tooLarge), 'ClusterFileInvalid');
    assert.equal(bed.repository.snapshot().of(widgets).has('huge'), false);
  });

  it('shares a few pushes among many concurrent saves and makes one commit each', async () => {
    const count = await bed.commits();
    const changes = listen(bed.repository);
    const results = await Promise.all(Array.from({ length: 200 }, (_, index) => save(bed.repository, `many-${index}`)));
    assert.equal(new Set(results.map(({ commit }) => commit)).size, 200);
    assert.equal(await bed.commits(), count + 200);
    assert.ok(changes.length <= 5, `${changes.length} pushes`);
    assert.equal(changes.flatMap(({ changed }) => changed.of(widgets)).length, 200);
    assert.ok(
      changes.every((change, index) => change.descends && (index === 0 || change.before === changes[index - 1]?.after)),
    );
    await Promise.all(results.map((_, index) => removeWidget(bed.repository, `many-${index}`)));
  });

  it('keeps hostile texts inside of their place in the commit', async () => {
    await bed.repository.change(
      {
        ...request('hostile', () => widget('hostile')),
        author: { id: 'x', name: 'Eve <root@example.org> 0 +0000\nparent 123', email: 'e>\nve@example.org' },
        subject: 'Save\n\nForced: yes',
        trailers: [
          ['Reason', 'a\nForced: yes\r\u2028b'],
          ['Bad key', 'x'],
          ['Request-Id', 'other'],
        ],
      },
      noAbort,
    );
    const info = await bed.repository.lastCommit(widgets, 'hostile', noAbort);
    assert.deepEqual([...(info?.trailers.keys() ?? [])], ['Reason', 'Request-Id']);
    assert.equal(info?.trailers.get('Reason'), 'a Forced: yes b');
    assert.notEqual(info?.trailers.get('Request-Id'), 'other');
    assert.equal(
      await git(bed.fixture.origin, 'log', '-1', '--format=%an|%ae'),
      'Eve root@example.org 0 +0000 parent 123|eve@example.org',
    );
  });

  it('takes a request out of the queue when its caller gives up', async () => {
    const first = save(bed.repository, 'patient');
    const caller = new AbortController();
    const second = bed.repository.change(
      request('impatient', () => widget('impatient')),
      caller.signal,
    );
    caller.abort(new Error('gone home'));
    await assert.rejects(second, /gone home/);
    await first;
    assert.equal(bed.repository.snapshot().of(widgets).has('impatient'), false);
  });
}
