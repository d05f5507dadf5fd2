import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { MAINTAINER_TOKEN } from '../../../src/api/testing/fake-registry.ts';
import { MINIMAL_BODY, saveRequest } from '../../../src/api/testing/test-server.ts';
import { forEachBounded } from '../../../src/base/async/concurrency.ts';
import { CommandLine, type Outcome } from '../../harness/command-line.ts';
import { ODD, SERVER_LIES } from './kinds.ts';
import { type HostileServer, startHostileServer } from './server.ts';

const DOCUMENT = `name: one\n${Object.entries(MINIMAL_BODY)
  .map(([key, value]) => `${key}: ${value}\n`)
  .join('')}`;

/** Every command that talks to a server, and every form of output. */
const COMMANDS: readonly (readonly string[])[] = [
  ['get', 'clusters'],
  ['get', 'clusters', '-o', 'wide'],
  ['get', 'cluster', 'one', '-o', 'name'],
  ['get', 'cluster', 'one', '-o', 'json'],
  ['get', 'environments', '-p', 'x'],
  ['describe', 'cluster', 'one'],
  ['events'],
  ['events', '-o', 'json'],
  ['logs', 'one'],
  ['receipt', 'one'],
  ['catalog'],
  ['doctor'],
  ['version'],
  ['apply', '-f', 'one.yaml'],
  ['apply', '-f', 'one.yaml', '--dry-run=server'],
  ['diff', '-f', 'one.yaml'],
  ['delete', 'cluster', 'one', '--dry-run'],
  ['rotate', 'one'],
  ['pause', 'one'],
  ['resume', 'one'],
  ['sync', 'one'],
  ['wait', 'one', '--timeout', '1s'],
  ['wait', 'one', '--timeout', '1s', '--progress', 'json'],
  ['wait', 'one', '--timeout', '1s', '--progress', 'live'],
  ['__complete', 'get', 'cluster', ''],
];
/** Those after which it is not registered any more. */
const DELETIONS: readonly (readonly string[])[] = [
  ['delete', 'cluster', 'one', '--yes'],
  ['remove', '-f', 'one.yaml'],
];

/** What a terminal acts upon, and what is not shown; a live view has sequences of its own. */
const UNSAFE = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u200b\u2028]/u;
const OF_LIVE_VIEWS = /\p{Cc}\[(?:\?25[lh]|\?2026[hl]|\d*[AKJ])|\r/gu;
const CODES = [0, 1, 2, 3, 4, 5, 6];

let server: HostileServer;
let line: CommandLine;

/** What holds of every command, whatever the server does. */
function assertHarmless(command: readonly string[], { code, stdout, stderr }: Outcome): void {
  const about = `nautes ${command.join(' ')}: ${code}\n${stderr.slice(0, 2_000)}`;
  assert.ok(CODES.includes(code), about);
  assert.doesNotMatch(stderr, /unexpected|^ +at .*:\d+:\d+/m, about);
  assert.ok(stderr.length < 100_000, about.slice(0, 500));
  assert.doesNotMatch(stderr.replace(OF_LIVE_VIEWS, ''), UNSAFE, about);
  assert.doesNotMatch(stdout, UNSAFE, `${about}${JSON.stringify(stdout.slice(0, 2_000))}`);
  for (const text of [stdout, stderr]) assert.doesNotMatch(text, /^cluster\/forged/m, about);
}

/** Runs them and gives those that failed. */
async function runAll(commands: readonly (readonly string[])[]): Promise<readonly string[]> {
  const failed: string[] = [];
  await forEachBounded(commands, 2, async (command) => {
    const outcome = await line.run(...command);
    assertHarmless(command, outcome);
    if (outcome.code !== 0) failed.push(`${command.join(' ')}: ${outcome.code} ${outcome.stderr}`);
  });
  return failed;
}

before(async () => {
  server = await startHostileServer();
  await server.honest.send(saveRequest('one', MINIMAL_BODY));
  line = await CommandLine.open({
    API_SERVER: server.url,
    GIT_TOKEN: MAINTAINER_TOKEN,
    NODE_OPTIONS: '--max-old-space-size=256',
  });
  await writeFile(join(line.home, 'one.yaml'), DOCUMENT);
});
after(async () => {
  await line[Symbol.asyncDispose]();
  await server.close();
});

describe('the command line against a server that lies', () => {
  it('prints nothing that a terminal acts upon, in any command and form', async () => {
    assert.match(ODD, UNSAFE);
    server.misbehave(...(SERVER_LIES['odd-texts'] ?? []));
    const failed = [...(await runAll(COMMANDS)), ...(await runAll(DELETIONS))];
    const expected = /^(get environments|receipt|wait|diff|apply .*server|doctor|delete .*dry|remove)/;
    assert.deepEqual(
      failed.filter((text) => !expected.test(text)),
      [],
    );
  });

  it('says what is wrong with a reply that has another form', async () => {
    for (const kind of ['null', 'list']) {
      server.misbehave(...(SERVER_LIES[kind] ?? []));
      await runAll(COMMANDS.filter((_, index) => index % 5 === (kind === 'null' ? 0 : 1)));
    }
  });

  it('ends with an error, in little memory, where an answer never does', async () => {
    const cases: Readonly<Record<string, readonly string[]>> = {
      'endless-body': ['get', 'clusters'],
      'endless-error': ['wait', 'one', '--timeout', '2s'],
      'endless-pages': ['events'],
      'endless-data': ['events', '-w'],
      'endless-line': ['wait', 'one', '--timeout', '2s'],
      wide: ['describe', 'cluster', 'one'],
    };
    for (const [kind, command] of Object.entries(cases)) {
      server.misbehave(...(SERVER_LIES[kind] ?? []));
      await runAll([command]);
    }
  });

  it('shows an error of any form without its escapes and with an end', async () => {
    for (const kind of ['odd-error', 'many-violations', 'redirect', 'header-flood', 'teapot']) {
      server.misbehave(...(SERVER_LIES[kind] ?? []));
      await runAll([['apply', '-f', 'one.yaml']]);
    }
  });
});
