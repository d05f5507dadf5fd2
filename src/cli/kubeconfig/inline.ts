import { readBoundedFile } from '../../base/files/bounded-file.ts';
import { NautesError } from '../../errors/errors.ts';
import { Secret } from '../../base/secret.ts';
import { stringifyYaml } from '../../base/yaml.ts';
import { conflictsOf } from '../../kubeconfig/client-rules.ts';
import { type Entry, isSet, placeholderFindings, textOf } from '../../kubeconfig/entry.ts';
import { unreadable } from '../documents/sources.ts';
import type { SelectedContext } from './select.ts';

/** What the files named in a kubeconfig may hold. */
const MAXIMUM_FILE_BYTES = 256 * 1024;

/**
 * What must not be sent on, because it would have to be ignored: secrets that were left out, verification that is
 * switched off, acting as another user.
 * @throws NautesError `KubeconfigRedacted`, `KubeconfigConflict`, `KubeconfigInsecureRefused`, `KubeconfigServerInsecure`, …
 */
export function refuseUnusable({ cluster, user }: SelectedContext): void {
  const [finding] = [
    ...placeholderFindings(cluster),
    ...placeholderFindings(user),
    ...conflictsOf('cluster', cluster),
    ...conflictsOf('user', user),
  ];
  if (finding !== undefined) throw finding;
  if (isSet(cluster, 'insecure-skip-tls-verify')) throw new NautesError('KubeconfigInsecureRefused');
  if (/^http:/i.test(textOf(cluster, 'server').trim())) throw new NautesError('KubeconfigServerInsecure');
  const impersonates = ['as', 'as-groups', 'as-uid', 'as-user-extra'].some((field) => isSet(user, field));
  if (impersonates) throw new NautesError('KubeconfigImpersonationRefused');
}

/** A kubeconfig with this one context and nothing of the others, contents of files in the place of their paths. */
export async function inlineKubeconfig({ context, cluster, user }: SelectedContext): Promise<Secret> {
  const authority = await dataOf(cluster, 'certificate-authority');
  const token = await tokenOf(user);
  // A key alone does not count, and its file may be missing.
  const hasCertificate = ['client-certificate', 'client-certificate-data'].some((field) => isSet(user, field));
  return kubeconfigOf({
    context,
    server: textOf(cluster, 'server'),
    authority,
    ...wayOf(cluster),
    user: {
      'client-certificate-data': await dataOf(user, 'client-certificate'),
      'client-key-data': hasCertificate ? await dataOf(user, 'client-key') : '',
      token,
      username: textOf(user, 'username'),
      password: textOf(user, 'password'),
    },
  });
}

/** A token file goes before a token as long as it can be read, as client-go has it. */
async function tokenOf(user: Entry): Promise<string> {
  const [token, file] = [textOf(user, 'token'), textOf(user, 'tokenFile')];
  if (file === '') return token;
  try {
    return (await fileText(file)).trim() || token;
  } catch (error) {
    if (token === '') throw error;
    return token;
  }
}

/** The same cluster, with a token. */
export async function kubeconfigWithToken({ context, cluster }: SelectedContext, token: Secret): Promise<Secret> {
  return kubeconfigOf({
    context,
    server: textOf(cluster, 'server'),
    authority: await dataOf(cluster, 'certificate-authority'),
    ...wayOf(cluster),
    user: { token: token.reveal() },
  });
}

interface KubeconfigParts {
  readonly context: string;
  readonly server: string;
  /** Base64 of PEM; empty when the certificate is from an authority that is known everywhere. */
  readonly authority: string;
  readonly tlsServerName: string;
  readonly proxyUrl: string;
  readonly user: Readonly<Record<string, string>>;
}

function wayOf(cluster: Entry): Pick<KubeconfigParts, 'tlsServerName' | 'proxyUrl'> {
  return { tlsServerName: textOf(cluster, 'tls-server-name'), proxyUrl: textOf(cluster, 'proxy-url') };
}

function kubeconfigOf({ context, server, authority, tlsServerName, proxyUrl, user }: KubeconfigParts): Secret {
  const given = (entries: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== ''));
  const cluster = given({
    server,
    'certificate-authority-data': authority,
    'tls-server-name': tlsServerName,
    'proxy-url': proxyUrl,
  });
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
async function dataOf(entry: Entry, field: string): Promise<string> {
  const data = textOf(entry, `${field}-data`);
  const path = textOf(entry, field);
  if (data !== '' || path === '') return data;
  return Buffer.from(await fileText(path)).toString('base64');
}

async function fileText(file: string): Promise<string> {
  try {
    return (await readBoundedFile(file, MAXIMUM_FILE_BYTES)).toString('utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}
