import assert from 'node:assert/strict';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NautesError } from '../errors/errors.ts';
import { filePath } from '../resources/repository-layout.ts';
import { parseYaml } from '../base/yaml.ts';
import { type GitStore, put, remove } from './git-store.ts';
import {
  commitByHand,
  fileIn,
  git,
  listen,
  names,
  noAbort,
  reasonOf,
  removeWidget,
  request,
  save,
  widget,
} from './testing/fixtures.ts';
import { gadgets, type Widget, widgetFile, widgets } from './testing/layouts.ts';

const KUSTOMIZATION = `${widgets.directory}/kustomization.yaml`;

function decoded(name: string, text: string): Widget {
  return widgets.decode(name, text).resource;
}

/** An empty repository and the way to open it. */
export interface GitStoreFixture {
  /** The bare repository whose `main` counts. */
  readonly origin: string;
  /** Where people clone from and push to, when it is not that path. */
  readonly clone?: string;
  /** Opens it; one at a time. A request that waits for 0 ms counts as authorised for that long only when asked so. */
  open(options?: { authorizationMilliseconds?: number }): Promise<GitStore>;
  close(): Promise<void>;
}

/** What every implementation of {@link GitStore} does. */
export function describeGitStoreContract(kind: string, create: () => Promise<GitStoreFixture>): void {
  describe(`Git store, ${kind}`, () => {
    let fixture: GitStoreFixture;
    let repository: GitStore;
    before(async () => {
      fixture = await create();
      repository = await fixture.open();
    });
    after(async () => {
      await repository.close();
      const complaints = await git(fixture.origin, 'fsck', '--full', '--strict', '--no-dangling');
      await fixture.close();
      assert.equal(complaints, '');
    });

    const show = (path: string, commit = 'main') => git(fixture.origin, 'show', `${commit}:${path}`);
    const commits = async () => Number(await git(fixture.origin, 'rev-list', '--count', 'main'));
    const listed = async () => (parseYaml(await show(KUSTOMIZATION)) as { resources: string[] }).resources;

    it('begins with a commit that has an empty kustomization', async () => {
      assert.equal(repository.snapshot().commit, await git(fixture.origin, 'rev-parse', 'main'));
      assert.equal(repository.snapshot().of(widgets).size, 0);
      assert.deepEqual(await listed(), []);
    });

    it('commits a saved resource in its file with the caller as author', async () => {
      const { commit, changed, fileRevisions } = await save(repository, 'alpha');
      assert.equal(changed, true);
      assert.equal(await git(fixture.origin, 'rev-parse', 'main'), commit);
      assert.equal(await git(fixture.origin, 'rev-parse', `main:${filePath(widgets, 'alpha')}`), fileRevisions[0]);
      assert.deepEqual(decoded('alpha', await show(filePath(widgets, 'alpha'))), widget('alpha'));
      assert.deepEqual(await listed(), ['alpha.yaml']);
      const [author, committer] = (await git(fixture.origin, 'log', '-1', '--format=%an <%ae>%n%cn <%ce>')).split('\n');
      assert.equal(author, 'Ann Example <ann@example.org>');
      assert.equal(committer, 'Nautes <nautes@example.org>');
      const trailers = await git(fixture.origin, 'log', '-1', '--format=%(trailers:only)');
      assert.match(trailers, /^Widget: alpha\nOperation: save\nRequest-Id: request-/);
      assert.deepEqual(repository.snapshot().of(widgets).get('alpha'), {
        name: 'alpha',
        fileRevision: fileRevisions[0],
        resource: widget('alpha'),
      });
    });

    it('makes no commit when the file says so already', async () => {
      const [count, { fileRevision = '' } = {}] = [await commits(), repository.snapshot().of(widgets).get('alpha')];
      const result = await save(repository, 'alpha');
      assert.deepEqual(result, { commit: repository.snapshot().commit, changed: false, fileRevisions: [fileRevision] });
      assert.deepEqual(await removeWidget(repository, 'nobody'), { ...result, fileRevisions: [''] });
      const none = repository.change({ ...request('alpha', () => undefined), decide: () => [] }, noAbort);
      assert.equal((await none).changed, false);
      assert.equal(await commits(), count);
    });

    it('shows the file that a change would write, and changes nothing', async () => {
      const [count, head] = [await commits(), repository.snapshot().commit];
      assert.equal(repository.isCurrent, true);
      const known = repository.preview(widgets, widget('alpha'));
      assert.deepEqual([known.file.trimEnd(), known.changed], [await show(filePath(widgets, 'alpha')), false]);
      const fresh = repository.preview(widgets, widget('unknown'));
      assert.deepEqual([decoded('unknown', fresh.file), fresh.changed], [widget('unknown'), true]);
      assert.throws(() => repository.preview(widgets, widget('No Name')), { reason: 'ClusterFileInvalid' });
      assert.deepEqual([await commits(), repository.snapshot().commit], [count, head]);
    });

    it('removes a resource, remembers the commit, and has it again when it is saved again', async () => {
      await save(repository, 'gone');
      const { commit, fileRevisions } = await removeWidget(repository, 'gone');
      assert.deepEqual(fileRevisions, ['']);
      assert.equal(repository.snapshot().of(widgets).has('gone'), false);
      assert.deepEqual(await listed(), ['alpha.yaml']);
      const info = await repository.lastCommit(widgets, 'gone', noAbort);
      assert.equal(info?.id, commit);
      assert.equal(info.subject, 'Delete widget gone');
      assert.equal(info.author, 'Ann Example');
      assert.equal(info.trailers.get('Widget'), 'gone');
      assert.match(info.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      await save(repository, 'gone');
      await removeWidget(repository, 'gone');
      assert.equal(await repository.lastCommit(widgets, 'never-there', noAbort), undefined);
    });

    it('lets each request see the effect of those before it and refuses only the one that throws', async () => {
      const count = await commits();
      const refuse = () => {
        throw new NautesError('ClusterFileInvalid', { name: 'taken', problem: 'somebody was faster' });
      };
      const exclusive = (revision: string) =>
        request('taken', (present) => (present.has('taken') ? refuse() : widget('taken', revision)));
      const outcomes = await Promise.allSettled([
        repository.change(exclusive('1'), noAbort),
        repository.change(exclusive('2'), noAbort),
        repository.change(
          request('follower', (present) => widget('follower', present.has('taken') ? 'seen' : 'unseen')),
          noAbort,
        ),
        removeWidget(repository, 'taken'),
        repository.change(exclusive('3'), noAbort),
      ]);
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
      );
      assert.equal(repository.snapshot().of(widgets).get('taken')?.resource?.revision, 'v3');
      assert.equal(repository.snapshot().of(widgets).get('follower')?.resource?.revision, 'vseen');
      assert.equal(await commits(), count + 4);
    });

    it('refuses an edit with a name that is none, and one that nobody could read', async () => {
      const bad = repository.change(
        { ...request('x', () => undefined), decide: () => [remove(widgets, '../x')] },
        noAbort,
      );
      assert.equal(await reasonOf(bad), 'ClusterFileInvalid');
      const huge = { ...widget('huge'), color: 'x'.repeat(70_000) };
      const tooLarge = repository.change(
        request('huge', () => huge),
        noAbort,
      );
      assert.equal(await reasonOf(tooLarge), 'ClusterFileInvalid');
      assert.equal(repository.snapshot().of(widgets).has('huge'), false);
    });

    it('shares a few pushes among many concurrent saves and makes one commit each', async () => {
      const count = await commits();
      const changes = listen(repository);
      const results = await Promise.all(Array.from({ length: 200 }, (_, index) => save(repository, `many-${index}`)));
      assert.equal(new Set(results.map(({ commit }) => commit)).size, 200);
      assert.equal(await commits(), count + 200);
      assert.ok(changes.length <= 5, `${changes.length} pushes`);
      assert.equal(changes.flatMap(({ changed }) => changed.of(widgets)).length, 200);
      assert.ok(
        changes.every(
          (change, index) => change.descends && (index === 0 || change.before === changes[index - 1]?.after),
        ),
      );
      await Promise.all(results.map((_, index) => removeWidget(repository, `many-${index}`)));
    });

    it('keeps hostile texts inside of their place in the commit', async () => {
      await repository.change(
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
      const info = await repository.lastCommit(widgets, 'hostile', noAbort);
      assert.deepEqual([...(info?.trailers.keys() ?? [])], ['Reason', 'Request-Id']);
      assert.equal(info?.trailers.get('Reason'), 'a Forced: yes b');
      assert.notEqual(info?.trailers.get('Request-Id'), 'other');
      assert.equal(
        await git(fixture.origin, 'log', '-1', '--format=%an|%ae'),
        'Eve root@example.org 0 +0000 parent 123|eve@example.org',
      );
    });

    it('takes a request out of the queue when its caller gives up', async () => {
      const first = save(repository, 'patient');
      const caller = new AbortController();
      const second = repository.change(
        request('impatient', () => widget('impatient')),
        caller.signal,
      );
      caller.abort(new Error('gone home'));
      await assert.rejects(second, /gone home/);
      await first;
      assert.equal(repository.snapshot().of(widgets).has('impatient'), false);
    });

    it('picks up a commit made by hand, announces it and builds on it', async () => {
      const changes = listen(repository);
      const commit = await commitByHand(
        fixture.clone ?? fixture.origin,
        'Add by hand\n\nForced: yes',
        async (checkout) => {
          await writeFile(fileIn(checkout, 'by-hand'), widgetFile(widget('by-hand')));
          await rm(fileIn(checkout, 'patient'));
          await writeFile(join(checkout, 'README.md'), 'Hello');
        },
      );
      await repository.refresh(noAbort);
      assert.deepEqual(changes.flatMap(({ changed }) => changed.of(widgets)).sort(), ['by-hand', 'patient']);
      assert.equal(changes.at(-1)?.descends, true);
      assert.equal(repository.snapshot().commit, commit);
      const info = await repository.lastCommit(widgets, 'by-hand', noAbort);
      assert.equal(info?.id, commit);
      assert.equal(info.trailers.get('Forced'), 'yes');
      assert.equal((await repository.lastCommit(widgets, 'patient', noAbort))?.id, commit);
      await save(repository, 'alpha', '2');
      assert.equal(await show('README.md'), 'Hello');
      assert.ok((await listed()).includes('by-hand.yaml'));
      assert.ok(!(await listed()).includes('patient.yaml'));
    });

    it('loses nothing when people push at the same time', async () => {
      const count = await commits();
      const people = (async () => {
        for (let index = 0; index < 5; index += 1) {
          await commitByHand(fixture.clone ?? fixture.origin, `By hand ${index}`, (checkout) =>
            writeFile(fileIn(checkout, `hand-${index}`), widgetFile(widget(`hand-${index}`))),
          ).catch(() => undefined); // people lose races too
        }
      })();
      const state = { done: false };
      void people.then(() => {
        state.done = true;
      });
      let saved = 0;
      while (!state.done) {
        await Promise.all([save(repository, 'busy', `${saved}`), save(repository, 'alpha', `busy-${saved}`)]);
        saved += 1;
      }
      await repository.refresh(noAbort);
      const hands = names(repository).filter((name) => name.startsWith('hand-'));
      assert.equal(await commits(), count + 2 * saved + hands.length);
      assert.equal(repository.snapshot().of(widgets).get('busy')?.resource?.revision, `v${saved - 1}`);
      assert.equal(await git(fixture.origin, 'rev-list', '--count', '--merges', 'main'), '0');
    });

    it('keeps labels, fields and kustomization entries of people', async () => {
      await commitByHand(fixture.clone ?? fixture.origin, 'Add our own', async (checkout) => {
        const file = fileIn(checkout, 'alpha');
        const text = await readFile(file, 'utf8');
        await writeFile(file, text.replace('metadata:', 'metadata:\n  labels:\n    team: blue'));
        const kustomization = join(checkout, KUSTOMIZATION);
        const entries = '../base\n- namespace.yaml\n- gone.yaml\n- ./alpha.yaml\n';
        await writeFile(kustomization, `namePrefix: x-\nresources:\n- ${entries}`);
        await writeFile(join(dirname(kustomization), 'namespace.yaml'), 'kind: Namespace');
      });
      await save(repository, 'alpha', '3');
      assert.match(await show(filePath(widgets, 'alpha')), /team: blue/);
      const kustomization = parseYaml(await show(KUSTOMIZATION)) as Record<string, unknown>;
      assert.equal(kustomization['namePrefix'], 'x-');
      const readable = names(repository).filter((name) => name !== 'namespace');
      const files = [...readable, 'namespace'].map((name) => `${name}.yaml`).sort();
      assert.deepEqual(kustomization['resources'], ['../base', ...files]);
    });

    it('lets a bad file degrade itself and nothing else', async () => {
      await commitByHand(fixture.clone ?? fixture.origin, 'Add bad files', async (checkout) => {
        const write = (name: string, content: string | Buffer) => writeFile(fileIn(checkout, name), content);
        await write('bad-yaml', 'a: [');
        await write('bad-huge', `#${'x'.repeat(1_000_000)}`);
        await write('bad-bytes', Buffer.from([0xff, 0xfe, 0x00]));
        await write('bad-kind', 'kind: Secret');
        await write('bad-name', widgetFile(widget('other-name')));
        await write('Not_A_Name', 'x');
        await symlink('/etc/passwd', fileIn(checkout, 'bad-link'));
        await mkdir(fileIn(checkout, 'bad-directory'));
        await writeFile(join(fileIn(checkout, 'bad-directory'), 'x'), 'x');
        await git(
          checkout,
          'update-index',
          '--add',
          '--cacheinfo',
          `160000,${'1'.repeat(40)},${filePath(widgets, 'bad-module')}`,
        );
        await mkdir(fileIn(checkout, 'bad-module'));
      });
      await repository.refresh(noAbort);
      const present = repository.snapshot().of(widgets);
      const problems = new Map([...present].map(([name, { problem }]) => [name, problem?.message ?? '']));
      assert.match(problems.get('bad-yaml') ?? '', /line 1/);
      assert.match(problems.get('bad-huge') ?? '', /larger than 65536 bytes/);
      assert.match(problems.get('bad-bytes') ?? '', /not UTF-8/);
      assert.match(problems.get('bad-kind') ?? '', /kind must be Widget/);
      assert.match(problems.get('bad-name') ?? '', /metadata\.name/);
      assert.match(problems.get('bad-link') ?? '', /a symbolic link/);
      assert.match(problems.get('bad-directory') ?? '', /a directory/);
      assert.match(problems.get('bad-module') ?? '', /a submodule/);
      assert.ok(!present.has('Not_A_Name'));
      assert.equal(problems.get('alpha'), '');
      await save(repository, 'alpha', '4');
      assert.ok(!(await listed()).some((file) => file.startsWith('bad-')));
      for (const name of ['bad-directory', 'bad-link']) await save(repository, name);
      for (const name of ['bad-module', 'bad-yaml']) await removeWidget(repository, name);
      assert.equal(repository.snapshot().of(widgets).get('bad-directory')?.problem, undefined);
      assert.match(await show(filePath(widgets, 'bad-link')), /kind: Widget/);
      assert.doesNotMatch(
        await git(fixture.origin, 'ls-tree', '--name-only', `main:${widgets.directory}`),
        /bad-(module|yaml)/,
      );
    });

    it('commits edits of several files and kinds at once and says which changed', async () => {
      const [count, changes] = [await commits(), listen(repository)];
      const gadget = { ...widget('together'), owner: 'together' };
      const both = { ...request('together', () => undefined) };
      const result = await repository.change(
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
      assert.equal(await commits(), count + 1);
      const paths = ['things/production/gadgets/gadget-together.yaml', filePath(widgets, 'together')];
      const revisions = await Promise.all(paths.map((path) => git(fixture.origin, 'rev-parse', `main:${path}`)));
      assert.deepEqual([result.fileRevisions[1], result.fileRevisions[0], result.fileRevisions[3]], [...revisions, '']);
      assert.deepEqual(changes.at(-1)?.changed.of(widgets), ['together', 'together-2']);
      assert.deepEqual(changes.at(-1)?.changed.of(gadgets), ['together']);
      assert.deepEqual(repository.snapshot().of(gadgets).get('together')?.resource, gadget);
      assert.deepEqual(repository.snapshot().of(gadgets).namesBy('owner', 'together'), ['together']);
      assert.deepEqual(repository.snapshot().of(widgets).namesBy('owner', 'together'), []);
      const touched = [
        repository.lastCommit(widgets, 'together-2', noAbort),
        repository.lastCommit(gadgets, 'together', noAbort),
      ];
      assert.deepEqual(
        (await Promise.all(touched)).map((info) => info?.id),
        [result.commit, result.commit],
      );
      const alone = await repository.change(
        { ...both, decide: () => [put(widgets, widget('together', '2')), put(gadgets, gadget)] },
        noAbort,
      );
      assert.deepEqual(changes.at(-1)?.changed.of(gadgets), []);
      assert.equal((await repository.lastCommit(widgets, 'together', noAbort))?.id, alone.commit);
      assert.equal((await repository.lastCommit(gadgets, 'together', noAbort))?.id, result.commit);
    });

    it('carries out no edit of a change when one of them is refused', async () => {
      const [count, head] = [await commits(), repository.snapshot().commit];
      const huge = { ...widget('huge'), color: 'x'.repeat(70_000) };
      const change = {
        ...request('half', () => undefined),
        decide: () => [put(widgets, widget('half')), put(gadgets, huge)],
      };
      assert.equal(await reasonOf(repository.change(change, noAbort)), 'ClusterFileInvalid');
      assert.equal((await save(repository, 'after-half')).changed, true);
      assert.equal(repository.snapshot().of(widgets).has('half'), false);
      assert.equal(await git(fixture.origin, 'ls-tree', 'main', '--', filePath(widgets, 'half')), '');
      assert.deepEqual([await commits(), await git(fixture.origin, 'rev-parse', 'main~1')], [count + 1, head]);
    });

    it('publishes changes of both kinds together, each on the state left by the one before', async () => {
      const count = await commits();
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          repository.change(
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
      assert.equal(await commits(), count + 20);
      assert.equal(repository.snapshot().of(widgets).get('in-turn')?.resource?.revision, 'v20');
      assert.equal(repository.snapshot().of(gadgets).get('in-turn')?.resource?.revision, 'v19');
    });

    it('reads what others commit to each kind, leaves other files, and removes a directory with its last file', async () => {
      const changes = listen(repository);
      await commitByHand(fixture.clone ?? fixture.origin, 'Change gadgets', async (checkout) => {
        const directory = join(checkout, gadgets.directory);
        await writeFile(join(directory, 'gadget-wrong-kind.yaml'), widgetFile(widget('wrong-kind')));
        await writeFile(join(directory, 'other.yaml'), 'x');
        await rm(join(directory, 'gadget-together.yaml'));
      });
      await repository.refresh(noAbort);
      assert.deepEqual(changes.at(-1)?.changed.of(gadgets).toSorted(), ['together', 'wrong-kind']);
      assert.deepEqual(changes.at(-1)?.changed.of(widgets), []);
      const present = repository.snapshot().of(gadgets);
      assert.match(present.get('wrong-kind')?.problem?.message ?? '', /kind must be Gadget/);
      assert.deepEqual([present.has('other'), present.has('together'), present.has('in-turn')], [false, false, true]);
      const all = {
        ...request('all', () => undefined),
        decide: () => [remove(gadgets, 'wrong-kind'), remove(gadgets, 'in-turn')],
      };
      await repository.change(all, noAbort);
      assert.equal(await git(fixture.origin, 'ls-tree', '--name-only', `main:${gadgets.directory}`), 'other.yaml');
      await commitByHand(fixture.clone ?? fixture.origin, 'Keep one gadget', async (checkout) => {
        await rename(
          join(checkout, gadgets.directory, 'other.yaml'),
          join(checkout, gadgets.directory, 'gadget-last.yaml'),
        );
      });
      await repository.refresh(noAbort);
      await repository.change({ ...all, decide: () => [remove(gadgets, 'last')] }, noAbort);
      assert.equal(await git(fixture.origin, 'ls-tree', '--name-only', 'main:things/production'), 'widgets');
      await repository.change({ ...all, decide: () => [put(gadgets, widget('back'))] }, noAbort);
      assert.match(await show(filePath(gadgets, 'back')), /kind: Gadget/);
      assert.match((await repository.lastCommit(gadgets, 'last', noAbort))?.subject ?? '', /widget all/);
    });

    it('asks again for the right to write when a request has waited, and drops only the refused one', async () => {
      await repository.close();
      repository = await fixture.open({ authorizationMilliseconds: 0 });
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
            action: 'write',
            missing: '',
            needed: '',
            grant: '',
          });
        },
      });
      const outcomes = [repository.change(allowed, noAbort), reasonOf(repository.change(denied, noAbort))] as const;
      assert.equal((await outcomes[0]).changed, true);
      assert.equal(await outcomes[1], 'NoAuthorization');
      assert.equal(asked, 1);
      assert.equal(repository.snapshot().of(widgets).has('denied'), false);
    });

    it('has the same state and history after it was opened again', async () => {
      const [earlier, last] = [repository.snapshot(), await repository.lastCommit(widgets, 'alpha', noAbort)];
      await repository.close();
      repository = await fixture.open();
      assert.equal(repository.snapshot().commit, earlier.commit);
      assert.deepEqual(new Map(repository.snapshot().of(widgets)), new Map(earlier.of(widgets)));
      assert.deepEqual(await repository.lastCommit(widgets, 'alpha', noAbort), last);
      assert.equal((await repository.lastCommit(widgets, 'gone', noAbort))?.subject, 'Delete widget gone');
      assert.equal(await repository.lastCommit(widgets, 'never-there', noAbort), undefined);
    });

    it('can be cloned by any client', async () => {
      await commitByHand(fixture.clone ?? fixture.origin, 'Read and write', async (checkout) => {
        const text = await readFile(fileIn(checkout, 'alpha'), 'utf8');
        assert.equal(decoded('alpha', text).revision, 'v4');
        await writeFile(join(checkout, 'README.md'), 'Changed');
      });
      await repository.refresh(noAbort);
    });

    it('refuses to write where a directory became a file, until that is put right', async () => {
      const moved = async (checkout: string) => {
        await rename(join(checkout, 'things'), join(checkout, 'elsewhere'));
        await writeFile(join(checkout, 'things'), 'x');
      };
      await commitByHand(fixture.clone ?? fixture.origin, 'Move away', moved);
      await repository.refresh(noAbort);
      assert.equal(repository.snapshot().of(widgets).size, 0);
      assert.equal(await reasonOf(save(repository, 'alpha', '5')), 'ConfigRepoInvalid');
      await commitByHand(fixture.clone ?? fixture.origin, 'Move back', async (checkout) => {
        await rm(join(checkout, 'things'));
        await rename(join(checkout, 'elsewhere'), join(checkout, 'things'));
      });
      assert.equal((await save(repository, 'alpha', '5')).changed, true);
    });

    it('announces a rewritten history as one that does not descend', async () => {
      const changes = listen(repository);
      await save(repository, 'forgotten');
      await git(fixture.origin, 'update-ref', 'refs/heads/main', 'main~1');
      await repository.refresh(noAbort);
      assert.equal(changes.at(-1)?.descends, false);
      assert.ok(changes.at(-1)?.changed.of(widgets).includes('forgotten'));
      assert.equal(await repository.lastCommit(widgets, 'forgotten', noAbort), undefined);
      const [lost, kept] = [changes.at(-1)?.before.commit ?? '', changes.at(-1)?.after.commit ?? ''];
      assert.equal(await repository.hasCommit(lost, noAbort), false);
      assert.equal(await repository.hasCommit(kept, noAbort), true);
      assert.equal(await repository.hasCommit('f'.repeat(40), noAbort), false);
      assert.equal((await save(repository, 'forgotten')).changed, true);
      assert.equal(await repository.hasCommit(kept, noAbort), true);
    });

    it('refuses what waits and finishes what runs when it is closed', async () => {
      const changes = Array.from({ length: 20 }, (_, index) => save(repository, `late-${index}`));
      const outcomes = Promise.allSettled(changes);
      await repository.close();
      for (const [index, outcome] of (await outcomes).entries()) {
        const there = await git(fixture.origin, 'ls-tree', 'main', '--', filePath(widgets, `late-${index}`));
        if (outcome.status === 'fulfilled') assert.notEqual(there, '');
        else assert.equal((outcome.reason as NautesError).reason, 'Closing');
      }
      assert.equal(await reasonOf(save(repository, 'too-late')), 'Closing');
    });
  });
}
