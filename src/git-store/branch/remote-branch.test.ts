import { render } from '../../messages/message.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { reportOf } from './remote/git-report.ts';
import { readPush } from './git-push.ts';
import { requireSoundUrl } from './remote/remote-access.ts';

function push(line: string, stderr = '') {
  const stdout = Buffer.from(`To somewhere\n!\tabc:refs/heads/main\t${line}\nDone\n`);
  return readPush(reportOf({ code: 1, stdout, stderr }));
}

describe('outcome of a push', () => {
  it('is accepted when git ends well', () => {
    assert.deepEqual(readPush(reportOf({ code: 0, stdout: Buffer.from(''), stderr: '' })), { kind: 'accepted' });
  });

  for (const line of [
    '[rejected] (fetch first)',
    '[rejected] (non-fast-forward)',
    '[remote rejected] (failed to update ref)',
    "[remote rejected] (cannot lock ref 'refs/heads/main': is at 1 but expected 2)",
    '[remote rejected] (incorrect old value provided)',
  ]) {
    it(`is that others were faster at ${line}`, () => {
      assert.deepEqual(push(line), { kind: 'moved' });
    });
  }

  it('is a refusal with the words of the remote, without control characters and credentials', () => {
    const stderr =
      'remote: \x1b[31mGitLab: no\x07pe\x1b[0m        \nremote: see https://me:canary@example.org/x\nerror: failed\n';
    const outcome = push('[remote rejected] (pre-receive hook declined)', stderr);
    assert.equal(outcome.kind, 'refused');
    assert.equal(
      render(outcome.words, 'en'),
      '[31mGitLab: no pe [0m; see https://example.org/x; (pre-receive hook declined)',
    );
    const long = push('[remote rejected] (hook declined)', `remote: ${'x'.repeat(10_000)}\n`);
    assert.ok(long.kind === 'refused' && render(long.words, 'en').length <= 500);
  });

  it('is unknown when the connection or the remote failed', () => {
    const fail = (stderr: string) => () => readPush(reportOf({ code: 128, stdout: Buffer.from(''), stderr }));
    assert.throws(fail('fatal: unable to access: Could not connect\n'), (error: unknown) => {
      assert.ok(error instanceof NautesError && error.reason === 'ConfigRepoUnavailable');
      return error.message.includes('Could not connect');
    });
    assert.throws(() => push('[remote rejected] (unpacker error)'), /not available/);
  });
});

describe('URL of a remote', () => {
  for (const url of [
    'https://git.example.org/a/b.git',
    'ssh://git@git.example.org:22/a/b.git',
    'git@git.example.org:a/b.git',
    'ssh://git@[::1]:2222/~me/b.git',
    'file:///srv/a.git',
    '/srv/a.git',
  ]) {
    it(`may be ${url}`, () => requireSoundUrl(url));
  }
  for (const url of [
    'ext::sh -c id',
    'ext::id',
    '-u',
    '--upload-pack=id',
    'https://me:canary@example.org/a',
    'https://token@example.org/a',
    'ssh://me:canary@example.org/a',
    'git://example.org/a',
    'relative/path',
    'https://example.org/a\nb',
    'me@-oProxyCommand=id:a',
    'git@git.example.org:-oProxyCommand=id',
    'ssh://-oProxyCommand=id@git.example.org/a',
    'ssh://git.example.org/a',
    'ssh://git@git.example.org/',
    'ssh://-oProxyCommand=id/a',
  ]) {
    it(`may not be ${JSON.stringify(url)}`, () => {
      assert.throws(
        () => requireSoundUrl(url),
        (error: unknown) => {
          assert.ok(error instanceof NautesError && error.reason === 'ConfigurationInvalid');
          return !error.message.includes('canary');
        },
      );
    });
  }
});
