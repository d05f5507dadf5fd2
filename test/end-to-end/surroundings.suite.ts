import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { createCertificateAuthority, issueCertificate } from '../../src/base/tls/x509.ts';
import { isPlatformSupported, Kubectl } from '../../tools/kubectl/kubectl.ts';
import type { AdministeredVault } from '../doubles/vault/administered.ts';
import { Canaries } from '../fault-run/canaries.ts';
import { CommandLine, COMMAND } from '../harness/command-line.ts';
import { GitLabSurroundings } from '../harness/gitlab-surroundings.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { inventoryOf, type TargetCluster, type TargetClusterSource } from '../harness/target-cluster.ts';
import { VaultSurroundings } from '../harness/vault-surroundings.ts';
import { waitUntil } from '../harness/wait-until.ts';

export interface SurroundingsOptions {
  readonly createSource: () => Promise<TargetClusterSource>;
  readonly createVault: () => Promise<AdministeredVault>;
  /** Why it cannot run, if so. */
  readonly unavailable?: string | undefined;
}

const NAME = 'page';
const PEOPLE = { rita: 'reporter', dev: 'developer', grace: 'maintainer' } as const;

/** From an access token of GitLab to a Ready cluster and away again: everything over TLS, with authorities of its own. */
export function describeSurroundings(title: string, options: SurroundingsOptions): void {
  describe(`GitLab, Vault and HTTPS around ${title}`, async () => {
    const source = await options.createSource();
    const noKubectl = isPlatformSupported() ? false : 'kubectl is brought for Linux on x64 only';
    const skip = options.unavailable ?? source.unavailable ?? noKubectl;
    const canaries = new Canaries();
    const people = new Map<string, CommandLine>();
    let target: TargetCluster;
    let gitlab: GitLabSurroundings;
    let vault: VaultSurroundings;
    let server: NautesProcess;
    let untouched: readonly string[];

    before(async () => {
      if (skip !== false) return;
      target = await source.create();
      untouched = await inventoryOf(target);
      const authority = createCertificateAuthority({ commonName: 'ca of the company' });
      const issued = issueCertificate(authority, {
        commonName: 'gitlab',
        usages: ['server'],
        ipAddresses: ['127.0.0.1'],
      });
      gitlab = await GitLabSurroundings.start({
        tls: { certificate: issued.certificate, key: issued.privateKey.reveal() },
      });
      vault = await VaultSurroundings.prepare(await options.createVault());
      const { git, ...callers } = gitlab.configuration;
      server = await NautesProcess.start({
        configuration: {
          ...callers,
          ...vault.configuration(),
          git: { ...git, caFile: authority.certificate },
          catalog: { files: source.catalogFiles },
          controllers: { driftSeconds: 5, graceSeconds: 60 },
          tls: 'auto',
          log: { level: 'debug' },
        },
      });
      canaries.addKubeconfig('the upload', target.kubeconfig);
      for (const [name, role] of Object.entries(PEOPLE)) people.set(name, await person(name, role));
    });
    after(async () => {
      for (const line of people.values()) await line[Symbol.asyncDispose]();
      await server?.[Symbol.asyncDispose]();
      await vault?.[Symbol.asyncDispose]();
      await gitlab?.[Symbol.asyncDispose]();
      await source.close();
    });

    /** Somebody with a role in GitLab, the server's authority and a kubeconfig at hand. */
    async function person(name: string, role: (typeof PEOPLE)[keyof typeof PEOPLE]): Promise<CommandLine> {
      const token = gitlab.gitlab.token(gitlab.addPerson(name, role));
      canaries.add(`the token of ${name}`, token);
      const line = await CommandLine.open({ API_SERVER: server.url, GIT_TOKEN: token });
      await writeFile(join(line.home, 'kubeconfig.yaml'), target.kubeconfig, { mode: 0o600 });
      const { stdout } = await run(COMMAND, ['ca', '--data-dir', server.dataDirectory]);
      await writeFile(join(line.home, 'nautes-ca.pem'), stdout);
      return line;
    }

    async function call(name: string, ...args: readonly string[]) {
      const line = people.get(name);
      assert.ok(line);
      const outcome = await line.run('--ca-file', 'nautes-ca.pem', ...args);
      return { ...outcome, text: outcome.stdout + outcome.stderr };
    }

    const git = async (...args: readonly string[]): Promise<string> =>
      (await run('git', ['-C', gitlab.project.repository, ...args])).stdout.toString().trim();

    it('speaks only to those who know its authority', { skip }, async () => {
      const { code, stderr } = (await people.get('grace')?.run('get', 'cluster')) ?? {};
      assert.equal(code, 1);
      assert.match(stderr ?? '', /certificate/);
      assert.match(stderr ?? '', /--ca-file/);
      assert.equal((await call('grace', 'get', 'cluster')).code, 0);
    });

    it('a reader and a developer of the project look, and are told why they may not register', { skip }, async () => {
      for (const [name, role] of [
        ['rita', 'Reporter'],
        ['dev', 'Developer'],
      ] as const) {
        assert.equal((await call(name, 'get', 'cluster')).code, 0);
        const { code, text } = await call(name, 'cluster', 'add', NAME, '--kubeconfig', 'kubeconfig.yaml');
        assert.equal(code, 3, text);
        assert.match(text, new RegExp(`the role there is ${role}, and main may be pushed to by`));
        assert.match(text, /@grace/);
      }
      assert.equal(await git('rev-list', '--count', 'main'), '1');
    });

    it('a maintainer registers in one line and waits until it is Ready', { skip }, async () => {
      const add = ['cluster', 'add', NAME, '--kubeconfig', 'kubeconfig.yaml', '--wait', '--timeout', '5m'];
      const { code, text } = await call('grace', ...add);
      assert.equal(code, 0, text);
      assert.equal(await git('log', '-1', '--format=%an <%ae>', 'main'), 'grace <grace@example.org>');
      const { stdout } = await call('rita', 'get', 'cluster', NAME, '-o', 'jsonpath={.status.phase}');
      assert.equal(stdout.trim(), 'Ready');
    });

    it('those who deploy find a kubeconfig in Vault that works, and the upload is nowhere', { skip }, async () => {
      const kubeconfig = await vault.publishedKubeconfig(NAME);
      canaries.addKubeconfig('our own credential', kubeconfig);
      await using kubectl = await Kubectl.open(kubeconfig);
      assert.match(await kubectl.output(['auth', 'whoami']), /system:serviceaccount:nautes-system:nautes/);
      assert.equal((await vault.authMethod(NAME))?.['type'], 'kubernetes');
    });

    it('a developer may not take it away, a maintainer may, and nothing is left', { skip }, async () => {
      const refused = await call('dev', 'delete', 'cluster', NAME, '-y');
      assert.equal(refused.code, 3, refused.text);
      const { code, text } = await call('grace', 'delete', 'cluster', NAME, '--wait', '--timeout', '5m', '-y');
      assert.equal(code, 0, text);
      const receipt = await call('rita', 'receipt', NAME, '-o', 'json');
      const { outcome, remaining } = JSON.parse(receipt.stdout) as { outcome: string; remaining: unknown[] };
      assert.deepEqual([outcome, remaining], ['Complete', []]);
      assert.deepEqual(await vault.remains(), []);
      assert.equal(await vault.authMethod(NAME), undefined);
      assert.equal(
        await git('ls-tree', '-r', '--name-only', 'main'),
        'nautes/overlays/production/clusters/kustomization.yaml',
      );
      const known = new Set(untouched);
      // Our own namespace is still being deleted without us.
      await waitUntil('the cluster as it was', async () =>
        (await inventoryOf(target)).every((name) => known.has(name)),
      );
    });

    it('shows no token, no key and no password to anybody', { skip }, async () => {
      assert.ok(server.output.length > 1000, 'the server has logged');
      assert.deepEqual(canaries.foundIn(server.output), []);
      assert.deepEqual(canaries.foundIn(await git('log', '-p', 'main')), []);
    });
  });
}
