import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { NeededRight } from '../../src/management/index.ts';
import {
  ArgoCdPublication,
  ClusterObjectPublication,
  ClusterProfilePublication,
  KubeconfigSecretPublication,
  type Publication,
} from '../../src/publish/index.ts';
import { stateRights } from '../../src/state/index.ts';
import { helmMissing, listAt, NAMESPACE, type Rendered, renderChart, textAt, valueAt } from './helm.ts';

const root = join(import.meta.dirname, '../..');
const SHARED = { storage: 'kubernetes', git: { remote: 'https://git.example/platform/config.git' } };
const PAGES = ['docs/reference/chart-rights.md', 'docs/zh-CN/reference/chart-rights.md'];

describe('the rights of the chart', { skip: helmMissing }, () => {
  it('are none with the embedded storage', async () => {
    const rendered = await renderChart({ config: { git: { remote: 'https://git.example/x.git' } } });
    assert.deepEqual([...rendered.all('Role'), ...rendered.all('RoleBinding')], []);
  });

  it('are never those of the whole cluster', async () => {
    const rendered = await renderChart({ replicas: 2, config: SHARED });
    assert.deepEqual([...rendered.all('ClusterRole'), ...rendered.all('ClusterRoleBinding')], []);
  });

  for (const page of PAGES) {
    it(`of state in Kubernetes are those of ${page}, line by line`, async () => {
      const rendered = await renderChart({ replicas: 2, config: SHARED });
      assert.deepEqual(rightsIn(rendered, NAMESPACE), await documented(page, 0));
    });
  }

  it('of state in Kubernetes are at least those that the server asks for when it starts', async () => {
    const rights = rightsIn(await renderChart({ replicas: 2, config: SHARED }), NAMESPACE);
    const needed = said(stateRights(NAMESPACE));
    assert.deepEqual(
      needed.filter((right) => !rights.includes(right)),
      [],
    );
  });

  for (const page of PAGES) {
    it(`of publishing to Argo CD are those that it uses, and those of ${page}`, async () => {
      const management = { publish: { argocd: { enabled: true, namespace: 'gitops' } } };
      const rights = rightsIn(await renderChart({ config: { management } }), 'gitops');
      const { rights: used } = new ArgoCdPublication({ namespace: 'gitops', tokenSeconds: 3600, now: () => 0 });
      assert.deepEqual(rights, said(used));
      assert.deepEqual(rights, await documented(page, 1));
    });
  }

  for (const page of PAGES) {
    it(`of the other publications are those that they use, and those of ${page}`, async () => {
      const publish = {
        clusterProfiles: { namespaces: ['fleet'], credentials: true },
        clusterObject: { mode: 'object', namespace: 'objects' },
        kubeconfigSecret: { namespace: 'capi' },
      };
      const rendered = await renderChart({ config: { management: { publish } } });
      const [tokenSeconds, now] = [3600, () => 0];
      const profiles = { ...publish.clusterProfiles, manager: 'nautes', tokenSeconds, now };
      const used: readonly (readonly [string, Publication])[] = [
        ['fleet', new ClusterProfilePublication(profiles)],
        ['objects', new ClusterObjectPublication({ mode: 'object', namespace: 'objects' })],
        ['capi', new KubeconfigSecretPublication({ namespace: 'capi', tokenSeconds, now })],
      ];
      for (const [index, [namespace, { rights }]] of used.entries()) {
        assert.deepEqual(rightsIn(rendered, namespace), said(rights));
        assert.deepEqual(rightsIn(rendered, namespace), await documented(page, index + 2));
      }
    });
  }

  it('of ClusterProfiles are none to Secrets without credentials, and only to read for the API', async () => {
    const config = { ...SHARED, management: { publish: { clusterProfiles: { namespaces: ['a', 'b'] } } } };
    const rendered = await renderChart({ roles: 'split', config });
    for (const namespace of ['a', 'b']) {
      assert.doesNotMatch(rightsIn(rendered, namespace).join(), /secrets/);
      const reading = rendered.all('Role').find((role) => {
        return role.metadata.namespace === namespace && role.metadata.name === 'nautes-cluster-profiles-api';
      });
      assert.deepEqual(
        listAt(reading, 'rules').map((rule) => [listAt(rule, 'resources'), listAt(rule, 'verbs')]),
        [[['clusterprofiles'], ['get', 'list']]],
      );
    }
  });

  it('of publishing to Argo CD are held in by an admission policy for the account with controllers', async () => {
    const config = { ...SHARED, management: { publish: { argocd: { enabled: true, namespace: 'gitops' } } } };
    const rendered = await renderChart({ roles: 'split', config });
    const policy = rendered.one('ValidatingAdmissionPolicy');
    const expression = textAt(policy, 'spec', 'matchConditions', 0, 'expression');
    assert.equal(expression, `request.userInfo.username == 'system:serviceaccount:${NAMESPACE}:nautes-controllers'`);
    const selector = valueAt(policy, 'spec', 'matchConstraints', 'namespaceSelector', 'matchLabels');
    assert.deepEqual(selector, { 'kubernetes.io/metadata.name': 'gitops' });
    const binding = rendered.one('ValidatingAdmissionPolicyBinding');
    assert.equal(textAt(binding, 'spec', 'policyName'), policy.metadata.name);
    assert.match(policy.metadata.name, new RegExp(`^${NAMESPACE}-`));
  });

  it('of publishing are for the API, which refuses deletions, only to see who uses a cluster', async () => {
    const config = { ...SHARED, management: { publish: { argocd: { enabled: true } } } };
    const rendered = await renderChart({ roles: 'split', config });
    const role = rendered.one('Role', 'nautes-argocd-api');
    const rules = listAt(role, 'rules').map((rule) => [listAt(rule, 'resources'), listAt(rule, 'verbs')]);
    assert.deepEqual(rules, [
      [['applications'], ['list']],
      [['applicationsets'], ['get']],
    ]);
    const subjects = (name: string) =>
      listAt(rendered.one('RoleBinding', name), 'subjects').map((one) => textAt(one, 'name'));
    assert.deepEqual(subjects('nautes-argocd-api'), ['nautes-api']);
    assert.deepEqual(subjects('nautes-argocd'), ['nautes-controllers']);
  });

  it('are given to the accounts of both roles when they are split', async () => {
    const binding = (await renderChart({ roles: 'split', config: SHARED })).one('RoleBinding', 'nautes');
    const subjects = listAt(binding, 'subjects').map((subject) => [
      textAt(subject, 'namespace'),
      textAt(subject, 'name'),
    ]);
    assert.deepEqual(subjects, [
      [NAMESPACE, 'nautes-api'],
      [NAMESPACE, 'nautes-controllers'],
    ]);
  });

  it('of Cluster objects are only to read them where another program makes them', async () => {
    const publish = { clusterObject: { mode: 'status', namespace: 'tenant' } };
    const { rights: used } = new ClusterObjectPublication({ namespace: 'tenant', mode: 'status' });
    assert.deepEqual(rightsIn(await renderChart({ config: { management: { publish } } }), 'tenant'), said(used));
  });

  it('are none, but there is a token, where it is for the login to Vault', async () => {
    const vault = { address: 'https://vault.example:8200', auth: { method: 'kubernetes', role: 'nautes' } };
    const rendered = await renderChart({ config: { secrets: { store: 'vault', vault } } });
    const volumes = listAt(rendered.one('Deployment'), 'spec', 'template', 'spec', 'volumes');
    assert.ok(volumes.some((volume) => valueAt(volume, 'name') === 'token'));
    assert.deepEqual(rendered.all('Role'), []);
  });

  it('come with a token that the kubelet renews, and not with the one that every Pod would get', async () => {
    const deployment = (await renderChart({ replicas: 2, config: SHARED })).one('Deployment');
    const volumes = listAt(deployment, 'spec', 'template', 'spec', 'volumes');
    const token = volumes.find((volume) => valueAt(volume, 'name') === 'token');
    assert.deepEqual(valueAt(token, 'projected', 'sources', 0), {
      serviceAccountToken: { path: 'token', expirationSeconds: 3607 },
    });
    assert.equal(valueAt(deployment, 'spec', 'template', 'spec', 'automountServiceAccountToken'), false);
  });
});

function said(rights: readonly NeededRight[]): readonly string[] {
  return rights
    .map(({ verb, group, resource }) => (group === '' ? `${verb} ${resource}` : `${verb} ${resource}.${group}`))
    .sort();
}

/** `verb resource` of every rule in a namespace. */
function rightsIn(rendered: Rendered, namespace: string): readonly string[] {
  const roles = rendered.all('Role').filter(({ metadata }) => metadata.namespace === namespace);
  const rules = roles.flatMap((role) => listAt(role, 'rules'));
  return rules
    .flatMap((rule) => {
      const resources = listAt(rule, 'apiGroups').flatMap((group) =>
        listAt(rule, 'resources').map((resource) =>
          group === '' ? String(resource) : `${String(resource)}.${String(group)}`,
        ),
      );
      return resources.flatMap((resource) => listAt(rule, 'verbs').map((verb) => `${String(verb)} ${resource}`));
    })
    .sort();
}

/** The same of a table of the page. @param index which of its tables */
async function documented(page: string, index: number): Promise<readonly string[]> {
  const text = await readFile(join(root, page), 'utf8');
  const tables = text.split(/\n\n/).filter((part) => part.startsWith('| '));
  const [, , ...rows] = (tables[index] ?? '').split('\n');
  return rows
    .flatMap((row) => {
      const [, resource = '', verbs = ''] = row.split('|').map((cell) => cell.trim());
      const name = resource.replaceAll('`', '');
      return [...verbs.matchAll(/`(\w+)`/g)].map(([, verb]) => `${verb} ${name}`);
    })
    .sort();
}
