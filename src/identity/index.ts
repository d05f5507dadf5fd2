export { GiteaAccounts, type GiteaAccountsOptions } from './gitea-accounts.ts';
export { GitLabAccounts, type GitLabAccountsOptions } from './gitlab-accounts.ts';
export { HostIdentity, type HostIdentityOptions } from './host-identity.ts';
export type { IdentityProvider } from './identity-provider.ts';
export { LocalTokenIdentity, type LocalTokenIdentityOptions } from './local-token-identity.ts';
export {
  checkTokensWritable,
  createToken,
  listTokens,
  type NewToken,
  revokeToken,
  type TokenInfo,
} from './token-files.ts';
