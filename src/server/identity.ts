import { NautesError } from '../errors/errors.ts';
import type { Logger } from '../base/logger.ts';
import { HostClient } from '../git-host/index.ts';
import {
  GiteaAccounts,
  GitLabAccounts,
  HostIdentity,
  type IdentityProvider,
  LocalTokenIdentity,
} from '../identity/index.ts';
import { trustedAuthorities } from './authorities.ts';
import type { Configuration } from './configuration.ts';
import { dataPaths } from './data-paths.ts';
import type { Opened } from './opened.ts';
import { readSecretFile } from './remote.ts';

/**
 * Who knows the callers.
 * @throws NautesError `ConfigurationInvalid` naming the key
 */
export async function openIdentity(
  configuration: Configuration,
  logger: Logger,
  opened: Opened,
): Promise<IdentityProvider> {
  const { identity } = configuration;
  if (identity.provider === 'local') {
    return new LocalTokenIdentity({ directory: dataPaths(configuration.dataDirectory).tokens, logger });
  }
  const place = hostPlace(configuration);
  const authorities =
    identity.caFile === ''
      ? await trustedAuthorities('git.caFile', configuration.git.caFile)
      : await trustedAuthorities('identity.caFile', identity.caFile);
  const client = new HostClient({
    url: place.url,
    host: identity.provider === 'gitlab' ? 'GitLab' : 'Gitea',
    requestsPerMinute: identity.requestsPerMinute,
    ...(authorities === undefined ? {} : { certificateAuthorities: authorities }),
  });
  const file = identity.tokenFile || configuration.git.tokenFile;
  const key = identity.tokenFile === '' ? 'git.tokenFile' : 'identity.tokenFile';
  const own = file === '' ? {} : { ownToken: () => readSecretFile(key, file) };
  const accounts =
    identity.provider === 'gitlab'
      ? new GitLabAccounts({ client, project: place.project, ...own })
      : new GiteaAccounts({ client, repository: place.project, ...own });
  const provider = new HostIdentity({ accounts, cacheMilliseconds: identity.cacheSeconds * 1000 });
  opened.add('identity', () => provider.close());
  logger.info({ ...place, provider: identity.provider }, 'callers are known by their tokens there');
  return provider;
}

/** Where GitLab or Gitea is, and the project there; what is not said follows from the remote. */
export function hostPlace({ identity, git }: Configuration): { readonly url: string; readonly project: string } {
  const remote = /^https?:/.test(git.remote) && URL.canParse(git.remote) ? new URL(git.remote) : undefined;
  const url = (identity.url || (remote?.origin ?? '')).replace(/\/+$/, '');
  const project = identity.project || pathOf(remote, url);
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
    throw invalid(`identity.url: ${url === '' ? 'it is needed' : `${url} is no http or https address`}`);
  }
  const { username, password, search, hash } = new URL(url);
  if (username + password + search + hash !== '') throw invalid('identity.url: only scheme, host, port and path');
  const form = identity.provider === 'gitea' ? /^\w[\w.-]*\/\w[\w.-]*$/ : /^(\d+|\w[\w.-]*(\/\w[\w.-]*)+)$/;
  if (!form.test(project)) {
    throw invalid(`identity.project: ${project === '' ? 'it is needed' : `${project} is no path or id of a project`}`);
  }
  return { url, project };
}

/** The path of a remote below the address, without its ending. */
function pathOf(remote: URL | undefined, url: string): string {
  if (remote === undefined || !remote.href.startsWith(`${url}/`)) return '';
  return decodeURIComponent(remote.href.slice(url.length + 1))
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
}

function invalid(problem: string): NautesError {
  return new NautesError('ConfigurationInvalid', { problem });
}
