export { GiteaAccounts, type GiteaAccountsOptions } from './gitea-accounts.ts';
export { GitLabAccounts, type GitLabAccountsOptions } from './gitlab-accounts.ts';
export { HostIdentity, type HostIdentityOptions } from './host-identity.ts';
export type { IdentityProvider } from './identity-provider.ts';
export { LocalTokenIdentity, type LocalTokenIdentityOptions } from './local-token-identity.ts';
export { KubernetesTokens, type KubernetesTokensOptions } from './kubernetes-tokens.ts';
export { sessionKeyFile, sharedSessionKey } from './session-key.ts';
export { TokenFiles } from './token-files.ts';
export type { NewToken, TokenInfo, TokenListing, TokenRecord, TokenStore } from './token-store.ts';
