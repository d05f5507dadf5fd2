import { NautesError } from '../../errors/errors.ts';
import type { Configuration } from './configuration.ts';

/** The URL of GitLab or Gitea, and the project there; defaults follow from the remote. */
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

/** The path of a remote below the address, without its suffix. */
function pathOf(remote: URL | undefined, url: string): string {
  if (remote === undefined || !remote.href.startsWith(`${url}/`)) return '';
  return decodeURIComponent(remote.href.slice(url.length + 1))
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
}

function invalid(problem: string): NautesError {
  return new NautesError('ConfigurationInvalid', { problem });
}
