import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { displayWidth } from '../../src/cli/output/display-width.ts';
import { CommandBed } from '../harness/command-bed.ts';
import { type TerminalSession, terminalsUnavailable } from '../harness/terminal-session.ts';

const skip = terminalsUnavailable();
const CHINESE = { LANG: 'zh_CN.UTF-8' };

/** Every frame was one write between the marks of an update, and the cursor came back. */
function assertDrawnWell({ output, screen }: TerminalSession): void {
  const frames = output.split('\x1b[?2026h').slice(1);
  assert.ok(frames.length > 3, `${frames.length} frames`);
  for (const frame of frames) {
    const [inside = '', outside = ''] = frame.split('\x1b[?2026l');
    assert.doesNotMatch(outside, /\x1b\[[0-9]*[AJK]/, 'nothing is drawn outside of an update'); // oxlint-disable-line no-control-regex
    assert.doesNotMatch(inside, /\x1b\[2J/, 'the screen is not cleared'); // oxlint-disable-line no-control-regex
  }
  assert.ok(screen.isCursorShown, 'the cursor is shown again');
}

describe('the command line on a terminal', { skip }, () => {
  let bed: CommandBed;

  before(async () => {
    if (skip === false) bed = await CommandBed.open(5, 800);
  });
  after(() => bed?.[Symbol.asyncDispose]());

  const add = (name: string, index: number, ...more: readonly string[]): readonly string[] => [
    'cluster',
    'add',
    name,
    '--kubeconfig',
    bed.kubeconfig(index),
    '--wait',
    ...more,
  ];

  it('shows a cluster becoming ready, leaves the last frame and ends with 0', async () => {
    await using session = await bed.terminal(add('one', 0));
    await session.until(/argocd +\S+ +\d+\/\d+/);
    assert.equal(await session.end(), 0);
    assertDrawnWell(session);
    const { text } = session.screen;
    assert.match(text, /^cluster\/one saved\none {2}Ready /);
    assert.match(text, /^✓ ComponentsReady +all 6 components are ready/m);
    assert.match(text, /^✓ {3}argocd +\S+ +34\/34/m);
    assert.match(text, /^– Published/m);
    assert.match(text, /Its gateway answers at http:/);
    assert.match(text, /argocd answers at https:\/\/argocd\.one\.\S+:30443, user admin/);
    assert.match(text.replaceAll('\n', ''), /kubectl --namespace argocd get secret argocd-initial-admin-secret/);
    assert.equal(text.match(/ComponentsReady/g)?.length, 1, 'earlier frames are drawn over');
  });

  it('prints a link to the web console that logs in once', async () => {
    await using session = await bed.terminal(['console']);
    assert.equal(await session.end(), 0);
    const text = session.screen.text.replaceAll('\n', '');
    const [, code = ''] = /\/console\/login#link=([\w-]{43})/.exec(text) ?? [];
    assert.match(text, /The link works once, within five minutes\./);
    const logIn = (): Promise<Response> =>
      fetch(`${bed.server.url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-nautes-console': '1' },
        body: JSON.stringify({ link: code }),
      });
    assert.deepEqual([(await logIn()).status, (await logIn()).status], [200, 401]);
  });

  it('shows a deletion to its receipt', async () => {
    await using session = await bed.terminal(['delete', 'cluster', 'one', '--wait']);
    await session.until(/Delete Cluster one from http.*\[y\/N\]/);
    session.type('yes\r');
    assert.equal(await session.end(), 0);
    assertDrawnWell(session);
    assert.match(session.screen.text, /one {2}Gone/);
    assert.match(session.screen.text, /one {2}deleted completely/);
    assert.match(session.screen.text, /removed +\d+ \/ \d+ \(/);
  });

  it('speaks Chinese on a narrow terminal without a line that is too wide', async () => {
    await using session = await bed.terminal(add('two', 1), { columns: 46, rows: 20, environment: CHINESE });
    await session.until(/组件/);
    assert.equal(await session.end(), 0);
    assertDrawnWell(session);
    const frames = session.output.split('\x1b[?2026h').slice(1);
    for (const frame of frames) {
      const [inside = ''] = frame.split('\x1b[?2026l');
      // oxlint-disable-next-line no-control-regex
      for (const line of inside.replace(/\x1b\[[?0-9;]*[A-Za-z]|\r/g, '').split('\n')) {
        assert.ok(displayWidth(line) < 46, line);
      }
    }
    assert.match(session.screen.text, /^two {2}就绪/m);
    assert.match(session.screen.text, /^✓ 自有凭据/m);
    await using gone = await bed.terminal(['delete', 'cluster', 'two', '-y', '--wait', '--lang', 'zh']);
    assert.equal(await gone.end(), 0);
    assert.match(gone.screen.text, /two {2}已全部清除/);
  });

  it('follows the window when it changes, and leaves nothing of the frames before', async () => {
    // The cluster must not become ready before a frame for the narrow window was drawn.
    const { faults } = bed.cluster(2);
    faults.set([{ kind: 'never-ready', name: 'argocd-server', namespace: 'argocd' }]);
    await using session = await bed.terminal(add('three', 2), { columns: 100, rows: 30 });
    await session.until(/argocd/);
    await session.resize(44, 30);
    await session.untilScreen((text) => /Ctrl-C stops[^\n]*…/.test(text), 'a frame for the narrow window');
    await session.resize(120, 16);
    faults.set([]);
    assert.equal(await session.end(), 0);
    const { text } = session.screen;
    assert.equal(text.match(/CredentialReady/g)?.length, 1, text);
    assert.match(text, /three {2}Ready/);
  });

  it('Ctrl-C ends the watching with 130, says what continues, and the cluster gets ready all the same', async () => {
    await using session = await bed.terminal(add('four', 3));
    await session.until(/argocd/);
    session.interrupt();
    assert.equal(await session.end(), 130);
    assert.ok(session.screen.isCursorShown);
    assert.match(
      session.screen.text.replaceAll('\n', ' '),
      /The server continues with four: nautes wait four; to delete it/,
    );
    await using again = await bed.terminal(['wait', 'four']);
    assert.equal(await again.end(), 0);
    assert.match(again.screen.text, /cluster\/four is ready$/m);
  });

  it('names the object that holds a cluster up, and ends with 6 when the time is over', async () => {
    bed
      .cluster(4)
      .faults.set([{ kind: 'never-ready', name: 'argocd-server', namespace: 'argocd', reason: 'ImagePullBackOff' }]);
    await using session = await bed.terminal(add('five', 4, '--timeout', '8s'), { environment: CHINESE });
    assert.equal(await session.end(), 6);
    assertDrawnWell(session);
    const { text } = session.screen;
    assert.match(text, /^✗ {3}argocd/m);
    assert.match(text, /Deployment argocd\/argocd-server：.*\n?.*ImagePullBackOff/);
    assert.match(text, /nautes: 等待 five 的时间已到/);
    assert.match(text, /nautes wait five/);
  });

  it('a refused registration shows all findings as a table and the request id', async () => {
    const args = ['cluster', 'add', 'six', '--kubeconfig', bed.kubeconfig(0), '--address', 'https://127.0.0.1:1'];
    await using session = await bed.terminal(args, { columns: 80 });
    assert.equal(await session.end(), 1);
    assert.match(session.screen.text, /^nautes: the cluster six is not ready to be registered:/);
    assert.match(session.screen.text, /^ {2}WHERE +WHAT$/m);
    assert.match(
      session.screen.text,
      /^ {2}ClusterConnectionRefused {2}nothing accepts connections at 127\.0\.0\.1:1\./m,
    );
    assert.match(session.screen.text, /^ {8}request id: [0-9a-f-]{36}$/m);
  });

  it('a login reads the token without showing it, and keeps it where only its owner can read it', async () => {
    const token = bed.user.environment['GIT_TOKEN'] ?? '';
    const environment = { GIT_TOKEN: undefined, API_SERVER: undefined };
    await using session = await bed.terminal(['login', bed.server.url, '--name', 'here'], { environment });
    await session.until(/Token for http\S+ \(not shown\):/);
    session.type(`${token}\r`);
    assert.equal(await session.end(), 0);
    assert.match(session.screen.text, /as ada \(maintainer\)/);
    assert.ok(!session.output.includes(token));
    const file = join(bed.user.home, '.config/nautes/config.yaml');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.match(await readFile(file, 'utf8'), /^current-context: here$/m);
    await using list = await bed.terminal(['get', 'clusters'], { environment });
    assert.equal(await list.end(), 0);
    assert.match(list.screen.text, /^four +Ready/m);
    await using shown = await bed.terminal(['config', 'view'], { environment });
    assert.equal(await shown.end(), 0);
    assert.match(shown.screen.text, /token: '\[redacted\]'/);
  });

  it('Ctrl-C at a question leaves the terminal as it was and does nothing', async () => {
    const environment = { GIT_TOKEN: undefined, API_SERVER: undefined };
    await using session = await bed.terminal(['login', bed.server.url, '--name', 'never'], { environment });
    await session.until(/not shown/);
    session.type('half\x03');
    assert.equal(await session.end(), 130);
    assert.doesNotMatch(await readFile(join(bed.user.home, '.config/nautes/config.yaml'), 'utf8'), /never/);
    await using other = await bed.terminal(['delete', 'cluster', 'four']);
    await other.until(/\[y\/N\]/);
    other.interrupt();
    assert.equal(await other.end(), 130);
    assert.equal((await bed.user.run('get', 'cluster', 'four')).code, 0);
  });

  it('get -w shows changes in the columns of the table, until Ctrl-C', async () => {
    await using session = await bed.terminal(['get', 'clusters', '-w'], { columns: 160 });
    await session.until(/^four +Ready/m);
    const four = bed.cluster(3);
    four.faults.set([{ kind: 'unreachable' }]);
    assert.equal((await bed.user.run('rotate', 'four')).code, 0);
    await session.until(/^four +Provisioning/m); // and stays so while the cluster cannot be reached
    const [, place = ''] = /^(four +)Ready/m.exec(session.screen.text) ?? [];
    assert.match(session.screen.text, new RegExp(`^${place}Provisioning`, 'm'));
    four.faults.clear();
    session.interrupt();
    assert.equal(await session.end(), 130);
    assert.equal((await bed.user.run('wait', 'four', '--progress', 'none')).code, 0);
  });

  it('without colours where NO_COLOR asks for none', async () => {
    await using session = await bed.terminal(['wait', 'four'], { environment: { NO_COLOR: '1' } });
    assert.equal(await session.end(), 0);
    assert.doesNotMatch(session.output, /\x1b\[[0-9;]+m/); // oxlint-disable-line no-control-regex
  });
});
