import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { NautesError } from '../../errors/errors.ts';
import { Secret } from '../../base/secret.ts';
import { stringifyYaml } from '../../base/yaml.ts';
import { unreadable } from '../documents/sources.ts';
import { type Entry, isSet, type SelectedContext, textAt } from './select.ts';

/** What the files named in a kubeconfig may hold. */
const MAXIMUM_FILE_BYTES = 256 * 1024;

/** How a kubeconfig's user proves who it is. */
export type Proof = 'itself' | 'program' | 'nothing';

/** `program`: only a program on this machine (exec, auth-provider) has the credential. */
export function proofOf(user: Entry): Proof {
  if (isSet(user, 'exec') || isSet(user, 'auth-provider')) return 'program';
  const own = ['client-certificate', 'client-certificate-data', 'token', 'tokenFile', 'username'];
  return own.some((field) => isSet(user, field)) ? 'itself' : 'nothing';
}

/**
 * What must not be sent on, because it would have to be ignored: verification that is switched off, proxies of this
 * network, acting as somebody else.
 * @throws NautesError `KubeconfigInsecureRefused`, `KubeconfigProxyRefused`, `KubeconfigServerInsecure`, …
 */
export function refuseUnusable({ cluster, user }: SelectedContext): void {
  if (isSet(cluster, 'insecure-skip-tls-verify')) throw new NautesError('KubeconfigInsecureRefused');
  if (isSet(cluster, 'proxy-url')) throw new NautesError('KubeconfigProxyRefused');
  if (/^http:/i.test(textAt(cluster, 'server').trim())) throw new NautesError('KubeconfigServerInsecure');
  const impersonates = ['as', 'as-groups', 'as-uid', 'as-user-extra'].some((field) => isSet(user, field));
  if (impersonates) throw new NautesError('KubeconfigImpersonationRefused');
}

/**
 * A kubeconfig with this one context and nothing of the others, contents of files in the place of their paths. Paths
 * are relative to the folder of the file that names them.
 */
export async function inlineKubeconfig(
  { context, cluster, user }: SelectedContext,
  directory: string,
): Promise<Secret> {
  const data = (entry: Entry, field: string) => dataOf(entry, field, directory);
  const authority = await data(cluster, 'certificate-authority');
  const tokenFile = textAt(user, 'tokenFile');
  const token = tokenFile === '' ? textAt(user, 'token') : (await fileText(resolve(directory, tokenFile))).trim();
  return kubeconfigOf({
    context,
    server: textAt(cluster, 'server'),
    authority,
    tlsServerName: textAt(cluster, 'tls-server-name'),
    user: {
      'client-certificate-data': await data(user, 'client-certificate'),
      'client-key-data': await data(user, 'client-key'),
      token,
      username: textAt(user, 'username'),
      password: textAt(user, 'password'),
    },
  });
}

/** The same cluster, with a token. */
export async function kubeconfigWithToken(
  { context, cluster }: SelectedContext,
  token: Secret,
  directory: string,
): Promise<Secret> {
  return kubeconfigOf({
    context,
    server: textAt(cluster, 'server'),
    authority: await dataOf(cluster, 'certificate-authority', directory),
    tlsServerName: textAt(cluster, 'tls-server-name'),
    user: { token: token.reveal() },
  });
}

interface KubeconfigParts {
  readonly context: string;
  readonly server: string;
  /** Base64 of PEM; empty when the certificate is from an authority that is known everywhere. */
  readonly authority: string;
  readonly tlsServerName: string;
  readonly user: Readonly<Record<string, string>>;
}

function kubeconfigOf({ context, server, authority, tlsServerName, user }: KubeconfigParts): Secret {
  const given = (entries: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== ''));
  const cluster = given({ server, 'certificate-authority-data': authority, 'tls-server-name': tlsServerName });
  return new Secret(
    stringifyYaml({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: context, cluster }],
      users: [{ name: context, user: given(user) }],
      contexts: [{ name: context, context: { cluster: context, user: context } }],
      'current-context': context,
    }),
  );
}

/** Base64: of `<field>-data`, or of the file that `<field>` names; empty when there is neither. */
async function dataOf(entry: Entry, field: string, directory: string): Promise<string> {
  const data = textAt(entry, `${field}-data`);
  const path = textAt(entry, field);
  if (data !== '' || path === '') return data;
  return Buffer.from(await fileText(resolve(directory, path))).toString('base64');
}

async function fileText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > MAXIMUM_FILE_BYTES) throw new Error(`it has more than ${MAXIMUM_FILE_BYTES} bytes`);
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}
