export type { IdentityProvider } from './identity-provider.ts';
export { LocalTokenIdentity, type LocalTokenIdentityOptions } from './local-token-identity.ts';
export { createToken, listTokens, type NewToken, revokeToken, type TokenInfo } from './token-files.ts';
