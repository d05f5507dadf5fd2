/** Kubeconfigs as kubectl and we read them: the same entries, or refused by both. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { readKubeconfigs, selectContext } from '../../src/cli/kubeconfig/select.ts';
import { NautesError } from '../../src/errors/errors.ts';
import { isPlatformSupported, kubectlPath } from '../../tools/kubectl/kubectl.ts';

const SHARED = resolve(import.meta.dirname, '../../../shared/cases');
const skip = isPlatformSupported() ? false : 'kubectl is brought for Linux on x64 only';

const LISTS = {
  clusters: '{name: c, cluster: {server: "https://127.0.0.1:1"}}',
  users: '{name: u, user: {token: t}}',
  contexts: '{name: x, context: {cluster: c, user: u}}',
};

interface Parts {
  readonly clusters?: string;
  readonly users?: string;
  readonly contexts?: string;
  readonly current?: string;
}

function kubeconfig({ clusters, users, contexts, current = 'x' }: Parts = {}): string {
  return [
    `clusters: [${clusters ?? LISTS.clusters}]`,
    `users: [${users ?? LISTS.users}]`,
    `contexts: [${contexts ?? LISTS.contexts}]`,
    `current-context: ${current}`,
    '',
  ].join('\n');
}

/** What one of both makes of it: the context and where it leads, or the refusal. */
interface Outcome {
  readonly context?: string;
  readonly server?: unknown;
  readonly token?: unknown;
  readonly refusal?: string;
}

describe('kubeconfigs as kubectl reads them', { skip }, () => {
  let directory: string;
  let kubectl: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-kubeconfig-'));
    kubectl = await kubectlPath();
  });
  after(() => rm(directory, { recursive: true, force: true }));

  async function theirs(environment: Readonly<Record<string, string>>): Promise<Outcome> {
    const result = await run(kubectl, ['config', 'view', '--raw', '--minify', '-o', 'json'], { environment });
    if (result.code !== 0) return { refusal: result.stderr };
    const view = JSON.parse(result.stdout.toString()) as {
      'current-context': string;
      clusters: { cluster: Record<string, unknown> }[];
      users: { user: Record<string, unknown> }[];
    };
    const [cluster, user] = [view.clusters[0]?.cluster, view.users[0]?.user];
    return { context: view['current-context'], server: cluster?.['server'], token: user?.['token'] };
  }

  async function ours(environment: Readonly<Record<string, string>>): Promise<Outcome> {
    try {
      const { context, cluster, user } = selectContext(await readKubeconfigs(undefined, environment), undefined);
      return { context, server: cluster['server'], token: user['token'] };
    } catch (error) {
      if (!(error instanceof NautesError)) throw error;
      return { refusal: `${error.reason}: ${error.message}` };
    }
  }

  /** Both outcomes of files that are named in KUBECONFIG; `undefined` is a missing one. */
  async function both(...texts: readonly (string | undefined)[]): Promise<readonly [Outcome, Outcome]> {
    const files = texts.map((_, index) => join(directory, `${index}.yaml`));
    for (const [index, file] of files.entries()) {
      const text = texts[index];
      if (text === undefined) await rm(file, { force: true });
      else await writeFile(file, text, { mode: 0o600 });
    }
    const environment = { HOME: directory, KUBECONFIG: files.join(delimiter) };
    return [await theirs(environment), await ours(environment)];
  }

  const empty = 'clusters: []\ncontexts: []\nusers: []\n';
  const accepted: readonly (readonly [string, ...(string | undefined)[]])[] = [
    ['no kind and apiVersion', kubeconfig()],
    ['empty kind and apiVersion', `kind: ""\napiVersion: ''\n${kubeconfig()}`],
    ['kind and apiVersion null', `kind: null\napiVersion: ~\n${kubeconfig()}`],
    ['unknown fields', `more: {}\n${kubeconfig({ users: '{name: u, user: {token: t, tokn: u}, note: 1}' })}`],
    ['null lists that are not needed', `preferences: null\nextensions: null\n${kubeconfig()}`],
    ['an entry that is null', kubeconfig({ users: `null, ${LISTS.users}` })],
    ['a user that is null', kubeconfig({ users: '{name: u, user: null}' })],
    ['a second document', `${kubeconfig()}---\n${kubeconfig({ current: 'y' })}`],
    ['a second document that is not YAML', `${kubeconfig()}---\nbroken: [\n`],
    ['the end of the document', `${kubeconfig()}...\nbroken: [\n`],
    ['a comment before the first document', `# made by hand\n---\n${kubeconfig()}`],
    ['a byte order mark', `\uFEFF${kubeconfig()}`],
    ['a quoted number as a name', kubeconfig({ contexts: LISTS.contexts.replace('x', '"12"'), current: '"12"' })],
    ['an empty file before it', '', kubeconfig()],
    ['a file that is no kubeconfig before it', 'hello: world\n', kubeconfig()],
    ['a file without entries and a missing one before it', empty, undefined, kubeconfig()],
    [
      'entries that come in three files',
      `current-context: x\n${empty}`,
      kubeconfig({ contexts: '', current: '""' }),
      kubeconfig({ clusters: '', users: '' }),
    ],
    ['the first entry of each name', kubeconfig({ users: '{name: u, user: {token: first}}' }), kubeconfig()],
    [
      'the first current-context',
      kubeconfig({ current: '""' }),
      kubeconfig({ current: 'x' }),
      kubeconfig({ current: 'z' }),
    ],
  ];
  for (const [what, ...texts] of accepted) {
    it(`${what}: the same entries are chosen`, async () => {
      const [their, our] = await both(...texts);
      assert.equal(their.refusal, undefined);
      assert.deepEqual(our, their);
    });
  }

  const twice = (list: keyof typeof LISTS): string => kubeconfig({ [list]: `${LISTS[list]}, ${LISTS[list]}` });
  const refused: readonly (readonly [string, RegExp, ...string[]])[] = [
    ['two clusters of one name', /clusters has more than one entry with the name "c"/, twice('clusters')],
    ['two users of one name', /users has more than one entry with the name "u"/, twice('users')],
    ['two contexts of one name', /contexts has more than one entry with the name "x"/, twice('contexts')],
    [
      'two users of one name that no context uses',
      /users has more than one entry with the name "o"/,
      kubeconfig({ users: `{name: o}, {name: o}, ${LISTS.users}` }),
    ],
    [
      'a number as a name',
      /the name of entry 1 of contexts is a number: quote it/,
      kubeconfig({ contexts: LISTS.contexts.replace('x', '20240115'), current: '20240115' }),
    ],
    [
      'a boolean as a name',
      /the name of entry 1 of contexts is a boolean: quote it/,
      kubeconfig({ contexts: LISTS.contexts.replace('x', 'yes') }),
    ],
    [
      'a number as a token',
      /the token of entry 1 of users is a number: quote it/,
      kubeconfig({ users: LISTS.users.replace(': t}', ': 1}') }),
    ],
    ['a number as current-context', /current-context is a number: quote it/, kubeconfig({ current: '12' })],
    ['a list as an entry', /entry 1 of users is not a map/, kubeconfig({ users: '[]' })],
    ['a list as a user', /entry 1 of users is not a map/, kubeconfig({ users: '{name: u, user: []}' })],
    [
      'another kind',
      /an object of kind Secret, and a kubeconfig has the kind Config/,
      `kind: Secret\napiVersion: v1\n${kubeconfig()}`,
    ],
    ['another apiVersion', /its apiVersion is not v1/, `kind: Config\napiVersion: v2\n${kubeconfig()}`],
    ['an empty file', /it is empty/, ''],
    ['an empty first document', /it is empty/, `---\n---\n${kubeconfig()}`],
    ['no kubeconfig at all', /it is no kubeconfig/, 'hello: world\n'],
    ['a text', /not a map of fields/, 'hello\n'],
    ['not YAML', /KubeconfigNotYaml: .*line 1, column/, '\t- [\n'],
    ['a context that is not there', /KubeconfigContextMissing/, kubeconfig({ current: 'z' })],
    ['a user that is not there', /the user of the context/, kubeconfig({ users: '' })],
    [
      'base64 that is none, in an entry that no context uses',
      /entry 1 of clusters is not base64/,
      kubeconfig({ clusters: `{name: o, cluster: {certificate-authority-data: "%"}}, ${LISTS.clusters}` }),
    ],
    [
      'a text for a boolean',
      /is not a boolean/,
      kubeconfig({ clusters: LISTS.clusters.replace('}}', ', insecure-skip-tls-verify: "no"}}') }),
    ],
    ['a list for a map', /is not a map/, kubeconfig({ users: '{name: u, user: {exec: []}}' })],
    [
      'a certificate',
      /it seems to be a PEM file \(CERTIFICATE\)/,
      '-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n',
    ],
    ['a page of a login', /it seems to be a page of a web server/, '<!DOCTYPE html>\n<html></html>\n'],
    ['an object of the cluster', /an object of kind Secret/, 'apiVersion: v1\nkind: Secret\ndata: {}\n'],
    ['a fault in the second file', /users has more than one entry/, kubeconfig(), twice('users')],
  ];
  for (const [what, words, ...texts] of refused) {
    it(`${what}: refused by both`, async () => {
      const [their, our] = await both(...texts);
      assert.notEqual(their.refusal, undefined);
      assert.match(our.refusal ?? '', words);
    });
  }

  /** Forms that YAML 1.2 and Go's YAML read differently, and their neighbours. */
  const names = [
    ...'y N on Off True 1_000 0b101 0b12 0o17 012 089 0X1f -0b11 +1 0x1234567890123456 0x12345678901234567 123456789012345678901 1e3 1e 1e400 .5 1. 1_0.5 .inf -.INF .NaN 1:20 2024-01-15 = _1'.split(
      ' ',
    ),
    '!!str 12',
    "'no'",
  ];
  it(`names are text, numbers or booleans as Go has it: ${names.length} forms`, async () => {
    const different: string[] = [];
    for (const name of names) {
      const text = kubeconfig({ contexts: LISTS.contexts.replace('name: x', `name: ${name}`), current: name });
      const [their, our] = await both(text);
      const isRefused = our.refusal !== undefined;
      if (isRefused ? their.refusal === undefined : our.context !== their.context) different.push(name);
      if (isRefused) assert.match(our.refusal, /is a (?:number|boolean): quote it/, name);
    }
    assert.deepEqual(different, []);
  });

  it('UTF-16, as PowerShell writes it, is read; bytes of no encoding are refused by both', async () => {
    const file = join(directory, 'windows.yaml');
    const environment = { HOME: directory, KUBECONFIG: file };
    await writeFile(file, Buffer.from(`\uFEFF${kubeconfig()}`, 'utf16le'));
    assert.deepEqual(await ours(environment), await theirs(environment));
    await writeFile(file, Buffer.concat([Buffer.from(kubeconfig()), Buffer.from([0x23, 0xff, 0x0a])]));
    assert.notEqual((await theirs(environment)).refusal, undefined);
    assert.match((await ours(environment)).refusal ?? '', /neither UTF-8 nor UTF-16/);
  });

  it('paths are those from the folder of their file', async () => {
    const user = '{name: u, user: {tokenFile: pki/token}}';
    await both(empty, kubeconfig({ users: user }));
    const environment = {
      HOME: directory,
      KUBECONFIG: ['0.yaml', '1.yaml'].map((file) => join(directory, file)).join(delimiter),
    };
    const selected = selectContext(await readKubeconfigs(undefined, environment), undefined);
    assert.equal(selected.user['tokenFile'], join(directory, 'pki/token'));
  });

  describe('inputs from the field', { skip: existsSync(SHARED) ? false : `there is no ${SHARED}` }, () => {
    /** The masked values are none that base64 knows. */
    const input = async (path: string): Promise<string> =>
      (await readFile(join(SHARED, path), 'utf8')).replaceAll(/<base64[^>]*>/g, 'YQ==');

    const cases: readonly (readonly [string, RegExp | undefined, ...string[]])[] = [
      ['duplicate-names', /users has more than one entry with the name "admin"/, 'two-users.yaml'],
      ['kubeconfig-list', undefined, 'a.yaml', 'b.yaml', 'c.yaml'],
      ['empty-kind', undefined, 'kubeconfig.yaml'],
      ['several-documents', undefined, 'two-documents.yaml'],
      ['numeric-name', /the name of entry 1 of clusters is a number: quote it/, 'kubeconfig.yaml'],
    ];
    for (const [name, refusal, ...files] of cases) {
      it(`${name}: ${refusal === undefined ? 'the same entries are chosen' : 'refused by both'}`, async () => {
        const [their, our] = await both(...(await Promise.all(files.map((file) => input(join(name, file))))));
        if (refusal === undefined) return assert.deepEqual(our, their);
        assert.notEqual(their.refusal, undefined);
        assert.match(our.refusal ?? '', refusal);
      });
    }
  });
});
