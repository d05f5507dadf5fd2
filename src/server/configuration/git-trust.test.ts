import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { usualAuthorities } from '../../base/tls/authorities.ts';
import { silentLogger } from '../../base/logger.ts';
import { run } from '../../base/programs/process.ts';
import { Secret } from '../../base/secret.ts';
import { createCertificateAuthority, issueCertificate } from '../../base/tls/x509.ts';
import { openGitStore } from '../../git-store/index.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import { type GitHttpServer, startGitHttpServer } from '../../git-store/testing/git-http-server.ts';
import { gitTrust } from './git-trust.ts';
import { loadConfiguration } from './load.ts';

const authority = createCertificateAuthority({ commonName: 'of the Git server' });
const signal = new AbortController().signal;

describe('a Git remote behind an authority of its own', () => {
  let directory: string;
  let server: GitHttpServer;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-git-trust-'));
    await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', join(directory, 'origin.git')]);
    const { certificate: cert, privateKey } = issueCertificate(authority, {
      commonName: 'git',
      ipAddresses: ['127.0.0.1'],
      usages: ['server'],
    });
    const tls = { cert, key: privateKey.reveal() };
    server = await startGitHttpServer({ root: directory, username: 'nautes', password: 'canary', tls });
  });
  after(async () => {
    await server.close();
    await rm(directory, { recursive: true });
  });

  async function open(repository: string, caFile: string): Promise<void> {
    const variables = { NAUTES_DATA_DIRECTORY: directory, NAUTES_GIT_CA_FILE: caFile };
    const environment = await gitTrust(await loadConfiguration({ environment: variables }));
    const repo = await openGitStore(
      {
        directory: join(directory, repository),
        remote: {
          url: server.url('origin.git'),
          credentials: async () => ({ username: 'nautes', password: new Secret('canary') }),
          environment,
        },
        fetchIntervalMilliseconds: 60_000,
        committer: { name: 'Nautes', email: 'nautes@localhost' },
        layouts: [clusterFiles],
        title: 'repository',
        namespace: 'nautes',
        logger: silentLogger,
      },
      signal,
    );
    await repo.close();
  }

  it('is trusted when the authority is configured, by file or text, besides the default ones', async () => {
    const file = join(directory, 'ca.pem');
    await writeFile(file, authority.certificate);
    await open('by-file', file);
    await open('by-text', authority.certificate);
    const bundle = await readFile(join(directory, 'git-authorities.pem'), 'utf8');
    for (const root of [...usualAuthorities(), authority.certificate]) assert.ok(bundle.includes(root.trim()));
  });

  it('is not trusted otherwise, whatever the environment and the repository configure', async () => {
    const untrusted = (error: Error & { reason?: string }): boolean => {
      assert.equal(error.reason, 'ConfigRepoUnavailable');
      assert.match(error.message, /certificate/i);
      assert.doesNotMatch(error.message, /canary/);
      return true;
    };
    const { certificate } = createCertificateAuthority({ commonName: 'another' });
    await assert.rejects(open('another', certificate), untrusted);
    process.env['GIT_SSL_NO_VERIFY'] = '1';
    try {
      await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', join(directory, 'lenient')]);
      await run('git', [`--git-dir=${join(directory, 'lenient')}`, 'config', 'http.sslVerify', 'false']);
      await assert.rejects(open('lenient', ''), untrusted);
    } finally {
      delete process.env['GIT_SSL_NO_VERIFY'];
    }
  });
});
