import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Secret } from '../../base/secret.ts';
import type { CredentialMaterial } from '../../resources/credential.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import { ACCESS_NAMESPACE, type KubeObject, type ObjectOwner, referenceOf } from '../../kube-objects/kube-object.ts';
import { accessObjects, ensureAccess } from './access.ts';
import { issueToken, revokeOtherTokens, revokeToken } from './tokens.ts';
import { reasonToKeepNamespace, removeAccess } from './access-removal.ts';
import { findHolders } from './holder.ts';
import { loopbackAddressPolicy } from '../transport/address.ts';
import { type ClusterConnection, openConnection } from '../client/connection.ts';
import {
  configMap,
  configMapType,
  ContractFixture,
  type ContractTraits,
  eventually,
  ownerOf,
  patience,
  uniqueName,
} from '../testing/fixture.contract.ts';
import { KubeApiError } from '../client/kube-error.ts';
import { render } from '../../messages/message.ts';
import { kubeconfigYaml } from '../kubeconfig/writer.ts';
import { readKubeconfig } from '../kubeconfig/kubeconfig.ts';
import { preflight, probe } from './preflight.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';

/** What our own account and the preflight promise, on any cluster. */
export function describeAccessContract(traits: ContractTraits): void {
  describe(`access and preflight (${traits.name})`, () => {
    let fixture: ContractFixture;
    const opened: ClusterConnection[] = [];

    before(async () => {
      fixture = await ContractFixture.open(traits);
    });
    after(async () => {
      for (const connection of opened) connection.close();
      await fixture?.close();
    });

    /** A connection with the material, through a kubeconfig as we write it. */
    function connect(material: Secret<CredentialMaterial>): ClusterConnection {
      const { credential } = readKubeconfig(new Secret(fixture.cluster.kubeconfig));
      assert.ok(credential);
      const { server } = fixture.cluster;
      const binding = { cluster: 'c', incarnation: 'i', server, ...credential };
      const { credential: own } = readKubeconfig(kubeconfigYaml({ binding, material }));
      assert.ok(own);
      const connection = openConnection({ server, ...own, addresses: loopbackAddressPolicy });
      opened.push(connection);
      return connection;
    }

    /** As the one that follows whoever holds the cluster. */
    async function ensure(owner: ObjectOwner): Promise<InventoryEntry[]> {
      const { holder } = await findHolders(fixture.connection, patience());
      const request = { owner, component: 'access', follows: holder, now: '2026-11-30T10:00:00Z' };
      return ensureAccess(fixture.connection, request, patience());
    }

    async function account(owner: ObjectOwner, boundSecret: string): Promise<ClusterConnection> {
      const entries = await ensure(owner);
      const accountUid = entries.find(({ kind }) => kind === 'ServiceAccount')?.uid ?? '';
      const request = { owner, boundSecret, expirationSeconds: 3600, accountUid };
      return connect((await issueToken(fixture.connection, request, patience())).material);
    }

    it('our account is made once, is an administrator, and its token ends when the cluster says', async () => {
      const owner = ownerOf(uniqueName('account'));
      const entries = await ensure(owner);
      assert.deepEqual(
        entries.map(({ kind, name, namespace }) => [kind, namespace, name]),
        accessObjects(owner, 'access').map(({ kind, name, namespace }) => [kind, namespace, name]),
      );
      const again = await ensure(owner);
      assert.deepEqual(again, entries);
      const request = { owner, boundSecret: uniqueName('token'), expirationSeconds: 3600, accountUid: '' };
      const issued = await issueToken(fixture.connection, request, patience());
      const remaining = Date.parse(issued.expiresAt) - Date.now();
      assert.ok(remaining > 3_500_000 && remaining < 3_700_000, issued.expiresAt);
      const own = connect(issued.material);
      const report = await preflight(own, { nodePorts: [], credentialNotAfter: '', incarnations: [] }, patience());
      assert.deepEqual(report.findings, []);
      assert.equal(report.facts?.uid, (await probe(fixture.connection, patience())).uid);
    });

    it('one token can be revoked without the others', async () => {
      const owner = ownerOf(uniqueName('revoke'));
      const [first, second, third] = [uniqueName('token'), uniqueName('token'), uniqueName('token')];
      const revoked = await account(owner, first);
      const kept = await account(owner, second);
      await account(owner, third);
      await revokeToken(fixture.connection, first, patience());
      await revokeToken(fixture.connection, first, patience()); // absent is fine
      await assert.rejects(
        probe(revoked, patience()),
        (error) => error instanceof KubeApiError && error.httpStatus === 401,
      );
      await probe(kept, patience());
      const ended = await revokeOtherTokens(fixture.connection, owner, [second], patience());
      assert.ok(ended.includes(third) && !ended.includes(second));
      await probe(kept, patience());
    });

    it('our account removes itself: its rights end at once, and nothing of it stays', async () => {
      const owner = ownerOf(uniqueName('gone'));
      const own = await account(owner, uniqueName('token'));
      assert.equal(await removeAccess(own, owner, patience()), false, 'it cannot see the end itself');
      await assert.rejects(
        own.client.find(wellKnown.namespace, { namespace: '', name: 'kube-system' }, patience()),
        (error) => error instanceof KubeApiError && [401, 403].includes(error.httpStatus),
      );
      await eventually(async () => (await fixture.find(wellKnown.namespace, '', ACCESS_NAMESPACE)) === undefined);
      const labelled = await fixture.connection.client.listHeads(
        wellKnown.clusterRoleBinding,
        { labelSelector: `cluster.nautes.io/incarnation=${owner.incarnation}` },
        patience(),
      );
      assert.deepEqual(labelled.items, []);
      assert.equal(await removeAccess(fixture.connection, owner, patience()), true, 'a second time is fine');
    });

    it('two installations have access of their own, and neither ends that of the other', async () => {
      const one = ownerOf(uniqueName('one'));
      const two = { ...ownerOf(uniqueName('two')), installation: 'others' };
      const first = await account(one, uniqueName('token'));
      const refused = { owner: two, component: 'access', follows: undefined, now: '2026-11-30T10:00:00Z' };
      await assert.rejects(ensureAccess(fixture.connection, refused, patience()), { reason: 'ClusterHeldByOther' });
      const second = await account(two, uniqueName('token'));
      assert.equal((await findHolders(fixture.connection, patience())).holder?.installation, 'others');

      assert.ok(await reasonToKeepNamespace(first, one, patience()));
      await removeAccess(first, one, patience());
      await probe(second, patience());
      const again = await account({ ...one, installation: 'third' }, uniqueName('token'));
      await removeAccess(again, { ...one, installation: 'third' }, patience());
      await probe(second, patience());
      assert.deepEqual((await findHolders(fixture.connection, patience())).holder, undefined);

      assert.equal(await reasonToKeepNamespace(second, two, patience()), undefined);
      await removeAccess(second, two, patience());
      await eventually(async () => (await fixture.find(wellKnown.namespace, '', ACCESS_NAMESPACE)) === undefined);
    });

    it('a Namespace that somebody else has made is used and left', async () => {
      const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ACCESS_NAMESPACE } };
      await fixture.applyAs('kubectl', wellKnown.namespace, namespace);
      const owner = ownerOf(uniqueName('used'));
      const own = await account(owner, uniqueName('token'));
      await removeAccess(own, owner, patience());
      assert.ok(await fixture.find(wellKnown.namespace, '', ACCESS_NAMESPACE));
      await eventually(
        async () => (await fixture.find(wellKnown.serviceAccount, ACCESS_NAMESPACE, 'nautes-tests')) === undefined,
      );
      await fixture.connection.client.delete(
        wellKnown.namespace,
        { namespace: '', name: ACCESS_NAMESPACE },
        {},
        patience(),
      );
      await eventually(async () => (await fixture.find(wellKnown.namespace, '', ACCESS_NAMESPACE)) === undefined);
    });

    it('preflight: a node port that is taken is named with its holder, our own is fine', async () => {
      const labels = { 'cluster.nautes.io/incarnation': 'mine' };
      const service: KubeObject = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: uniqueName('holder'), namespace: 'default', labels },
        spec: { type: 'NodePort', ports: [{ name: 'web', port: 80, nodePort: 30080, protocol: 'TCP' }] },
      };
      await fixture.applyAs('kubectl', wellKnown.service, service);
      const request = { nodePorts: [30080, 30081, 80], credentialNotAfter: '', incarnations: [] };
      const report = await preflight(fixture.connection, request, patience());
      assert.deepEqual(
        report.findings.map(({ message }) => message),
        [
          '80 is not among the node ports of the cluster (30000 to 32767)',
          `node port 30080 is taken by Service default/${service.metadata.name}`,
        ],
      );
      const own = await preflight(
        fixture.connection,
        { ...request, nodePorts: [30080], incarnations: ['mine'] },
        patience(),
      );
      assert.deepEqual(own.findings, []);
    });

    it('preflight: a namespace of a component that does not end is named with what keeps it', async () => {
      const name = uniqueName('ending');
      await fixture.applyAs('kubectl', wellKnown.namespace, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      });
      const held = {
        ...configMap(name, 'held'),
        metadata: { name: 'held', namespace: name, finalizers: ['a.test/kept'] },
      };
      await fixture.applyAs('kubectl', configMapType, held);
      await fixture.connection.client.delete(wellKnown.namespace, { namespace: '', name }, {}, patience());
      const request = { nodePorts: [], namespaces: [name, 'absent'], credentialNotAfter: '', incarnations: [] };
      const said = await eventually(async () => {
        const { warnings } = await preflight(fixture.connection, request, patience());
        return warnings.map((warning) => render(warning, 'en')).find((text) => text.includes('a.test/kept'));
      });
      assert.match(said, new RegExp(`^the namespace ${name} is being deleted, and nothing can be installed there`));
      const patch = { metadata: { finalizers: null } };
      await fixture.patchAs('kubectl', configMapType, { ...referenceOf(held), namespace: name }, patch);
    });

    it('preflight: missing rights, a credential about to end and a refused one are all named', async () => {
      const namespace = 'default';
      const weak = uniqueName('weak');
      const object: KubeObject = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: weak, namespace } };
      await fixture.applyAs('kubectl', wellKnown.serviceAccount, object);
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${weak}/token`;
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } };
      const answer = await fixture.connection.client.json({ method: 'POST', path, body }, patience());
      const { token } = (answer as { status: { token: string } }).status;
      const soon = new Date(Date.now() + 60_000).toISOString();
      const request = { nodePorts: [], credentialNotAfter: soon, incarnations: [] };
      const report = await preflight(connect(new Secret({ kind: 'token', token })), request, patience());
      const reasons = report.findings.map(({ reason }) => reason);
      for (const reason of ['CredentialExpiresSoon', 'ClusterForbidden', 'CredentialRightsMissing']) {
        assert.ok(
          reasons.some((found) => found === reason),
          `${reason} is missing: ${reasons.join(', ')}`,
        );
      }
      const unknown = connect(new Secret({ kind: 'token', token: 'no-such-token' }));
      const refused = await preflight(
        unknown,
        { nodePorts: [30080], credentialNotAfter: '', incarnations: [] },
        patience(),
      );
      assert.deepEqual(
        refused.findings.map(({ reason }) => reason),
        ['ClusterUnauthorized'],
      );
    });

    it('the difference between the clocks is known to about a second', async () => {
      const { clockDifferenceMilliseconds, version } = await probe(fixture.connection, patience());
      assert.ok(Math.abs(clockDifferenceMilliseconds) < 5_000, String(clockDifferenceMilliseconds));
      assert.match(version, /^v1\.\d+/);
    });
  });
}
