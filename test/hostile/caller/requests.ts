import { MINIMAL_BODY } from '../../../src/api/testing/test-server.ts';

/** A request that is made to cost more than it is worth. */
export interface HostileRequest {
  /** Default POST. */
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Default: a maintainer's. */
  readonly token?: 'reader';
}

const KIB = 1024;
/** About as much as a body may have. */
const LARGE = 1000 * KIB;
/** About as much as the headers, or the path, may have. */
const LONG = 15_000;

const plan = (body: string | Buffer): HostileRequest => ({ path: '/api/v1/clusters/a/plan', body });
const cluster = (fields: object): HostileRequest => plan(JSON.stringify({ ...MINIMAL_BODY, ...fields }));
const get = (path: string, headers: Readonly<Record<string, string>> = {}): HostileRequest => ({
  method: 'GET',
  path,
  headers,
});
const numbered = <T>(count: number, entry: (index: number) => readonly [string, T]): Readonly<Record<string, T>> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => entry(index)));
const additions = (count: number): object => numbered(count, (index) => [`httpNodePor${index}`, 'x']);
const CATEGORIES = ['gateway', 'deployment', 'multi_tenant', 'secret_sync', 'progressive_delivery', 'pipeline'];

/** By what is large, deep, many or ambiguous in them. */
export const HOSTILE_REQUESTS: Readonly<Record<string, HostileRequest>> = {
  'settings of components': cluster({
    components_list: Object.fromEntries(
      CATEGORIES.map((category) => [category, { name: 'traefik', namespace: 'x', additions: additions(900) }]),
    ),
  }),
  'an address': cluster({ api_server: `https://${'a.'.repeat(LARGE / 2)}` }),
  brackets: cluster({ api_server: `https://${'['.repeat(LARGE / 2)}` }),
  blanks: cluster({ api_server: `${' '.repeat(LARGE - KIB)}x` }),
  'a domain': cluster({ primary_domain: 'a-'.repeat(LARGE / 2) }),
  'a kubeconfig of aliases': cluster({ kubeconfig: `a: &a [x]\n${'b: [*a, *a, *a]\n'.repeat(10_000)}` }),
  'a kubeconfig of merge keys': cluster({ kubeconfig: `a: &a {x: y}\n${'b: {<<: *a}\n'.repeat(10_000)}` }),
  'a deep kubeconfig': cluster({ kubeconfig: '['.repeat(200 * KIB) }),
  'a kubeconfig of documents': cluster({ kubeconfig: '---\na: b\n'.repeat(20 * KIB) }),
  'lists of resources': cluster({
    product_allowed_cluster_resources: numbered(900, (index) => [`p${index}`, [{ group: 'g'.repeat(50), kind: 'k' }]]),
  }),
  'lists of products': cluster({
    reserved_namespaces_allowed_products: numbered(300, (index) => [`n${index}`, ['p'.repeat(1_000), 'q']]),
  }),
  'deep arrays': plan('['.repeat(LARGE)),
  'deep objects': plan('{"a":'.repeat(200 * KIB)),
  'many values': plan(`{"x":[${'0,'.repeat(480 * KIB)}0]}`),
  'many names': plan(JSON.stringify(numbered(9_000, (index) => [`k${index}`, 1]))),
  'the same name': plan(`{${'"api_server":"x",'.repeat(15_000)}"a":1}`),
  'both spellings': plan(`{${'"apiServer":"x","api_server":"y",'.repeat(7_000)}"a":1}`),
  escapes: plan(`{"api_server":"${'\\u0041'.repeat(160 * KIB)}"}`),
  backslashes: plan(`{"api_server":"${'\\\\'.repeat(480 * KIB)}"}`),
  digits: plan(`{"x":${'1'.repeat(LARGE)}}`),
  'line ends': plan(`${'\n'.repeat(LARGE)}x`),
  'broken UTF-8': plan(Buffer.concat([Buffer.from('{"x":"'), Buffer.alloc(LARGE, 0xff)])),
  'comments of examples': plan(`{ ${'# c\n'.repeat(15 * KIB)}`),
  'commas of examples': plan(`{ a: [${','.repeat(60 * KIB)}`),
  'templates of examples': plan(`{ # \n${'{{'.repeat(30 * KIB)}`),
  'a body of a reader': { ...plan(`{"x":[${'{"a":1},'.repeat(120 * KIB)}0]}`), token: 'reader' },
  'a deep hook': { path: '/api/v1/webhooks/gitlab', body: '['.repeat(LARGE) },
  'a wide hook': { path: '/api/v1/webhooks/gitlab', body: `[${'[],'.repeat(330 * KIB)}1]` },
  languages: get('/api/v1/clusters', { 'accept-language': 'zh;q=0.1,'.repeat(LONG / 10) }),
  semicolons: get('/api/v1/clusters', { 'accept-language': ';'.repeat(LONG) }),
  cookies: get('/api/v1/clusters', { cookie: 'a=b; '.repeat(LONG / 6) }),
  bearers: get('/api/v1/clusters', { authorization: 'Bearer'.repeat(LONG / 6) }),
  'a long token': get('/api/v1/clusters', { authorization: `Bearer nautes_${'a'.repeat(LONG)}` }),
  tags: { ...cluster({}), headers: { 'if-match': '"a",'.repeat(LONG / 4) } },
  'a content type': { ...cluster({}), headers: { 'content-type': `application/json${';a=b'.repeat(LONG / 5)}` } },
  selectors: get(`/api/v1/clusters?field_selector=${'usage=worker,'.repeat(LONG / 14)}`),
  'equal signs': get(`/api/v1/clusters?field_selector=${'='.repeat(LONG)}`),
  parameters: get(`/api/v1/clusters?${'a=1&'.repeat(LONG / 4)}`),
  'a deep parameter': get(`/api/v1/clusters?body.${'a.'.repeat(LONG / 2)}=1`),
  slashes: get(`/${'/'.repeat(LONG)}`),
  'dot segments': get(`/${'../'.repeat(LONG / 3)}`),
  'a continuation': get(`/api/v1/clusters?limit=1&continue=${'A'.repeat(LONG)}`),
};
