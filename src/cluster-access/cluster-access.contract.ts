import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ClusterConnection, probe } from '../kube/index.ts';
import type { StoredCredential } from '../resources/credential.ts';
import type { ClusterAccess, VersionedCredential } from './cluster-access.ts';

const PATIENCE_MILLISECONDS = 30_000;

/** A cluster that answers, and an implementation that reaches it. */
export interface AccessFixture {
  readonly access: ClusterAccess;
  /** A credential of the registration `one` of incarnation `first` that the cluster accepts. */
  readonly accepted: StoredCredential;
  /** One that it does not. */
  readonly refused: StoredCredential;
  close(): Promise<void>;
}

/** What every way to reach clusters promises. */
export function clusterAccessContract(name: string, open: () => Promise<AccessFixture>): void {
  describe(`access to clusters: ${name}`, () => {
    let fixture: AccessFixture;
    let access: ClusterAccess;

    before(async () => {
      fixture = await open();
      ({ access } = fixture);
    });
    after(async () => {
      access?.close();
      await fixture?.close();
    });

    const signal = (): AbortSignal => AbortSignal.timeout(PATIENCE_MILLISECONDS);
    const ask = (connection: ClusterConnection) => probe(connection, signal());
    const same = (connection: ClusterConnection) => Promise.resolve(connection);
    const version = (named: string, incarnation = 'first', cluster = 'one'): VersionedCredential => {
      const { binding, ...rest } = fixture.accepted;
      return { version: named, stored: { ...rest, binding: { ...binding, cluster, incarnation } } };
    };

    it('a connection presents the credential, and ends with what it was opened for', async () => {
      let used: ClusterConnection | undefined;
      const facts = await access.use(
        fixture.accepted,
        (connection) => {
          used = connection;
          return ask(connection);
        },
        signal(),
      );
      assert.match(facts.version, /^v1\./);
      assert.ok(used);
      await assert.rejects(ask(used));
      assert.equal(access.size, 0);
    });

    it('a connection ends also when what it was opened for fails', async () => {
      let used: ClusterConnection | undefined;
      const fail = async (connection: ClusterConnection): Promise<void> => {
        used = connection;
        await ask(connection);
        throw new Error('failed on purpose');
      };
      await assert.rejects(access.use(fixture.accepted, fail, signal()), /failed on purpose/);
      assert.ok(used);
      await assert.rejects(ask(used));
    });

    it('a credential that the cluster refuses is refused', async () => {
      await assert.rejects(access.use(fixture.refused, ask, signal()), { httpStatus: 401 });
      await assert.rejects(access.useShared({ version: 'refused', stored: fixture.refused }, ask, signal()), {
        httpStatus: 401,
      });
    });

    it('nothing begins after its signal has aborted', async () => {
      const aborted = AbortSignal.abort(new Error('too late'));
      const begun: string[] = [];
      const note = (): Promise<void> => {
        begun.push('begun');
        return Promise.resolve();
      };
      await assert.rejects(access.use(fixture.accepted, note, aborted), /too late/);
      await assert.rejects(access.useShared(version('a'), note, aborted), /too late/);
      assert.deepEqual(begun, []);
    });

    it('users of one version share a connection, those of another version have another', async () => {
      const [left, right] = await Promise.all([
        access.useShared(version('a'), same, signal()),
        access.useShared(version('a'), same, signal()),
      ]);
      assert.equal(left, right);
      assert.equal(await access.useShared(version('a'), same, signal()), left);
      assert.notEqual(await access.useShared(version('b'), same, signal()), left);
      await ask(left);
    });

    it('dropping a registration ends its connections and requests, and no others', async () => {
      const dropped = await access.useShared(version('c', 'second'), same, signal());
      const kept = await access.useShared(version('c', 'first'), same, signal());
      const pending = assert.rejects(access.useShared(version('c', 'second'), ask, signal()));
      access.drop('one', 'second');
      await pending;
      await assert.rejects(ask(dropped));
      await ask(kept);
      assert.notEqual(await access.useShared(version('c', 'second'), same, signal()), dropped);
    });

    it('dropping a name ends the connections of all its registrations', async () => {
      const other = await access.useShared(version('d', 'first', 'one-more'), same, signal());
      access.drop('one');
      assert.equal(access.size, 1);
      await ask(other);
      access.drop('one-more');
      assert.equal(access.size, 0);
    });

    it('closing ends every shared connection', async () => {
      const shared = await access.useShared(version('e'), same, signal());
      access.close();
      assert.equal(access.size, 0);
      await assert.rejects(ask(shared));
    });
  });
}
