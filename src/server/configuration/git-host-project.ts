import type { Configuration } from './configuration.ts';
import { invalidKey } from './invalid.ts';
import { message } from '../../messages/message.ts';

const NEEDED = message('ConfigurationInvalid.needed');

/** The URL of GitLab or Gitea, and the project there; defaults follow from the remote. */
export function gitHostProject({ identity, git }: Configuration): { readonly url: string; readonly project: string } {
  const remote = /^https?:/.test(git.remote) && URL.canParse(git.remote) ? new URL(git.remote) : undefined;
  const url = (identity.url || (remote?.origin ?? '')).replace(/\/+$/, '');
  const project = identity.project || pathOf(remote, url);
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
    throw invalidKey('identity.url', url === '' ? NEEDED : message('ConfigurationInvalid.notHttp', { url }));
  }
  const { username, password, search, hash } = new URL(url);
  if (username + password + search + hash !== '') {
    throw invalidKey('identity.url', message('ConfigurationInvalid.urlParts'));
  }
  const form = identity.provider === 'gitea' ? /^\w[\w.-]*\/\w[\w.-]*$/ : /^(\d+|\w[\w.-]*(\/\w[\w.-]*)+)$/;
  if (!form.test(project)) {
    const problem = project === '' ? NEEDED : message('ConfigurationInvalid.notProject', { project });
    throw invalidKey('identity.project', problem);
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
