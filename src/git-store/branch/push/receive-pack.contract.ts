import assert from 'node:assert/strict';
import { chmod, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { run } from '../../../base/programs/process.ts';
import { sleep } from '../../../base/async/timing.ts';
import type { GitCredentials } from '../remote/remote-access.ts';
import { RemoteFailure } from '../remote/git-report.ts';
import { git, noAbort, temporaryDirectory } from '../../testing/fixtures.ts';
import type { Push } from './push-conversation.ts';
import type { ReceivePack } from './receive-pack.ts';

const MAIN = 'refs/heads/main';

export interface ReceivePackFixture {
  /** Opens the way to a bare repository below the root. */
  open(repository: string): ReceivePack;
  readonly credentials: GitCredentials | undefined;
  close(): Promise<void>;
}

/** A commit of its own, with a pack of what came with it. */
export async function commitOn(origin: string, parent: string, message: string): Promise<Push> {
  const content = await run('git', ['hash-object', '-w', '--stdin'], { directory: origin, input: `${message}\n` });
  const entry = `100644 blob ${content.stdout.toString().trim()}\tfile\n`;
  const tree = await run('git', ['mktree'], { directory: origin, input: entry });
  const parents = parent === '' ? [] : ['-p', parent];
  const commit = await git(origin, 'commit-tree', ...parents, '-m', message, tree.stdout.toString().trim());
  const revisions = `${commit}\n${parent === '' ? '' : `^${parent}\n`}`;
  const packed = await run('git', ['pack-objects', '--revs', '--stdout', '--quiet'], {
    directory: origin,
    input: revisions,
  });
  assert.equal(packed.code, 0, packed.stderr);
  return { reference: MAIN, before: parent, after: commit, pack: packed.stdout };
}

async function commitOf(repository: string, reference = MAIN): Promise<string> {
  return git(repository, 'for-each-ref', '--format=%(objectname)', reference);
}

async function hook(repository: string, name: string, script: string): Promise<void> {
  const file = join(repository, 'hooks', name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

/** What everything that takes pushes must do. */
export function describeReceivePackContract(kind: string, start: (root: string) => Promise<ReceivePackFixture>): void {
  describe(`taking pushes ${kind}`, () => {
    let root = '';
    let fixture: ReceivePackFixture;
    let count = 0;
    /** Where commits are made. */
    let workshop = '';
    /** What is pushed to, with a commit on `main`. */
    let origin = '';
    let receivePack: ReceivePack;
    let first: Push;

    before(async () => {
      root = await temporaryDirectory();
      workshop = join(root, 'workshop.git');
      await git(root, 'init', '--quiet', '--bare', workshop);
      first = await commitOn(workshop, '', 'First');
      fixture = await start(root);
    });
    beforeEach(async (context) => {
      count += 1;
      const name = `origin-${count}.git`;
      origin = join(root, name);
      await git(root, 'init', '--quiet', '--bare', '--initial-branch=main', origin);
      const opened = fixture.open(name);
      receivePack = opened;
      assert.equal((await push(first)).kind, 'accepted');
      if ('after' in context) context.after(() => opened.close());
    });
    after(async () => {
      await fixture.close();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    });

    const push = (what: Push, signal = noAbort) => receivePack.push(what, fixture.credentials, signal);
    const next = (message: string) => commitOn(workshop, first.after, message);

    async function failure(promise: Promise<unknown>): Promise<RemoteFailure> {
      try {
        await promise;
      } catch (error) {
        assert.ok(error instanceof RemoteFailure, String(error));
        return error;
      }
      throw new Error('it did not fail');
    }

    it('makes the branch and moves it, with every object', async () => {
      assert.equal(await commitOf(origin), first.after);
      const second = await next('Second');
      assert.deepEqual(await push(second), { kind: 'accepted' });
      assert.equal(await commitOf(origin), second.after);
      await git(origin, 'fsck', '--full', '--strict');
    });

    it('takes one push after the other, also many objects at once', async () => {
      let parent = first.after;
      for (const message of ['a', 'b', 'c']) {
        const each = await commitOn(workshop, parent, message.repeat(100_000));
        assert.deepEqual(await push(each), { kind: 'accepted' });
        parent = each.after;
      }
      assert.equal(await git(origin, 'rev-list', '--count', MAIN), '4');
    });

    it('accepts what has arrived already', async () => {
      const second = await next('Again');
      await push(second);
      assert.deepEqual(await push(second), { kind: 'accepted' });
    });

    it('sends nothing when the branch is elsewhere', async () => {
      await push(await next('Faster'));
      const late = await next('Late');
      assert.deepEqual(await push(late), { kind: 'moved' });
      await assert.rejects(git(origin, 'cat-file', '-e', late.after));
      assert.deepEqual(await push({ ...late, before: '' }), { kind: 'moved' });
    });

    it('says so when the branch moves while the push is on its way', async () => {
      const faster = await next('Faster on the way');
      await git(workshop, 'update-ref', 'refs/heads/aside', faster.after);
      await git(origin, 'fetch', '--quiet', workshop, 'refs/heads/aside:refs/heads/aside');
      await hook(origin, 'update', `unset GIT_QUARANTINE_PATH; exec git update-ref ${MAIN} ${faster.after}`);
      const answer = await push(await next('Slower'));
      assert.ok(answer.kind === 'refused', answer.kind);
      assert.match(answer.refusal, /lock|failed to update ref|incorrect old value|but expected/);
      assert.equal(await commitOf(origin), faster.after);
    });

    it('gives the words of a hook that refuses', async () => {
      await hook(origin, 'pre-receive', 'echo "GitLab: not you" >&2; echo again; exit 1');
      const answer = await push(await next('Refused'));
      assert.ok(answer.kind === 'refused', answer.kind);
      assert.match(answer.refusal, /pre-receive hook declined/);
      assert.deepEqual([...answer.remote].sort(), ['GitLab: not you', 'again']);
      assert.equal(await commitOf(origin), first.after);
    });

    it('bounds the words of a hook', async () => {
      await hook(origin, 'pre-receive', 'yes "many words" | head -c 3000000 >&2; exit 1');
      const answer = await push(await next('Talkative'));
      assert.ok(answer.kind === 'refused', answer.kind);
      assert.ok(answer.remote.join('').length < 200_000);
    });

    it('refuses a pack that is damaged, and one that lacks objects', async () => {
      const damaged = await next('Damaged');
      const pack = Buffer.from(damaged.pack);
      pack.writeUInt8((pack[40] ?? 0) ^ 0xff, 40);
      const answer = await push({ ...damaged, pack });
      assert.ok(answer.kind === 'refused' && /unpack/.test(answer.refusal), JSON.stringify(answer));
      const middle = await next('Left out');
      const lacking = await push({ ...(await commitOn(workshop, middle.after, 'Lacking')), before: first.after });
      assert.ok(
        lacking.kind === 'refused' && /missing necessary objects/.test(lacking.refusal),
        JSON.stringify(lacking),
      );
      assert.equal(await commitOf(origin), first.after);
    });

    it('fails with a reason where there is no repository', async () => {
      const nowhere = fixture.open('nowhere.git');
      const { report } = await failure(nowhere.push(await next('Nowhere'), fixture.credentials, noAbort));
      assert.ok(
        report.status === 404 || /not appear to be a git repository/.test(report.local.join()),
        JSON.stringify(report),
      );
      await nowhere.close();
    });

    it('ends with the reason of the signal, before it asks and while a hook hangs', async () => {
      const reason = new Error('enough');
      const hanging = await next('Hanging');
      await assert.rejects(push(hanging, AbortSignal.abort(reason)), reason);
      const sign = join(origin, 'hook-runs');
      await hook(origin, 'pre-receive', `touch ${sign}; exec sleep 3`);
      const stop = new AbortController();
      const rejected = assert.rejects(push(hanging, stop.signal), reason);
      while (!(await readdir(origin)).includes('hook-runs')) await sleep(10);
      stop.abort(reason);
      await rejected;
      await rm(join(origin, 'hooks', 'pre-receive'));
      const later = await next('Later');
      const answer = await push(later);
      assert.equal(answer.kind, 'accepted');
    });
  });
}
