import {
  applyComponent,
  type ApplyReport,
  type ApplyRequest,
  checkTokenLife,
  type ClusterConnection,
  requestToken,
} from '../kube/index.ts';
import {
  ACCESS_NAMESPACE,
  describeReference,
  type KubeObject,
  objectKey,
  type ObjectOwner,
} from '../kube-objects/kube-object.ts';
import { timestamp } from '../base/clock.ts';
import type { Secret } from '../base/secret.ts';
import { NautesError } from '../errors/errors.ts';
import { sameJson } from '../base/same-json.ts';
import type { InventoryEntry, InventoryKey } from '../resources/inventory.ts';
import { renewalOf, tokenIdentity, type TokenRecord } from './token-record.ts';

/** The entries of one component of a registration. */
export interface ComponentInventory {
  readonly list: () => Promise<readonly InventoryEntry[]>;
  /** Durable when it resolves. */
  readonly put: (entries: readonly InventoryEntry[]) => Promise<void>;
  readonly remove: (entries: readonly InventoryKey[]) => Promise<void>;
}

export interface TargetAccountOptions {
  readonly owner: ObjectOwner;
  /** Name under which the inventory has the account. */
  readonly component: string;
  /** What is added to the name of the installation's own account, such as `argocd`. */
  readonly suffix: string;
  /** Runs the action on the cluster, with our own account. */
  readonly use: <T>(action: (connection: ClusterConnection) => Promise<T>) => Promise<T>;
  readonly inventory: ComponentInventory;
  /** Earlier registrations of the cluster whose objects may be taken over as our own. */
  readonly adoptIncarnations: () => Promise<readonly string[]>;
}

/** A Secret on the cluster that a token is bound to: deleting it ends the token. */
export interface BoundSecret {
  readonly name: string;
  readonly uid: string;
}

/** The account as it is on the cluster. */
export interface AccountState {
  /** UID of the ServiceAccount: tokens end with it. */
  readonly uid: string;
  /** The Secrets that tokens are bound to. */
  readonly secrets: readonly BoundSecret[];
}

/** How long a token is asked for, and when it is issued (milliseconds since the epoch). */
export interface TokenTimes {
  readonly seconds: number;
  readonly now: number;
}

/** A token of the account, with what is written of it beside it. */
export interface AccountToken {
  readonly token: Secret;
  readonly record: TokenRecord;
}

/** Why a token has to be issued: there is none, it is not valid any more, or it is old enough. */
export function reasonToIssue(
  known: TokenRecord | undefined,
  { uid, secrets }: AccountState,
  owner: ObjectOwner,
  now: number,
): 'published' | 'repaired' | 'renewed' | undefined {
  if (known === undefined) return 'published';
  const bound = secrets.find(({ name }) => name === known.boundSecret);
  if (known.identity !== tokenIdentity(uid, bound?.uid ?? '')) return 'repaired';
  return now >= renewalOf(known, owner) ? 'renewed' : undefined;
}

/**
 * An account on a registered cluster for those who find it in the management cluster: apart from our own, so that each
 * can be revoked alone. It has the rights of `cluster-admin`. Its objects are in the inventory and leave with the rest.
 */
export class TargetAccount {
  readonly name: string;
  readonly #options: TargetAccountOptions;

  constructor(options: TargetAccountOptions) {
    this.#options = options;
    this.name = `nautes-${options.owner.installation}-${options.suffix}`;
  }

  /**
   * Makes the account what it should be, with these Secrets for tokens and no others: tokens of others end.
   * @throws NautesError why something of it cannot be what it should be
   */
  async ensure(secrets: readonly string[], signal: AbortSignal): Promise<AccountState> {
    const { component, inventory } = this.#options;
    const known = await inventory.list();
    const report = await this.#apply(this.#objects(secrets), known, signal);
    if (!sameJson(report.entries, known)) await inventory.put(report.entries);
    const gone = report.gone.map((object) => ({ ...object, component }));
    if (gone.length > 0) await inventory.remove(gone);
    const [failure] = report.failures;
    if (failure !== undefined) throw failure.error;
    const [foreign] = report.foreign;
    if (foreign !== undefined) throw new NautesError('ObjectForeign', { object: describeReference(foreign.object) });
    const uid = report.entries.find(({ kind }) => kind === 'ServiceAccount')?.uid ?? '';
    const present = report.entries.filter((entry) => entry.kind === 'Secret' && secrets.includes(entry.name));
    return { uid, secrets: present.map(({ name, uid: secretUid }) => ({ name, uid: secretUid })) };
  }

  /**
   * A token that is bound to a Secret of its own.
   * @param kept names of the Secrets of tokens that stay valid meanwhile
   * @throws NautesError those of {@link ensure}, and `ClusterResponseInvalid` for a token that ends at once
   */
  async issue(kept: readonly string[], { seconds, now }: TokenTimes, signal: AbortSignal): Promise<AccountToken> {
    const boundSecret = `${this.name}-${now.toString(36)}`;
    const state = await this.ensure([...new Set([...kept, boundSecret])], signal);
    const bound = state.secrets.find(({ name }) => name === boundSecret) ?? { name: boundSecret, uid: '' };
    const request = { account: this.name, boundSecret: bound, expirationSeconds: seconds };
    const { token, expiresAt } = await this.#options.use(async ({ client }) => {
      const issued = await requestToken(client, request, signal);
      checkTokenLife(client.address, now, issued.expiresAt);
      return issued;
    });
    const identity = tokenIdentity(state.uid, bound.uid);
    return { token, record: { boundSecret, identity, issuedAt: timestamp(now), expiresAt } };
  }

  /** Takes the account away, with every token of it. @returns false while something of it is still there */
  async remove(signal: AbortSignal): Promise<boolean> {
    const { component, inventory } = this.#options;
    const known = await inventory.list();
    if (known.length === 0) return true;
    const report = await this.#apply([], known, signal);
    const gone = report.gone.map((object) => ({ ...object, component }));
    await inventory.remove(gone);
    const keys = new Set(gone.map(objectKey));
    return known.every((entry) => keys.has(objectKey(entry)));
  }

  async #apply(
    objects: readonly KubeObject[],
    known: readonly InventoryEntry[],
    signal: AbortSignal,
  ): Promise<ApplyReport> {
    const { owner, component, inventory, use, adoptIncarnations } = this.#options;
    const request: ApplyRequest = {
      component,
      owner,
      namespaces: [],
      objects,
      inventory: known,
      recordIntent: inventory.put,
      adoptForeign: false,
      adoptIncarnations: await adoptIncarnations(),
      ignoreFields: [],
      mode: 'full',
    };
    return use((connection) => applyComponent(connection, request, signal));
  }

  #objects(secrets: readonly string[]): readonly KubeObject[] {
    const { name } = this;
    const namespace = ACCESS_NAMESPACE;
    const account: KubeObject = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace },
      automountServiceAccountToken: false,
    };
    const binding: KubeObject = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    };
    const bound = secrets.map(
      (secret): KubeObject => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: secret, namespace },
        type: 'Opaque',
      }),
    );
    return [account, binding, ...bound];
  }
}
