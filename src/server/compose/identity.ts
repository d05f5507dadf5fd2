import { defined } from '../../base/defined.ts';
import { removeAbandonedFiles } from '../../base/files/files.ts';
import type { Logger } from '../../base/logger.ts';
import type { ManagementCluster } from '../../management/index.ts';
import { HostClient } from '../../git-host/index.ts';
import {
  GiteaAccounts,
  GitLabAccounts,
  HostIdentity,
  type IdentityProvider,
  LocalTokenIdentity,
  OAuthLogin,
} from '../../identity/index.ts';
import { trustedAuthorities } from '../configuration/authorities.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { dataPaths } from '../configuration/data-paths.ts';
import { gitHostProject } from '../configuration/git-host-project.ts';
import { proxyOf } from '../configuration/proxies.ts';
import { readSecretFile } from '../configuration/secret-file.ts';
import { invalidKey } from '../configuration/invalid.ts';
import { message } from '../../messages/message.ts';
import { tokenStoreOf } from './tokens.ts';

/** Temporary files of `nautes token create` that are older were left by one that was killed. */
const ABANDONED_AFTER_MILLISECONDS = 60_000;

export interface IdentityOptions {
  readonly configuration: Configuration;
  /** Absent when none is configured. */
  readonly management: ManagementCluster | undefined;
  readonly logger: Logger;
  readonly opened: AsyncDisposableStack;
}

/**
 * The configured identity provider.
 * @throws NautesError `ConfigurationInvalid` naming the key
 */
export async function openIdentity({
  configuration,
  management,
  logger,
  opened,
}: IdentityOptions): Promise<IdentityProvider> {
  const { identity } = configuration;
  if (identity.provider === 'local') {
    await removeAbandonedFiles(dataPaths(configuration.dataDirectory).tokens, ABANDONED_AFTER_MILLISECONDS);
    return new LocalTokenIdentity({ tokens: tokenStoreOf(configuration, management), logger });
  }
  const place = gitHostProject(configuration);
  const client = await hostClient(configuration, place.url);
  const file = identity.tokenFile || configuration.git.tokenFile;
  const key = identity.tokenFile === '' ? 'git.tokenFile' : 'identity.tokenFile';
  const own = file === '' ? {} : { ownToken: () => readSecretFile(key, file) };
  const { branch } = configuration.git;
  const accounts =
    identity.provider === 'gitlab'
      ? new GitLabAccounts({ client, branch, project: place.project, ...own })
      : new GiteaAccounts({ client, branch, repository: place.project, ...own });
  const provider = new HostIdentity({ accounts, cacheMilliseconds: identity.cacheSeconds * 1000 });
  opened.defer(() => provider.close());
  logger.info({ ...place, provider: identity.provider }, 'callers authenticate with their tokens of the Git server');
  return provider;
}

/** A client of the configured GitLab or Gitea. */
async function hostClient(configuration: Configuration, url: string): Promise<HostClient> {
  const { identity } = configuration;
  const authorities =
    identity.caFile === ''
      ? await trustedAuthorities('git.caFile', configuration.git.caFile)
      : await trustedAuthorities('identity.caFile', identity.caFile);
  return new HostClient({
    url,
    host: identity.provider === 'gitlab' ? 'GitLab' : 'Gitea',
    requestsPerMinute: identity.requestsPerMinute,
    proxy: await proxyOf(configuration, 'identity'),
    ...defined({ certificateAuthorities: authorities }),
  });
}

/**
 * The login of browsers by the configured GitLab or Gitea, where there is one.
 * @throws NautesError `ConfigurationInvalid` naming the key
 */
export async function openOAuth({ configuration, opened }: IdentityOptions): Promise<{ readonly oauth?: OAuthLogin }> {
  const { provider, oauthClientId: clientId, oauthClientSecretFile: file } = configuration.identity;
  if (clientId === '') return {};
  if (provider === 'local') throw invalidKey('identity.oauthClientId', message('ConfigurationInvalid.oauthProvider'));
  const key = 'identity.oauthClientSecretFile';
  if (file !== '') await readSecretFile(key, file); // so that a mistake is found at the start
  const client = await hostClient(configuration, gitHostProject(configuration).url);
  opened.defer(() => client.close());
  const secret = file === '' ? {} : { clientSecret: () => readSecretFile(key, file) };
  return { oauth: new OAuthLogin({ provider, client, clientId, ...secret }) };
}
