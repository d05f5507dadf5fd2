import { message } from '../../messages/message.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadConfiguration } from '../configuration/load.ts';
import { configuredServices, OwnServices } from './own-services.ts';

describe('services of this installation', () => {
  it('are those of the configuration, with their ports', async () => {
    const configuration = await loadConfiguration({
      environment: {
        NAUTES_LISTEN: '127.0.0.1:8000',
        NAUTES_METRICS_LISTEN: '[::1]:9000',
        NAUTES_GIT_REMOTE: 'git@Git.example:platform/config.git',
        NAUTES_IDENTITY_URL: 'https://gitlab.example/sub',
        NAUTES_VAULT_ADDRESS: 'https://[fd00::7]:8200',
        NAUTES_SECRETS_VAULT_ADDRESS: 'https://vault.example:8200',
        NAUTES_OAUTH_ISSUER: 'https://issuer.example',
      },
    });
    assert.deepEqual(
      configuredServices(configuration).map(({ host, port }) => `${host} ${port}`),
      [
        '127.0.0.1 8000',
        '::1 9000',
        'git.example 22',
        'gitlab.example 443',
        'fd00::7 8200',
        'vault.example 8200',
        'issuer.example 443',
      ],
    );
  });

  it('are at each address of the machine when the server listens on all', async () => {
    const configuration = await loadConfiguration({ environment: { NAUTES_LISTEN: '0.0.0.0:8000' } });
    const hosts = configuredServices(configuration).map(({ host }) => host);
    assert.ok(hosts.includes('127.0.0.1'), String(hosts));
  });

  it('are recognised by name, by its addresses, and by IPv4 embedded in IPv6', async () => {
    const services = new OwnServices(
      [{ what: message('service.vault'), host: 'vault.example', port: 8200 }],
      async () => ['10.1.2.3'],
    );
    await services.start();
    for (const host of ['vault.example', '10.1.2.3', '::ffff:10.1.2.3', '64:ff9b::a01:203']) {
      assert.deepEqual(services.describe(host, 8200), message('service.vault'), host);
      assert.equal(services.describe(host, 6443), undefined, host);
    }
    assert.equal(services.describe('10.1.2.4', 8200), undefined);
    services.close();
  });

  it('are recognised by name also while that cannot be resolved', async () => {
    const services = new OwnServices(
      [{ what: message('service.gitHost'), host: 'gitlab.example', port: 443 }],
      async () => {
        throw new Error('no resolver');
      },
    );
    await services.start();
    assert.deepEqual(services.describe('gitlab.example', 443), message('service.gitHost'));
    assert.equal(services.describe('10.1.2.3', 443), undefined);
    services.close();
  });
});
