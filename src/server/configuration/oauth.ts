import { NautesError } from '../../errors/errors.ts';
import type { Secret } from '../../base/secret.ts';
import type { OauthSettings } from '../../render/facts.ts';
import type { Configuration } from './configuration.ts';
import { readSecretFile } from './secret-file.ts';

const MAXIMUM_SECRET_LENGTH = 4096;

/**
 * The OpenID Connect client for logins to dashboards; `undefined` when no issuer is configured.
 * @throws NautesError `ConfigurationInvalid` naming the key
 */
export async function oauthSettings({ oauth }: Configuration): Promise<OauthSettings | undefined> {
  const { issuer, clientId, clientSecretFile } = oauth;
  if (issuer === '' && clientId === '' && clientSecretFile === '') return undefined;
  if (!/^https:\/\/[^\s?#@]+$/.test(issuer)) throw invalid('issuer', 'this is no https URL of an issuer');
  if (clientId === '') throw invalid('clientId', 'an issuer needs a client');
  if (clientSecretFile === '') throw invalid('clientSecretFile', 'the client needs a secret');
  return { issuer, clientId, clientSecret: await readSecret(clientSecretFile) };
}

async function readSecret(file: string): Promise<Secret> {
  const secret = await readSecretFile('oauth.clientSecretFile', file);
  if (secret.reveal().length > MAXIMUM_SECRET_LENGTH) throw invalid('clientSecretFile', `${file} holds no secret`);
  return secret;
}

function invalid(key: string, problem: string): NautesError {
  return new NautesError('ConfigurationInvalid', { problem: `oauth.${key}: ${problem}` });
}
