import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { NautesError } from '../errors/errors.ts';
import { silentLogger } from '../base/logger.ts';
import { run } from '../base/programs/process.ts';
import { Git } from './git/git.ts';
import { openGitStore } from './open-git-store.ts';
import { SshClient } from './branch/remote/ssh-client.ts';
import { noAbort, save, temporaryDirectory, usualOptions } from './testing/fixtures.ts';

/** Stands in for ssh: notes its arguments; says what the file `says` holds, or runs the command here. */
const SSH = `#!/bin/sh
here=$(dirname "$0")
printf '%s\\n' "$@" >> "$here/arguments"
echo . >> "$here/calls"
if [ -e "$here/says" ]; then cat "$here/says" >&2; exit 255; fi
for command; do :; done
eval "exec $command"
`;

/** What ssh and servers say, and what becomes of it. */
const SAYINGS: readonly (readonly [reason: string, words: string])[] = [
  ['ConfigRepoKeyRefused', 'git@git.example.org: Permission denied (publickey).'],
  ['ConfigRepoKeyRefused', 'Received disconnect from 192.0.2.1 port 22:2: Too many authentication failures'],
  ['ConfigRepoKeyReadOnly', 'ERROR: The key you are authenticating with has been marked as read only.'],
  [
    'ConfigRepoKeyReadOnly',
    'remote: \nremote: ERROR: This deploy key does not have write access to this project.\nremote: ',
  ],
  ['ConfigRepoKeyReadOnly', 'Gitea: Deploy Key: 7:config is not authorized to write to platform/config.'],
  ['ConfigRepoForbidden', 'Gitea: User: 2:nautes with Key: 1:key is not authorized to write to platform/config.'],
  [
    'ConfigRepoKeyUnreadable',
    'Load key "/etc/nautes/key": error in libcrypto\ngit@git.example.org: Permission denied (publickey).',
  ],
  [
    'ConfigRepoHostUnknown',
    'No ED25519 host key is known for git.example.org and you have requested strict checking.\nHost key verification failed.',
  ],
  [
    'ConfigRepoHostChanged',
    '@@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@@@@@\nHost key verification failed.',
  ],
  ['ConfigRepoSshUserUnknown', 'No user exists for uid 1000650000'],
  ['ConfigRepoMissing', 'ERROR: Repository not found.'],
  [
    'ConfigRepoMissing',
    "remote: ERROR: The project you were looking for could not be found or you don't have permission to view it.",
  ],
  ['ConfigRepoMissing', 'error:\nerror: Cannot find repository: platform/config\nerror:'],
  ['ConfigRepoMissing', "fatal: 'platform/config.git' does not appear to be a git repository"],
  ['ConfigRepoMirror', 'Gitea: Mirror Repository platform/config is read-only'],
  ['ConfigRepoUnavailable', 'ssh: Could not resolve hostname git.example.org: Name or service not known'],
  ['ConfigRepoUnavailable', 'ssh: connect to host git.example.org port 22: Connection refused'],
  ['ConfigRepoUnavailable', 'ssh: connect to host git.example.org port 22: Connection timed out'],
  ['ConfigRepoUnavailable', 'Timeout, server git.example.org not responding.'],
  ['ConfigRepoUnavailable', 'kex_exchange_identification: read: Connection reset by peer'],
];

describe('a remote over SSH', () => {
  let root: string;
  let keyFile: string;
  let knownHostsFile: string;
  let says: string;
  let count = 0;
  const path = process.env['PATH'];

  before(async () => {
    root = await temporaryDirectory();
    await mkdir(join(root, 'bin'));
    await writeFile(join(root, 'bin/ssh'), SSH);
    await chmod(join(root, 'bin/ssh'), 0o755);
    process.env['PATH'] = `${join(root, 'bin')}:${path ?? ''}`;
    [keyFile, knownHostsFile, says] = [join(root, 'key'), join(root, 'known hosts 100%'), join(root, 'bin/says')];
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', keyFile]);
    await writeFile(knownHostsFile, '# none\n');
  });
  after(async () => {
    process.env['PATH'] = path;
    await rm(root, { recursive: true });
  });
  beforeEach(() => rm(says, { force: true }));

  async function open(more: { readonly keyFile?: string; readonly url?: string } = {}) {
    count += 1;
    const origin = join(root, `${count}.git`);
    await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', origin]);
    return openGitStore(
      {
        ...usualOptions,
        directory: join(root, `clone-${count}`),
        fetchIntervalMilliseconds: 60_000,
        committer: { name: 'Nautes', email: 'nautes@example.org' },
        logger: silentLogger,
        remote: {
          url: more.url ?? `ssh://git@git.example.org:2222${origin}`,
          ssh: { keyFile: more.keyFile ?? keyFile, knownHostsFile },
        },
      },
      noAbort,
    );
  }

  const calls = async () => (await readFile(join(root, 'bin/calls'), 'utf8')).length / 2;

  async function failure(promise: Promise<unknown>): Promise<NautesError> {
    const error: unknown = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof NautesError, String(error));
    return error;
  }

  it('is reached with the one key, the known hosts and nothing of this machine, for fetches and pushes alike', async () => {
    await rm(join(root, 'bin/arguments'), { force: true });
    const store = await open();
    await save(store, 'one');
    await store.close();
    const lines = (await readFile(join(root, 'bin/arguments'), 'utf8')).split('\n');
    const runs = lines.filter((line) => line === '-F').length;
    assert.ok(runs >= 2);
    for (const setting of [
      `IdentityFile="${keyFile}"`,
      'IdentitiesOnly=yes',
      'IdentityAgent=none',
      `UserKnownHostsFile="${join(root, 'known hosts 100%%')}"`,
      'StrictHostKeyChecking=yes',
      'BatchMode=yes',
      'git@git.example.org',
      '2222',
      'none',
    ]) {
      assert.equal(lines.filter((line) => line === setting).length, runs, setting);
    }
  });

  it('that refuses this server says so in a sentence, and is not asked twice for a save', async () => {
    const store = await open();
    for (const [reason, words] of SAYINGS) {
      await writeFile(
        says,
        `${words}\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\n`,
      );
      const earlier = await calls();
      const fetched = await failure(store.refresh(noAbort));
      assert.equal(fetched.reason, reason, words);
      assert.doesNotMatch(fetched.message, /Could not read|Please make sure|remote:/);
      assert.notEqual(fetched.remedy, '');
      if (fetched.next === 'stalled') {
        const pushed = await failure(save(store, 'one'));
        assert.equal(pushed.message, fetched.message);
        assert.ok((await calls()) - earlier <= 2, words);
      }
      // What was refused is kept for a while, for the same key and hosts only.
      await writeFile(knownHostsFile, `# after ${words.length} ${earlier}\n`);
    }
    await store.close();
  });

  it('keeps no escape sequences of what was said, and little of much', async () => {
    const store = await open();
    await writeFile(says, `\u001b]0;title\u0007\u001b[31m${'very '.repeat(100_000)}long\n`);
    const { message } = await failure(store.refresh(noAbort));
    assert.doesNotMatch(message, /\p{Cc}/u);
    assert.ok(message.length < 700);
    await store.close();
  });

  it('is not tried with a file that holds no key for a machine', async () => {
    const earlier = await calls();
    const place = (name: string) => join(root, name);
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'canary', '-f', place('encrypted')]);
    await run('ssh-keygen', ['-q', '-t', 'rsa', '-m', 'PEM', '-N', 'canary', '-f', place('pem')]);
    const key = await readFile(keyFile, 'utf8');
    const files: Readonly<Record<string, string>> = { cut: key.trimEnd(), other: 'canary\n', empty: '' };
    for (const [name, text] of Object.entries(files)) await writeFile(place(name), text, { mode: 0o600 });
    await writeFile(place('open'), key, { mode: 0o644 });
    await chmod(`${keyFile}.pub`, 0o600);
    const expected: readonly (readonly [file: string, reason: string, words: RegExp])[] = [
      ['encrypted', 'ConfigRepoKeyEncrypted', /passphrase/],
      ['pem', 'ConfigRepoKeyEncrypted', /passphrase/],
      ['open', 'ConfigRepoKeyExposed', /mode 0644/],
      ['key.pub', 'ConfigRepoKeyUnreadable', /public key/],
      ['cut', 'ConfigRepoKeyUnreadable', /last line has no end/],
      ['other', 'ConfigRepoKeyUnreadable', /no private key/],
      ['empty', 'ConfigRepoKeyUnreadable', /empty/],
      ['missing', 'ConfigRepoKeyUnreadable', /not there/],
    ];
    for (const [file, reason, words] of expected) {
      const error = await failure(open({ keyFile: place(file) }));
      assert.equal(error.reason, reason, file);
      assert.match(error.message, words);
      assert.doesNotMatch(error.message, /canary/);
    }
    assert.equal(await calls(), earlier);
  });

  it('says that there is no ssh', async () => {
    const store = await open();
    const bin = join(root, 'without-ssh');
    await mkdir(bin);
    for (const program of ['git', 'sh', 'prlimit', 'setpriv']) {
      const { stdout } = await run('sh', ['-c', `command -v ${program}`]);
      await symlink(stdout.toString().trim() || '/nonexistent', join(bin, program));
    }
    await store.close();
    process.env['PATH'] = bin;
    try {
      assert.equal((await failure(open())).reason, 'ConfigRepoSshMissing');
    } finally {
      process.env['PATH'] = `${join(root, 'bin')}:${path ?? ''}`;
    }
  });

  it('is named to ssh as git would', () => {
    const words = (url: string) =>
      new SshClient(url, { keyFile, knownHostsFile }).serviceArguments('git-receive-pack').slice(-4);
    assert.deepEqual(words('ssh://git@[::1]:2222/a%20b/c.git').slice(-4), [
      '2222',
      '--',
      'git@::1',
      "git-receive-pack '/a b/c.git'",
    ]);
    assert.deepEqual(words('git@example.org:a/b.git').slice(-2), ['git@example.org', "git-receive-pack 'a/b.git'"]);
    assert.deepEqual(words('ssh://git@example.org/~ann/b.git').slice(-1), ["git-receive-pack '~ann/b.git'"]);
    assert.equal(new Git(root).variable('SSH_AUTH_SOCK'), undefined);
  });
});
