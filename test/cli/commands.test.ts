import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseYaml } from '../../src/base/yaml.ts';
import { Administrator } from '../harness/administrator.ts';
import { CommandBed } from '../harness/command-bed.ts';
import { adminRequest } from '../harness/sandbox-source.ts';
import { waitUntil } from '../harness/wait-until.ts';

describe('commands of the client', () => {
  let bed: CommandBed;

  before(async () => {
    bed = await CommandBed.open(2);
    const done = await bed.user.run('cluster', 'add', 'one', '--kubeconfig', bed.kubeconfig(0), '--wait');
    assert.equal(done.code, 0, done.stderr);
  });
  after(() => bed?.[Symbol.asyncDispose]());

  const output = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await bed.user.run(...args);
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
    return stdout;
  };

  it('get shows a cluster in every form', async () => {
    assert.match(
      await output('get', 'clusters'),
      /^NAME +PHASE +KIND +VERSION +READY +AGE +CHECKED\none +Ready +worker\/deployment +v1\.\d+\.\d+ +6\/6 +\d+[sm] +\d+[sm]$/m,
    );
    assert.equal(await output('get', 'cls', '-o', 'name'), 'cluster/one\n');
    const wide = await output('get', 'cluster', '-o', 'wide');
    assert.match(
      wide,
      /^NAME +APISERVER \/ USAGE \/ CT \/ WT +PRIMARYDOMAIN +COMPONENTSLIST +KUBERNETES \/ READY \/ AGE +PHASE \/ REASON \/ SINCE +CHECKED \/ PAUSED +PUBLISHED +MESSAGE\n/,
    );
    assert.match(wide, /^ +worker,physical,deployment +6\/6,\d+[sm] +Ready,\d+[sm] *$/m);
    const one = JSON.parse(await output('get', 'cluster', 'one', '-o', 'json')) as Record<string, unknown>;
    assert.equal(one['name'], 'one');
    assert.equal((one['status'] as { phase: string }).phase, 'Ready');
    const list = parseYaml(await output('get', 'clusters', '-o', 'yaml')) as readonly unknown[];
    assert.deepEqual(list, [one]);
    const path = '{range .items[*]}{.name}={.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';
    assert.equal(await output('get', 'clusters', '-o', `jsonpath=${path}`), 'one=True\n');
    assert.equal(await output('get', 'clusters', '--field-selector', 'usage=host', '-o', 'name'), '');
  });

  it('describe tells conditions, components, events, the end of the credential, who and when', async () => {
    const text = await output('describe', 'cluster', 'one');
    for (const part of [
      /^one {2}Ready$/m,
      /Credential +our own since \S+, valid until \S+/,
      /Last change +[0-9a-f]{10} {2}ada, \S+Z {2}Save cluster one/,
      /^ {2}ComponentsReady +True/m,
      /^ {2}argocd +\S+ +argocd +Ready +34\/34/m,
      /^ {2}\S+Z +Normal +Ready +Ready/m,
    ]) {
      assert.match(text, part);
    }
    const chinese = await output('describe', 'cluster', 'one', '--lang', 'zh');
    assert.match(chinese, /^ {2}argocd +\S+ +argocd +就绪 +34\/34/m, 'components have phases in Chinese too');
  });

  it('events and logs tell what happened, in part where that is wanted', async () => {
    assert.match(await output('events', 'one'), /^\S+Z +Normal +ComponentReady +components\/argocd/m);
    assert.match(await output('events', '--tail', '1'), /^one +\S+Z +Normal +Ready +Ready/m);
    const events = (await output('events', 'one', '-o', 'json')).trim().split('\n');
    for (const line of events) assert.equal((JSON.parse(line) as { cluster: string }).cluster, 'one');
    const logs = await output('logs', 'one', '--stage', 'argocd');
    assert.ok(
      logs
        .split('\n')
        .filter(Boolean)
        .every((line) => line.includes('argocd: ')),
      logs,
    );
    assert.match(await output('logs', 'one', '--lang', 'zh'), /自有凭据：/);
  });

  it('sync looks at clusters now, and shows the result on request', async () => {
    assert.equal(await output('sync', 'one'), 'cluster/one is being checked\n');
    const waited = await output('sync', '--all', '--wait', '--progress', 'none');
    assert.equal(waited, 'cluster/one is being checked\ncluster/one Ready: everything is as declared\n');
    assert.match(await output('describe', 'cluster', 'one'), /Last checked +\d{4}-\S+Z/);
    assert.match(await output('get', 'clusters', '-o', 'wide'), /^one .* \d{4}-\S+Z +everything is as declared$/m);
    assert.equal((await bed.user.run('sync')).code, 2);
  });

  it('apply says what was saved and what had no effect, diff what would change, without changing it', async () => {
    const kubeconfig = (await readFile(bed.kubeconfig(0), 'utf8')).replace(/^/gm, '    ');
    const file = (domain: string): string =>
      `kind: Cluster\nspec:\n  name: one\n  apiServer: ${bed.cluster(0).server}\n  clusterKind: kubernetes\n` +
      `  clusterType: physical\n  usage: worker\n  primaryDomain: ${domain}\n  colour: blue\n  kubeconfig: |\n${kubeconfig}`;
    const diff = await bed.user.feed(file('example.org'), 'diff', '-f', '-');
    assert.equal(diff.code, 1);
    assert.match(diff.stdout, /^cluster\/one\n- primary_domain: \S+\n\+ primary_domain: example\.org$/m);
    assert.match(diff.stderr, /unknown fields are not sent: spec\.colour/);
    const planned = await bed.user.feed(file('example.org'), 'apply', '-f', '-', '--dry-run=server');
    assert.equal(planned.code, 0, planned.stderr);
    assert.match(planned.stdout, /^cluster\/one would be changed \(dry run\)/);
    const saved = await bed.user.feed(file('example.org'), 'apply', '-f', '-', '--wait', '--progress', 'json');
    assert.equal(saved.code, 0, saved.stderr);
    assert.equal(saved.stdout, 'cluster/one saved\n');
    const lines = saved.stderr.split('\n').filter((line) => line.startsWith('{'));
    const kinds = lines.map((line) => (JSON.parse(line) as { kind: string }).kind);
    assert.equal(kinds.at(-1), 'end');
    const again = await bed.user.feed(file('example.org'), 'apply', '-f', '-', '-o', 'json');
    assert.equal((JSON.parse(again.stdout) as { changed: boolean }).changed, false);
    assert.equal((await bed.user.feed(file('example.org'), 'diff', '-f', '-')).code, 0);
    assert.equal((await bed.user.feed(file('NO DOMAIN'), 'diff', '-f', 'none.yaml')).code, 2);
  });

  it('apply reads directories, patterns and several files', async () => {
    const folder = join(bed.user.home, 'files');
    await mkdir(join(folder, 'deeper'), { recursive: true });
    const document = (name: string): string => `kind: Cluster\nspec: {name: ${name}}\n`;
    for (const [file, name] of [
      ['b.yaml', 'b'],
      ['a.yml', 'a'],
      ['deeper/c.json', 'c'],
      ['note.txt', 'no'],
    ] as const) {
      const text = file.endsWith('.json') ? JSON.stringify({ kind: 'Cluster', spec: { name } }) : document(name);
      await writeFile(join(folder, file), text);
    }
    const named = async (...args: readonly string[]): Promise<string> =>
      (await output('apply', '--dry-run', ...args)).replace(/cluster\/(\w+) .*\n/g, '$1');
    assert.equal(await named('-f', folder), 'ab');
    assert.equal(await named('-f', folder, '-R'), 'abc');
    assert.equal(await named('-f', join(folder, '*.y*ml')), 'ab');
    assert.equal(await named('-f', join(folder, 'b.yaml'), '-f', join(folder, 'a.yml')), 'ba');
  });

  it('rotate gets a new credential and leaves a commit', async () => {
    const { code, stdout, stderr } = await bed.user.run('rotate', 'one', '--wait');
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'cluster/one will get a new credential\n');
    assert.match(await output('describe', 'cluster', 'one'), /Rotate the credential of cluster one/);
    assert.match(await output('logs', 'one'), /CredentialReady: a new credential is valid until/);
  });

  it('console tells where the web console is, without a link where no terminal is', async () => {
    assert.equal(await output('console'), `${bed.server.url}/console\n`);
  });

  it('catalog, version and doctor tell of the server', async () => {
    assert.match(await output('catalog'), /^argocd \* +deployment +/m);
    const { client, server } = JSON.parse(await output('version', '-o', 'json')) as {
      client: { version: string };
      server: { installation: string };
    };
    assert.match(server.installation, /^[a-z2-7]{12}$/);
    const { installation } = server;
    assert.deepEqual(server, { version: client.version, address: bed.server.url, installation });
    const doctor = await output('doctor');
    for (const subject of ['server', 'TLS', 'Git', 'secret store', 'helm', 'disk', 'token', 'cluster/one']) {
      assert.match(doctor, new RegExp(`^[✓!] +${subject} `, 'm'));
    }
  });

  it('pause and resume begin and end the maintenance, which lists, descriptions and doctor show', async () => {
    const paused = await output('pause', 'one', '--until', '2h', '--reason', 'new racks');
    assert.match(paused, /^cluster\/one paused until \d{4}-\S+Z\n$/);
    await waitUntil('the pause is seen', async () => /^one +Ready \(paused\)/m.test(await output('get', 'clusters')));
    const described = await output('describe', 'cluster', 'one');
    assert.match(described, /^ {2}Paused +by ada, since \S+, until \S+, new racks$/m);
    assert.match(described, /^ {2}Paused +True +Paused +paused by ada until .*\(new racks\)/m);
    assert.match(await output('doctor'), /cluster\/one +Ready \(paused\): by ada.* nautes resume one/);
    assert.equal(await output('resume', 'one'), 'cluster/one resumed\n');
    assert.equal(await output('resume', 'one'), 'cluster/one unchanged\n');
    assert.equal((await bed.user.run('pause', 'one', '--until', 'soon')).code, 2);
    await waitUntil('the end is seen', async () => /^one +Ready {2}/m.test(await output('get', 'clusters')));
  });

  it('doctor names what is wrong and the remedy, for the server, the token and a cluster', async () => {
    const away = await bed.user.run('doctor', '-s', 'http://127.0.0.1:1');
    assert.equal(away.code, 1);
    assert.match(away.stdout, /^✗ +server +the server http:\/\/127\.0\.0\.1:1 cannot be reached: .*Check the address/m);
    const wrong = await bed.user.run('doctor', '-t', 'nautes_wrong');
    assert.equal(wrong.code, 1);
    assert.match(wrong.stdout, /^✗ +token +.*Log in again/m);
    const { token } = await bed.server.client('reader', 'bob');
    const reader = await bed.user.run('doctor', '-t', token);
    assert.match(reader.stdout, /^! +token +bob, reader/m);
    bed.cluster(0).faults.set([{ kind: 'unreachable' }]);
    await bed.cluster(0).settled();
    await bed.user.run('rotate', 'one'); // has the cluster checked
    for (let attempt = 0; ; attempt += 1) {
      const { stdout } = await bed.user.run('doctor');
      if (/^✗ +cluster\/one +\w+: .*nothing accepts connections.*\. Check/m.test(stdout)) break;
      assert.ok(attempt < 40, stdout);
    }
    bed.cluster(0).faults.set([]);
    await output('wait', 'one', '--progress', 'none');
  });

  it('ends with the code that says why', async () => {
    const { token: reading } = await bed.server.client('reader', 'eve');
    const cases: readonly (readonly [number, RegExp, readonly string[]])[] = [
      [2, /there is no command nonsense/, ['nonsense']],
      [2, /there is no option --nonsense/, ['get', 'clusters', '--nonsense']],
      [2, /name a kind, e\.g\. clusters, or give -f/, ['get']],
      [2, /there is no kind things\n.*cluster, product/, ['get', 'things']],
      [2, /the kind Environment belongs to a product/, ['get', 'env']],
      [2, /the JSONPath/, ['get', 'clusters', '-o', 'jsonpath={.a']],
      [2, /table is not a valid value for/, ['get', 'clusters', '-o', 'table']],
      [2, /a virtual cluster needs --host-cluster, --address/, ['cluster', 'add', 'two', '--type', 'virtual']],
      [2, /is not the address of a server/, ['get', 'clusters', '-s', 'nautes.example']],
      [3, /access token/, ['get', 'clusters', '-t', 'nautes_no_such']],
      [3, /eve may not delete clusters/, ['delete', 'cluster', 'one', '-y', '-t', reading]],
      [4, /the cluster two is not found/, ['get', 'cluster', 'two']],
      [4, /there is no receipt/, ['receipt', 'one']],
      [4, /the cluster two is not found/, ['history', 'two']],
      [4, /there is no context none/, ['get', 'clusters', '--use-context', 'none']],
      [5, /registered as one already/, ['cluster', 'add', 'two', '--kubeconfig', bed.kubeconfig(0)]],
      [1, /cannot be reached: nothing accepts connections there/, ['get', 'clusters', '-s', 'http://127.0.0.1:1']],
      [1, /the question was not answered/, ['delete', 'cluster', 'one']],
    ];
    for (const [expected, message, args] of cases) {
      const { code, stderr, stdout } = await bed.user.run(...args);
      assert.equal(code, expected, `${args.join(' ')}: ${stderr}`);
      assert.match(stderr, message);
      assert.match(stderr, /^nautes: /m);
      assert.equal(stdout, '');
    }
  });

  it('delete asks, and does what the answers say', async () => {
    const { code, stderr, stdout } = await bed.user.feed(
      'what?\nno\nA\n',
      'delete',
      'cluster',
      'one',
      'x',
      'y',
      '--ignore-not-found',
    );
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Cluster one is left as it is/);
    assert.match(stderr, /cluster\/x not found\n.*cluster\/y not found/s);
    assert.equal(stdout, '');
  });

  it('a cluster that is away goes with --force, and what is left on it is told with its commands', async () => {
    const add = await bed.user.run(
      'cluster',
      'add',
      'away',
      '--kubeconfig',
      bed.kubeconfig(1),
      '--wait',
      '--progress=none',
    );
    assert.equal(add.code, 0, add.stderr);
    bed.cluster(1).faults.set([{ kind: 'unreachable' }]);
    await bed.cluster(1).settled();
    const { code, stdout, stderr } = await bed.user.run('delete', 'cluster', 'away', '-y', '--force', '--wait');
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'cluster/away deleted\n');
    assert.match(stderr, /something is left on the cluster {2}forced/);
    assert.match(stderr, /Could not be removed \(\d+\)[^]* kubectl delete [^]*and \d+ more: nautes receipt away/);
    const receipt = await output('receipt', 'away');
    const total = Number(/Could not be removed \((\d+)\)/.exec(receipt)?.[1]);
    assert.equal(receipt.match(/^ {4}.*kubectl delete /gm)?.length, total);
    assert.match(
      await output('history', 'away'),
      /^\S+Z .* delete .*Delete cluster away\n.* save .*Save cluster away$/m,
    );
    const [last] = JSON.parse(await output('history', 'cluster/away', '-o', 'json')).items;
    assert.deepEqual([last.operation, last.forced], ['delete', true]);
    const [saved] = JSON.parse(await output('history', 'one', '-o', 'json')).items;
    assert.match(await output('history', 'one', '--at', saved.commit.slice(0, 10)), /^kind: Cluster$/m);
    const state = join(bed.user.home, 'state.yaml');
    await writeFile(state, await output('history', 'one', '--at', saved.commit, '-o', 'yaml'));
    await output('diff', '-f', state); // 1 where there is a difference
    const unknown = await bed.user.run('history', 'one', '--at', 'ffff');
    assert.equal(unknown.code, 4, unknown.stderr);
    bed.cluster(1).faults.set([]);
  });

  it('what the console shows of a cluster and of all can be read', async () => {
    const objects = await output('objects', 'one', '--component', 'argocd');
    assert.match(objects, /^COMPONENT +STATE +OBJECT\n(argocd +ready +\S+ \S+\n)+$/);
    assert.equal(await output('objects', 'cluster/one', '--component', 'argocd', '--not-ready'), '');
    const { items, total } = JSON.parse(await output('objects', 'one', '-o', 'json'));
    assert.equal(items.length, total);
    const request = adminRequest(bed.cluster(0).server, bed.cluster(0).kubeconfig());
    const administrator = new Administrator({ request });
    await administrator.patch('/apis/apps/v1/namespaces/argocd/deployments/argocd-server', {
      spec: { replicas: 3 },
    });
    await bed.user.run('sync', 'one', '--wait', '--progress=none');
    assert.match(
      await output('repairs', 'one'),
      /^\S+Z {2}kubectl-edit {2}Deployment argocd\/argocd-server: spec\.replicas/m,
    );
    assert.match(await output('node-ports', 'one', '--count', '2'), /^PORT +USE\n\d+ +free\n\d+ +free\n(\d+ .+\n)+$/);
    assert.match(await output('node-ports', 'one', '-o', 'jsonpath={.free[0]}'), /^\d+$/);
    assert.match(
      await output('receipts'),
      /^\S+Z {2}away +ada +deleted, but something is left .* remaining \(forced\)$/m,
    );
    assert.equal(JSON.parse(await output('receipts', 'away', '-o', 'json')).items.length, 1);
    assert.equal(await output('receipts', 'one'), '');
    assert.match(await output('summary'), /^Clusters +1\nStates +1 Ready\n/);
    assert.equal(await output('summary', '-o', 'jsonpath={.by_phase.Ready}'), '1');
  });

  it('tokens of the server are listed and revoked by maintainers', async () => {
    const { token } = await bed.server.client('reader', 'mallory');
    assert.match(
      await output('tokens'),
      /^NAME +ROLE +CREATED +EXPIRES +LAST USED\n(.*\n)*mallory +reader +\S+ +never/m,
    );
    const refused = await bed.user.run('tokens', '-t', token);
    assert.equal(refused.code, 3, refused.stderr);
    const revoked = await bed.user.run('tokens', 'revoke', 'mallory');
    assert.equal(revoked.code, 0, revoked.stderr);
    assert.doesNotMatch(await output('tokens', 'list', '-o', 'json'), /mallory/);
    assert.equal((await bed.user.run('get', 'clusters', '-t', token)).code, 3);
  });

  it('contexts keep servers apart, and a token is for its own server only', async () => {
    const token = bed.user.environment['GIT_TOKEN'] ?? '';
    const user = { ...bed.user.environment };
    for (const key of ['API_SERVER', 'GIT_TOKEN']) delete bed.user.environment[key];
    try {
      assert.equal((await bed.user.run('get', 'clusters')).code, 2);
      const login = await bed.user.feed(`${token}\n`, 'login', bed.server.url, '--name', 'first');
      assert.equal(login.code, 0, login.stderr);
      const script = join(bed.user.home, 'print-token');
      await writeFile(script, `#!/bin/sh\necho "$1$2"\n`);
      await chmod(script, 0o700);
      const half = token.length / 2;
      const command = ['--', script, token.slice(0, half), token.slice(half)];
      assert.equal((await bed.user.run('login', bed.server.url, '--name', 'second', ...command)).code, 0);
      assert.match(await output('config', 'get-contexts'), /^\* +second +http\S+ +\S+print-token/m);
      assert.equal(await output('config', 'current-context'), 'second\n');
      assert.match(await output('get', 'clusters'), /^one/m);
      await output('config', 'use-context', 'first');
      assert.match(await output('get', 'clusters', '--use-context', 'second'), /^one/m);
      const other = await bed.user.run('get', 'clusters', '-s', 'http://127.0.0.1:1');
      assert.equal(other.code, 3);
      assert.match(other.stderr, /there is no access token for http:\/\/127\.0\.0\.1:1/);
      const file = join(bed.user.home, '.config/nautes/config.yaml');
      await chmod(file, 0o644);
      const exposed = await bed.user.run('get', 'clusters');
      assert.equal(exposed.code, 1);
      assert.match(exposed.stderr, /can be read by other users.*\n.*chmod 600/);
      await chmod(file, 0o600);
      await output('config', 'delete-context', 'first');
      assert.equal((await bed.user.run('get', 'clusters')).code, 2);
    } finally {
      Object.assign(bed.user.environment, user);
    }
  });
});
