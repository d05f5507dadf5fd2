import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Secret } from '../../../base/secret.ts';
import { createCertificateAuthority, issueCertificate } from '../../../base/tls/x509.ts';
import { Git } from '../../git/git.ts';
import { RemoteFailure } from '../remote/git-report.ts';
import { git, noAbort, temporaryDirectory } from '../../testing/fixtures.ts';
import { startGitHttpServer } from '../../testing/git-http-server.ts';
import { HttpReceivePack } from './http-receive-pack.ts';
import { localReceivePack } from './program-receive-pack.ts';
import { encodePacket, FLUSH } from './packets.ts';
import type { Push } from './push-conversation.ts';
import { commitOn, describeReceivePackContract } from './receive-pack.contract.ts';

const credentials = { username: 'nautes', password: new Secret('canary-password') };
const notAfter = new Date(Date.now() + 3_600_000);

describeReceivePackContract('of a repository on this machine', async (root) => ({
  open: (repository) => localReceivePack(new Git(root), join(root, repository)),
  credentials: undefined,
  close: () => Promise.resolve(),
}));

describeReceivePackContract('over HTTP', async (root) => {
  const server = await startGitHttpServer({ root, username: 'nautes', password: 'canary-password' });
  return {
    open: (repository) => new HttpReceivePack({ url: `${server.url(repository)}/` }),
    credentials,
    close: () => server.close(),
  };
});

describeReceivePackContract('over HTTPS of an authority of its own', async (root) => {
  const authority = createCertificateAuthority({ commonName: 'authority', notAfter });
  const names = { commonName: 'git', dnsNames: [], ipAddresses: ['127.0.0.1'] };
  const { certificate, privateKey } = issueCertificate(authority, { ...names, usages: ['server'], notAfter });
  const tls = { cert: certificate, key: privateKey.reveal() };
  const server = await startGitHttpServer({ root, username: 'nautes', password: 'canary-password', tls });
  const authorityFile = join(root, 'authority.pem');
  await writeFile(authorityFile, authority.certificate);
  return {
    open: (repository) => new HttpReceivePack({ url: server.url(repository), authorityFile }),
    credentials,
    close: () => server.close(),
  };
});

describe('a push to a repository on this machine', () => {
  it('is answered while hooks after it run, which closing waits for', async (context) => {
    const root = await temporaryDirectory();
    context.after(() => rm(root, { recursive: true }));
    await git(root, 'init', '--quiet', '--bare', '--initial-branch=main', 'origin.git');
    const origin = join(root, 'origin.git');
    const script = '#!/bin/sh\nwhile [ ! -e go ]; do sleep 0.02; done; touch gone\n';
    await writeFile(join(origin, 'hooks', 'post-receive'), script, { mode: 0o755 });
    const receivePack = localReceivePack(new Git(root), origin);
    const first = await commitOn(origin, '', 'First');
    assert.deepEqual(await receivePack.push(first, undefined, noAbort), { kind: 'accepted' });
    assert.ok(!existsSync(join(origin, 'gone')));
    const closed = receivePack.close();
    await writeFile(join(origin, 'go'), '');
    await closed;
    assert.ok(existsSync(join(origin, 'gone')));
  });
});

const [BEFORE, AFTER] = ['a'.repeat(40), 'b'.repeat(40)];
const push: Push = { reference: 'refs/heads/main', before: BEFORE, after: AFTER, pack: Buffer.from('PACK') };
const capabilities = 'report-status side-band-64k object-format=sha1';
const advertisement = Buffer.concat([
  encodePacket('# service=git-receive-pack\n'),
  FLUSH,
  encodePacket(`${BEFORE} refs/heads/main\0${capabilities}\n`),
  FLUSH,
]);

async function serve(context: TestContext, handle: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.git`, server };
}

async function failureOf(context: TestContext, url: string): Promise<RemoteFailure> {
  const receivePack = new HttpReceivePack({ url });
  context.after(() => receivePack.close());
  try {
    await receivePack.push(push, credentials, noAbort);
  } catch (error) {
    assert.ok(error instanceof RemoteFailure, String(error));
    assert.ok(!JSON.stringify(error.report).includes('canary'));
    return error;
  }
  throw new Error('it did not fail');
}

describe('a push over HTTP', () => {
  it('keeps its connections for the next one', async (context) => {
    const ok = encodePacket(
      Buffer.concat([Buffer.from([1]), encodePacket('unpack ok\n'), encodePacket('ok refs/heads/main\n'), FLUSH]),
    );
    const { url, server } = await serve(context, (request, response) => {
      request.resume().on('end', () => {
        const isPush = request.method === 'POST';
        const type = `application/x-git-receive-pack-${isPush ? 'result' : 'advertisement'}`;
        response.writeHead(200, { 'content-type': type }).end(isPush ? Buffer.concat([ok, FLUSH]) : advertisement);
      });
    });
    let connections = 0;
    server.on('connection', () => {
      connections += 1;
    });
    const receivePack = new HttpReceivePack({ url });
    context.after(() => receivePack.close());
    for (let index = 0; index < 5; index += 1) {
      assert.deepEqual(await receivePack.push(push, credentials, noAbort), { kind: 'accepted' });
    }
    assert.ok(connections <= 2, String(connections)); // the end of an answer is not waited for
  });

  it('tells of a refusal its status, its words and when to come back', async (context) => {
    const { url } = await serve(context, (_request, response) => {
      response.writeHead(429, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '7' });
      response.end('Slow down.\r\nPlease.\n');
    });
    const { report } = await failureOf(context, url);
    assert.deepEqual(report, { status: 429, retryAfter: '7', remote: ['Slow down.', 'Please.'], local: [] });
  });

  it('follows no redirect and shows no page', async (context) => {
    let asked = 0;
    const { url } = await serve(context, (_request, response) => {
      asked += 1;
      response.writeHead(302, { location: 'http://127.0.0.1:1/b.git', 'content-type': 'text/html' }).end('<html>');
    });
    const { report } = await failureOf(context, url);
    assert.deepEqual(report, { status: 302, location: 'http://127.0.0.1:1/b.git', remote: [], local: [] });
    assert.equal(asked, 1);
  });

  it('fails at a page that is no advertisement', async (context) => {
    const { url } = await serve(context, (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>');
    });
    assert.match((await failureOf(context, url)).message, /not the protocol of Git/);
  });

  it('does not know what became of a push whose answer is cut off', async (context) => {
    const { url } = await serve(context, (request, response) => {
      const type = 'application/x-git-receive-pack-advertisement';
      if (request.method === 'GET') response.writeHead(200, { 'content-type': type }).end(advertisement);
      else request.resume().on('end', () => response.destroy());
    });
    assert.match((await failureOf(context, url)).message, /the connection failed/);
  });

  it('says when nobody is there', async (context) => {
    const { url, server } = await serve(context, () => {});
    server.close();
    await once(server, 'close');
    assert.match((await failureOf(context, url)).message, /nothing accepts connections there/);
  });

  it('trusts no certificate of an authority that it was not given', async (context) => {
    const authority = createCertificateAuthority({ commonName: 'authority', notAfter });
    const names = { commonName: 'git', dnsNames: [], ipAddresses: ['127.0.0.1'] };
    const { certificate, privateKey } = issueCertificate(authority, { ...names, usages: ['server'], notAfter });
    const tls = { cert: certificate, key: privateKey.reveal() };
    const server = await startGitHttpServer({ root: '/', username: 'nautes', password: 'canary-password', tls });
    context.after(() => server.close());
    assert.match(
      (await failureOf(context, server.url('a.git'))).message,
      /its certificate is from an authority that is not trusted here/,
    );
    assert.equal(server.rejected, 0);
  });
});
