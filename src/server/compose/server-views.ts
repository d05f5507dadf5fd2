import { basename } from 'node:path';
import { missingSafeguards } from '../../base/programs/limits.ts';
import type { ServerSetup, TokenAdministration } from '../../api/index.ts';
import { type IdentityProvider, LocalTokenIdentity } from '../../identity/index.ts';
import type { ManagementCluster } from '../../management/index.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { gitHostProject } from '../configuration/git-host-project.ts';
import { tokenStoreOf } from './tokens.ts';

/** How the server is set up, as readers may know it: no paths, addresses or secrets of the machine. */
export function serverSetup(configuration: Configuration): ServerSetup {
  const { identity, storage, secrets, tls, git, catalog } = configuration;
  return {
    identity_provider: identity.provider,
    storage,
    secret_store: secrets.store,
    tls: tls.mode,
    remote: git.remote !== '',
    commit_url: commitPage(configuration),
    missing_safeguards: missingSafeguards(),
    catalog_files: catalog.files.map((file) => basename(file)),
  };
}

/** The page of a commit of the configuration repository, `{commit}` for its id. */
function commitPage(configuration: Configuration): string {
  const { provider } = configuration.identity;
  if (provider === 'local') return '';
  const { url, project } = gitHostProject(configuration);
  if (/^\d+$/.test(project)) return ''; // the path of a project that is known by its number is not
  return provider === 'gitlab' ? `${url}/${project}/-/commit/{commit}` : `${url}/${project}/commit/{commit}`;
}

/** The tokens of the installation for those who may see and revoke them; none with tokens of GitLab or Gitea. */
export function tokenAdministration(
  configuration: Configuration,
  management: ManagementCluster | undefined,
  identity: IdentityProvider,
): { readonly tokens?: TokenAdministration } {
  if (!(identity instanceof LocalTokenIdentity)) return {};
  const store = tokenStoreOf(configuration, management);
  const list: TokenAdministration['list'] = async (signal) => {
    const { tokens, unreadable } = await store.list(signal);
    return {
      tokens: tokens.map((token) => {
        const days = [token.lastUsedAt ?? '', identity.lastUse(token.name) ?? ''];
        const lastUsedAt = days.toSorted().at(-1);
        return lastUsedAt === '' || lastUsedAt === undefined ? token : { ...token, lastUsedAt };
      }),
      unreadable: unreadable.map((place) => basename(place)),
    };
  };
  return { tokens: { list, revoke: store.revoke } };
}
