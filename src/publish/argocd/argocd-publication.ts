import { canonicalJson, sha256 } from '../../base/hash.ts';
import { sameJson } from '../../base/same-json.ts';
import { type ClusterConnection, nameOf } from '../../kube/index.ts';
import {
  describeReference,
  type ObjectHead,
  type ObjectOwner,
  objectKey,
  plainReference,
} from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import type { RemovalOutcome } from '../../resources/cluster/offboarding-record.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import { factAnnotations } from '../facts.ts';
import { intendedEntry } from '../kept-object.ts';
import { inPlace } from '../place-error.ts';
import type { NeededRight } from '../../management/index.ts';
import type {
  Publication,
  PublicationChange,
  PublicationReport,
  PublicationScope,
  PublishedCluster,
  PublishedName,
  Users,
} from '../publication.ts';
import { type AccountState, reasonToIssue, type TargetAccount } from '../target-account.ts';
import { applicationsOf } from './applications.ts';
import { lookAt, ownHead } from './look.ts';
import {
  ACCESS_MANAGER,
  accessHash,
  accessPart,
  coreLabels,
  differingFacts,
  factsPart,
  formerFacts,
  hasOwnData,
  incarnationOf,
  labelsOf,
  type PublishedToken,
  SECRET_PREFIX,
  tokenOf,
} from './secret.ts';

export interface ArgoCdSettings {
  /** Namespace of Argo CD. */
  readonly namespace: string;
  /** Lifetime that is asked for the tokens of its accounts. */
  readonly tokenSeconds: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Argo CD's declarative form of a cluster: a Secret with the label `argocd.argoproj.io/secret-type: cluster`, which acts
 * from the moment that it is there. Written without the right to read Secrets.
 * Source: https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#clusters
 */
export class ArgoCdPublication implements Publication {
  readonly name = 'argocd';
  readonly rights: readonly NeededRight[];
  readonly #settings: ArgoCdSettings;

  constructor(settings: ArgoCdSettings) {
    this.#settings = settings;
    const { namespace } = settings;
    const right = (group: string, resource: string, ...verbs: readonly string[]): NeededRight[] =>
      verbs.map((verb) => ({ verb, group, resource, namespace }));
    this.rights = [
      ...right('', 'secrets', 'create', 'patch', 'delete'),
      ...right('argoproj.io', 'applications', 'list'),
      ...right('argoproj.io', 'applicationsets', 'get'),
    ];
  }

  readonly isCurrent = ({ namespace }: InventoryEntry): boolean => namespace === this.#settings.namespace;

  readonly objectOf = ({ cluster }: ObjectOwner): ObjectReference => ({
    apiVersion: 'v1',
    kind: 'Secret',
    namespace: this.#settings.namespace,
    name: `${SECRET_PREFIX}${cluster}`,
  });

  readonly publish = async (
    cluster: PublishedCluster,
    scope: PublicationScope,
    account: TargetAccount,
    signal: AbortSignal,
  ): Promise<PublicationReport> => {
    const object = this.objectOf(cluster.owner);
    const entry = scope.entries.find((one) => objectKey(one) === objectKey(object));
    const before = await ownHead(scope.management, object, cluster.owner, signal);
    if (entry === undefined) await scope.record([intendedEntry(object, scope.component)]); // before the first write
    const run = new PublishRun(this.#settings, { cluster, scope, account, object, entry }, signal);
    return run.execute(before);
  };

  readonly users = (cluster: PublishedName, management: ClusterConnection, signal: AbortSignal): Promise<Users> =>
    inPlace(applicationsOf(management, this.#settings.namespace, cluster, coreLabels(cluster.owner), signal), signal);

  readonly foreign = async (
    { owner }: PublishedName,
    management: ClusterConnection,
    signal: AbortSignal,
  ): Promise<readonly ObjectReference[]> => {
    const object = this.objectOf(owner);
    return (await lookAt(management, object, owner, signal)).kind === 'foreign' ? [object] : [];
  };

  readonly letGo = async (cluster: PublishedName, scope: PublicationScope, signal: AbortSignal): Promise<Users> => {
    const users: Users[] = [];
    for (const entry of scope.entries) users.push(await letGoOne(cluster, entry, scope.management, signal));
    return { leaving: users.flatMap(({ leaving }) => leaving), staying: users.flatMap(({ staying }) => staying) };
  };

  readonly withdraw = async (
    owner: ObjectOwner,
    scope: PublicationScope,
    signal: AbortSignal,
  ): Promise<RemovalOutcome> => {
    const removed: ObjectReference[] = [];
    const left: RemovalOutcome['left'][number][] = [];
    for (const entry of scope.entries) {
      const reason = await withdrawOne(owner, entry, scope.management, signal);
      if (reason === undefined) removed.push(plainReference(entry));
      else left.push({ ...plainReference(entry), reason });
    }
    return { removed, left, remaining: [] };
  };
}

interface PublishParts {
  readonly cluster: PublishedCluster;
  readonly scope: PublicationScope;
  readonly account: TargetAccount;
  readonly object: ObjectReference;
  readonly entry: InventoryEntry | undefined;
}

/** Publishing one cluster once. */
class PublishRun {
  readonly #settings: ArgoCdSettings;
  readonly #parts: PublishParts;
  readonly #signal: AbortSignal;
  readonly #changes: PublicationChange[] = [];

  constructor(settings: ArgoCdSettings, parts: PublishParts, signal: AbortSignal) {
    this.#settings = settings;
    this.#parts = parts;
    this.#signal = signal;
  }

  async execute(before: ObjectHead | undefined): Promise<PublicationReport> {
    const { object, scope } = this.#parts;
    const withToken = await this.#ensureAccess(before);
    const head = await this.#ensureFacts(withToken, before);
    const entry = { ...intendedEntry(object, scope.component), ...this.#seen(head) };
    if (!sameJson(entry, this.#parts.entry)) await scope.record([entry]);
    return { object, since: head.metadata.creationTimestamp ?? '', changes: this.#changes };
  }

  #seen({ metadata }: ObjectHead): Pick<InventoryEntry, 'uid' | 'hash' | 'revision'> {
    const { cluster } = this.#parts;
    const facts = [accessHash(cluster), labelsOf(cluster), factAnnotations(cluster)];
    return { uid: metadata.uid ?? '', hash: sha256(canonicalJson(facts)), revision: metadata.resourceVersion ?? '' };
  }

  /** Address and credential: the Secret is written only when one of them is not what it should be. */
  async #ensureAccess(before: ObjectHead | undefined): Promise<ObjectHead> {
    const { account, cluster } = this.#parts;
    const isOfUs = before !== undefined && incarnationOf(before) === cluster.owner.incarnation;
    const known = isOfUs ? tokenOf(before) : undefined;
    const kept = known === undefined ? [] : [known.boundSecret];
    const state = await account.ensure(kept, this.#signal);
    const why = before === undefined ? 'published' : this.#reasonToIssue(before, known, state);
    if (before !== undefined && why === undefined) return before;
    const times = { seconds: this.#settings.tokenSeconds, now: this.#settings.now() };
    const { token: bearer, record } = await account.issue(kept, times, this.#signal);
    const token = { ...record, accessHash: accessHash(cluster) };
    const head = await this.#write(accessPart(this.#parts.object, cluster, token, bearer), {
      manager: ACCESS_MANAGER,
      isNew: before === undefined,
    });
    this.#told(why ?? 'published', token);
    await account.ensure([token.boundSecret], this.#signal); // the token of before ends
    return head;
  }

  #reasonToIssue(
    before: ObjectHead,
    known: PublishedToken | undefined,
    state: AccountState,
  ): PublicationChange['kind'] | undefined {
    const { cluster } = this.#parts;
    const reason = reasonToIssue(known, state, cluster.owner, this.#settings.now());
    if (known === undefined || reason === 'repaired') return reason;
    if (!hasOwnData(before)) return 'repaired';
    return known.accessHash === accessHash(cluster) ? reason : 'updated';
  }

  /** Labels and annotations. */
  async #ensureFacts(head: ObjectHead, before: ObjectHead | undefined): Promise<ObjectHead> {
    const { cluster, object, entry } = this.#parts;
    const labels = labelsOf(cluster);
    const annotations = factAnnotations(cluster);
    const differing = [...differingFacts(head, labels, annotations), ...formerFacts(head, labels, annotations)];
    if (differing.length === 0) return head;
    const written = await this.#write(factsPart(object, labels, annotations), { isNew: false });
    if (before !== undefined && incarnationOf(before) === cluster.owner.incarnation) {
      const isOurs = entry?.hash === this.#seen(head).hash; // nothing else was wanted the last time
      const text = { object: describeReference(object), fields: differing };
      this.#changes.push(
        isOurs
          ? { kind: 'repaired', message: message('PublicationRepaired', text) }
          : { kind: 'updated', message: message('PublicationUpdated', text) },
      );
    }
    return written;
  }

  async #write(
    object: ReturnType<typeof factsPart>,
    { manager, isNew }: { readonly manager?: string; readonly isNew: boolean },
  ): Promise<ObjectHead> {
    const { client } = this.#parts.scope.management;
    const options = { ...(manager === undefined ? {} : { manager }), isRefusedOnConflict: isNew };
    return inPlace(client.applyForHead(wellKnown.secret, object, options, this.#signal), this.#signal, object);
  }

  #told(kind: PublicationChange['kind'], token: PublishedToken): void {
    const object = describeReference(this.#parts.object);
    const time = token.expiresAt;
    const said = {
      published: () => message('PublicationWritten', { object, time }),
      updated: () => message('PublicationUpdated.access', { object, time }),
      renewed: () => message('PublicationRenewed', { object, time }),
      repaired: () => message('PublicationRepaired.access', { object, time }),
    };
    this.#changes.push({ kind, message: said[kind]() });
  }
}

/** Takes the labels off that ApplicationSets select by; the Secret stays a cluster, so that Argo CD can clean it up. */
async function letGoOne(
  cluster: PublishedName,
  entry: InventoryEntry,
  management: ClusterConnection,
  signal: AbortSignal,
): Promise<Users> {
  const head = await ownSecret(cluster.owner, entry, management, signal);
  if (head === undefined) return { leaving: [], staying: [] };
  const labels = coreLabels(cluster.owner);
  const differing = [...formerFacts(head, labels, {}), ...differingFacts(head, labels, {})];
  if (differing.length > 0) {
    const object = factsPart(entry, labels, {});
    await inPlace(management.client.applyForHead(wellKnown.secret, object, {}, signal), signal, object);
  }
  return inPlace(applicationsOf(management, entry.namespace, cluster, labels, signal), signal);
}

/** Why the Secret stays; `undefined` when it is gone. */
async function withdrawOne(
  owner: ObjectOwner,
  entry: InventoryEntry,
  management: ClusterConnection,
  signal: AbortSignal,
): Promise<Message | undefined> {
  const look = await lookAt(management, entry, owner, signal);
  if (look.kind === 'absent') return undefined;
  if (look.kind === 'foreign' || incarnationOf(look.head) !== owner.incarnation) return message('Retained.notOurs');
  const { uid = '' } = look.head.metadata;
  const deletion = management.client.delete(wellKnown.secret, nameOf(entry), { uid }, signal);
  await inPlace(deletion, signal, plainReference(entry));
  return undefined;
}

async function ownSecret(
  owner: ObjectOwner,
  entry: InventoryEntry,
  management: ClusterConnection,
  signal: AbortSignal,
): Promise<ObjectHead | undefined> {
  const look = await lookAt(management, entry, owner, signal);
  return look.kind === 'ours' && incarnationOf(look.head) === owner.incarnation ? look.head : undefined;
}
