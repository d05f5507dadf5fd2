import type { Secret } from '../../base/secret.ts';
import type { OauthSettings } from '../../render/facts.ts';
import type { Configuration } from './configuration.ts';
import { readSecretFile } from './secret-file.ts';
import { invalidKey } from './invalid.ts';
import { message } from '../../messages/message.ts';

const MAXIMUM_SECRET_LENGTH = 4096;

/**
 * The OpenID Connect client for logins to dashboards; `undefined` when no issuer is configured.
 * @throws NautesError `ConfigurationInvalid` naming the key
 */
export async function oauthSettings({ oauth }: Configuration): Promise<OauthSettings | undefined> {
  const { issuer, clientId, clientSecretFile } = oauth;
  if (issuer === '' && clientId === '' && clientSecretFile === '') return undefined;
  if (!/^https:\/\/[^\s?#@]+$/.test(issuer))
    throw invalidKey('oauth.issuer', message('ConfigurationInvalid.notIssuer'));
  if (clientId === '') throw invalidKey('oauth.clientId', message('ConfigurationInvalid.clientMissing'));
  if (clientSecretFile === '') {
    throw invalidKey('oauth.clientSecretFile', message('ConfigurationInvalid.clientSecretMissing'));
  }
  return { issuer, clientId, clientSecret: await readSecret(clientSecretFile) };
}

async function readSecret(file: string): Promise<Secret> {
  const secret = await readSecretFile('oauth.clientSecretFile', file);
  if (secret.reveal().length > MAXIMUM_SECRET_LENGTH) {
    throw invalidKey('oauth.clientSecretFile', message('ConfigurationInvalid.noSecret', { file }));
  }
  return secret;
}
