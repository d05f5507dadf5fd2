import { basicAuthorization, type Proxy, type ProxyChoice, proxyChoice, readProxy } from '../../base/network/proxy.ts';
import { message } from '../../messages/message.ts';
import type { Configuration } from './configuration.ts';
import { invalidKey } from './invalid.ts';
import { readSecretFile } from './secret-file.ts';

/** Who is reached by a proxy of its own, if the configuration says so. */
export type ProxiedPeer = Exclude<
  keyof Configuration['proxies'],
  'url' | 'exceptions' | 'credentialsFile' | 'kubeconfigs'
>;

type Environment = Readonly<Record<string, string | undefined>>;

/** In place of a URL. */
const DIRECT = 'none';

/** What the proxies of one key are. */
interface Given {
  readonly https: Proxy | undefined;
  readonly http: Proxy | undefined;
}

/**
 * The proxy for each address of a peer: that of the peer's key, else of `proxies.url`, else of the variables
 * `HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY`, in capitals or not; exceptions hold for all of them.
 * @throws NautesError `ConfigurationInvalid` naming the key or the variable
 */
export async function proxyOf(
  { proxies }: Pick<Configuration, 'proxies'>,
  peer: ProxiedPeer,
  environment: Environment = process.env,
): Promise<ProxyChoice> {
  const key = proxies[peer] === '' ? 'url' : peer;
  const url = proxies[key];
  const given = url === '' ? ofEnvironment(environment) : await ofKey(`proxies.${key}`, url, proxies.credentialsFile);
  return proxyChoice({ ...given, exceptions: exceptionsOf(proxies.exceptions, environment) });
}

/** Checks all keys at the start. @throws NautesError `ConfigurationInvalid` */
export async function checkProxies(configuration: Configuration, environment: Environment): Promise<void> {
  const {
    url: _url,
    exceptions: _exceptions,
    credentialsFile: _file,
    kubeconfigs: _,
    ...peers
  } = configuration.proxies;
  await kubeconfigProxies(configuration);
  for (const peer of Object.keys(peers) as ProxiedPeer[]) await proxyOf(configuration, peer, environment);
}

/** The proxies that kubeconfigs may name. @throws NautesError `ConfigurationInvalid` */
export async function kubeconfigProxies({ proxies }: Pick<Configuration, 'proxies'>): Promise<readonly Proxy[]> {
  const { kubeconfigs, credentialsFile } = proxies;
  return Promise.all(kubeconfigs.map((url) => withCredentials('proxies.kubeconfigs', url, credentialsFile)));
}

async function ofKey(key: string, url: string, credentialsFile: string): Promise<Given> {
  if (url === DIRECT) return { https: undefined, http: undefined };
  const proxy = await withCredentials(key, url, credentialsFile);
  return { https: proxy, http: proxy };
}

async function withCredentials(key: string, url: string, credentialsFile: string): Promise<Proxy> {
  const proxy = required(key, url);
  if (proxy.authorization !== undefined) throw invalidKey(key, message('ConfigurationInvalid.proxyPassword'));
  if (credentialsFile === '') return proxy;
  const pair = await readSecretFile('proxies.credentialsFile', credentialsFile);
  if (!pair.reveal().includes(':')) {
    throw invalidKey('proxies.credentialsFile', message('ConfigurationInvalid.proxyCredentials'));
  }
  return { ...proxy, authorization: basicAuthorization(pair) };
}

function ofEnvironment(environment: Environment): Given {
  const find = (name: string): Proxy | undefined => {
    const found = [name, name.toLowerCase()].find((each) => (environment[each] ?? '') !== '');
    return found === undefined ? undefined : required(found, environment[found] ?? '');
  };
  return { https: find('HTTPS_PROXY') ?? find('ALL_PROXY'), http: find('HTTP_PROXY') ?? find('ALL_PROXY') };
}

function exceptionsOf(configured: readonly string[], environment: Environment): readonly string[] {
  if (configured.length > 0) return configured;
  return (environment['NO_PROXY'] || environment['no_proxy'] || '').split(/[,\s]+/);
}

/** The text itself is not repeated: it may hold a password. */
function required(key: string, text: string): Proxy {
  const proxy = readProxy(text);
  if (proxy === 'scheme') throw invalidKey(key, message('ConfigurationInvalid.proxyScheme'));
  if (proxy === 'invalid') throw invalidKey(key, message('ConfigurationInvalid.proxyUrl'));
  return proxy;
}
