import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NautesProcess } from '../harness/nautes-process.ts';
import { waitUntil } from '../harness/wait-until.ts';

describe('the server as a service of systemd', () => {
  let directory: string;
  const told = () => join(directory, 'told');

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-service-'));
    const program = `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> ${told()}\n`;
    await writeFile(join(directory, 'systemd-notify'), program, { mode: 0o755 });
  });
  after(() => rm(directory, { recursive: true, force: true }));

  it('says that it is ready once it answers', async () => {
    const environment = { PATH: `${directory}:${process.env['PATH'] ?? ''}`, NOTIFY_SOCKET: '/run/systemd/notify' };
    await using server = await NautesProcess.start({ environment });
    const text = await waitUntil('the notification', () => readFile(told(), 'utf8').catch(() => undefined));
    assert.equal(text, '/run/systemd/notify --ready\n');
    assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
  });

  it('serves on and says so in its log when systemd cannot be told', async () => {
    const environment = { PATH: `${directory}:${process.env['PATH'] ?? ''}`, NOTIFY_SOCKET: '/run/systemd/notify' };
    await writeFile(join(directory, 'systemd-notify'), '#!/bin/sh\necho no >&2\nexit 1\n', { mode: 0o755 });
    await using server = await NautesProcess.start({ environment });
    await waitUntil('the warning', () => Promise.resolve(server.output.includes('systemd was not told')));
    assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
  });
});
