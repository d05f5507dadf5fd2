import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createCertificateAuthority, issueCertificate } from '../../base/tls/x509.ts';
import { Git } from './git.ts';

const notAfter = new Date(Date.now() + 3_600_000);

describe('git with a remote behind a private certificate authority', () => {
  it('trusts the authority that GIT_SSL_CAINFO of the server names, and no remote without it', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nautes-git-'));
    const authority = createCertificateAuthority({ commonName: 'authority', notAfter });
    const names = { commonName: 'git', dnsNames: [], ipAddresses: ['127.0.0.1'] };
    const { certificate, privateKey } = issueCertificate(authority, { ...names, usages: ['server'], notAfter });
    const server = createServer({ cert: certificate, key: privateKey.reveal() }, (_request, response) => {
      response.writeHead(404).end();
    });
    server.listen(0, '127.0.0.1');
    const before = process.env.GIT_SSL_CAINFO;
    try {
      await once(server, 'listening');
      const url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}/config.git`;
      const ask = async () => (await new Git(directory).run(['ls-remote', '--', url])).stderr;
      delete process.env.GIT_SSL_CAINFO;
      assert.match(await ask(), /certificate/i);
      process.env.GIT_SSL_CAINFO = join(directory, 'ca.pem');
      await writeFile(process.env.GIT_SSL_CAINFO, authority.certificate);
      assert.match(await ask(), /not found/);
    } finally {
      if (before === undefined) delete process.env.GIT_SSL_CAINFO;
      else process.env.GIT_SSL_CAINFO = before;
      server.closeAllConnections();
      server.close();
      await rm(directory, { recursive: true });
    }
  });
});
