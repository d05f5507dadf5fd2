import assert from 'node:assert/strict';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { it } from 'node:test';
import { parseYaml } from '../../base/yaml.ts';
import { filePath } from '../../resources/repository-layout.ts';
import { commitByHand, fileIn, git, listen, names, noAbort, removeWidget, save, widget } from '../testing/fixtures.ts';
import { widgetFile, widgets } from '../testing/layouts.ts';
import { type ContractBed, KUSTOMIZATION } from '../testing/contract-bed.ts';

/** Commits that others make beside the store. */
export function followsHandCommits(bed: ContractBed): void {
  it('picks up a commit made by hand, announces it and builds on it', async () => {
    const changes = listen(bed.repository);
    const commit = await commitByHand(bed.clone, 'Add by hand\n\nForced: yes', async (checkout) => {
      await writeFile(fileIn(checkout, 'by-hand'), widgetFile(widget('by-hand')));
      await rm(fileIn(checkout, 'patient'));
      await writeFile(join(checkout, 'README.md'), 'Hello');
    });
    await bed.repository.refresh(noAbort);
    assert.deepEqual(changes.flatMap(({ changed }) => changed.of(widgets)).sort(), ['by-hand', 'patient']);
    assert.equal(changes.at(-1)?.descends, true);
    assert.equal(bed.repository.snapshot().commit, commit);
    const info = await bed.repository.lastCommit(widgets, 'by-hand', noAbort);
    assert.equal(info?.id, commit);
    assert.equal(info.trailers.get('Forced'), 'yes');
    assert.equal((await bed.repository.lastCommit(widgets, 'patient', noAbort))?.id, commit);
    await save(bed.repository, 'alpha', '2');
    assert.equal(await bed.show('README.md'), 'Hello');
    assert.ok((await bed.listed()).includes('by-hand.yaml'));
    assert.ok(!(await bed.listed()).includes('patient.yaml'));
  });

  it('loses nothing when people push at the same time', async () => {
    const count = await bed.commits();
    const people = (async () => {
      for (let index = 0; index < 5; index += 1) {
        await commitByHand(bed.clone, `By hand ${index}`, (checkout) =>
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
      await Promise.all([save(bed.repository, 'busy', `${saved}`), save(bed.repository, 'alpha', `busy-${saved}`)]);
      saved += 1;
    }
    await bed.repository.refresh(noAbort);
    const hands = names(bed.repository).filter((name) => name.startsWith('hand-'));
    assert.equal(await bed.commits(), count + 2 * saved + hands.length);
    assert.equal(bed.repository.snapshot().of(widgets).get('busy')?.resource?.revision, `v${saved - 1}`);
    assert.equal(await git(bed.fixture.origin, 'rev-list', '--count', '--merges', 'main'), '0');
  });

  it('keeps labels, fields and kustomization entries of people', async () => {
    await commitByHand(bed.clone, 'Add our own', async (checkout) => {
      const file = fileIn(checkout, 'alpha');
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace('metadata:', 'metadata:\n  labels:\n    team: blue'));
      const kustomization = join(checkout, KUSTOMIZATION);
      const entries = '../base\n- namespace.yaml\n- gone.yaml\n- ./alpha.yaml\n';
      await writeFile(kustomization, `namePrefix: x-\nresources:\n- ${entries}`);
      await writeFile(join(dirname(kustomization), 'namespace.yaml'), 'kind: Namespace');
    });
    await save(bed.repository, 'alpha', '3');
    assert.match(await bed.show(filePath(widgets, 'alpha')), /team: blue/);
    const kustomization = parseYaml(await bed.show(KUSTOMIZATION)) as Record<string, unknown>;
    assert.equal(kustomization['namePrefix'], 'x-');
    const readable = names(bed.repository).filter((name) => name !== 'namespace');
    const files = [...readable, 'namespace'].map((name) => `${name}.yaml`).sort();
    assert.deepEqual(kustomization['resources'], ['../base', ...files]);
  });

  it('lets a bad file degrade itself and nothing else', async () => {
    await commitByHand(bed.clone, 'Add bad files', async (checkout) => {
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
    await bed.repository.refresh(noAbort);
    const present = bed.repository.snapshot().of(widgets);
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
    await save(bed.repository, 'alpha', '4');
    assert.ok(!(await bed.listed()).some((file) => file.startsWith('bad-')));
    for (const name of ['bad-directory', 'bad-link']) await save(bed.repository, name);
    for (const name of ['bad-module', 'bad-yaml']) await removeWidget(bed.repository, name);
    assert.equal(bed.repository.snapshot().of(widgets).get('bad-directory')?.problem, undefined);
    assert.match(await bed.show(filePath(widgets, 'bad-link')), /kind: Widget/);
    assert.doesNotMatch(
      await git(bed.fixture.origin, 'ls-tree', '--name-only', `main:${widgets.directory}`),
      /bad-(module|yaml)/,
    );
  });
}
