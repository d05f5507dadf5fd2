import { defined } from '../../base/defined.ts';
import { clusterKey, clusterRegistration } from '../../resources/cluster/cluster-key.ts';
import { type Clock, timestamp } from '../../base/clock.ts';
import { NautesError } from '../../errors/errors.ts';
import type { Cluster, ClusterSpec } from '../../resources/cluster/cluster.ts';
import { declaredHost, madeOn } from '../../resources/cluster/host.ts';
import type { CredentialScope, StoredCredential } from '../../resources/credential.ts';
import type { ClusterStatus } from '../../resources/cluster/cluster-status.ts';
import type { SaveOptions } from '../cluster-registry.ts';
import type { RegistryServices } from '../services.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import type { CompleteDraft } from './draft.ts';

/** What the file says of credential and identity. */
export type CredentialFields = Partial<
  Pick<Cluster, 'credentialVersion' | 'rotationRequest' | 'kubernetesUid' | 'takeOver'>
>;

/**
 * A registration that is to be saved: what it was, what it will be and which credential speaks for it. Only reads, so
 * that a plan and a save come to the same conclusions.
 */
export class RegistrationChange {
  readonly draft: CompleteDraft;
  readonly options: SaveOptions;
  /** The registration that was found; absent when there is none or its file cannot be understood. */
  readonly found: Cluster | undefined;
  /** The registration that continues; absent when this is a new one. */
  readonly before: Cluster | undefined;
  readonly scope: CredentialScope;
  /** True when this registration is new: nothing is stored under its scope. */
  readonly isFirst: boolean;
  /** When it was made; absent where that is not known. */
  readonly registeredAt: string | undefined;
  /** The credential of the request, bound to this registration; absent when it has none, or none that can be used. */
  readonly uploaded: StoredCredential | undefined;
  /** UID of the cluster that the registration has reached, where its objects are; empty before. */
  readonly reachedUid: string;
  /** The credential that the cluster is asked with, once the checks have found one. */
  presented: StoredCredential | undefined;
  /** UID of the cluster: as it is registered, until the preflight has asked for it. */
  kubernetesUid: string | undefined;
  /** The holder from which the cluster is taken over: as the file says, until the preflight has found another one. */
  takeOver: string | undefined;

  /**
   * A file that cannot be understood is replaced for the registration that it was of.
   * @param newIncarnation of the registration when it is the first
   */
  static async of(
    services: RegistryServices,
    draft: CompleteDraft,
    options: SaveOptions,
    newIncarnation: string,
  ): Promise<RegistrationChange> {
    const { name } = draft;
    const known = await services.status.get(clusterKey(name));
    const entry = services.repo.snapshot().of(clusterFiles).get(name);
    const lost = entry !== undefined && entry.resource === undefined ? known?.incarnation : undefined;
    const found = entry?.resource;
    const isSame = found !== undefined && !(await isElsewhere(services, found, known, draft.spec));
    const registered = (isSame ? found.incarnation : undefined) ?? (lost || undefined);
    const scope = { cluster: name, incarnation: registered ?? newIncarnation };
    const uploaded = uploadedCredential(draft, scope, services.clock);
    const reachedUid = known?.incarnation === scope.incarnation ? known.kubernetes.uid : '';
    const isFirst = registered === undefined;
    const now = timestamp(services.clock.now());
    const registeredAt = isFirst ? now : found?.registeredAt;
    return new RegistrationChange({ draft, options }, { found, scope, isFirst, registeredAt, uploaded, reachedUid });
  }

  private constructor(
    { draft, options }: Pick<RegistrationChange, 'draft' | 'options'>,
    {
      found,
      scope,
      isFirst,
      registeredAt,
      uploaded,
      reachedUid,
    }: Pick<RegistrationChange, 'found' | 'scope' | 'isFirst' | 'registeredAt' | 'uploaded' | 'reachedUid'>,
  ) {
    this.draft = draft;
    this.options = options;
    this.found = found;
    this.before = found?.incarnation === scope.incarnation ? found : undefined;
    this.scope = scope;
    this.isFirst = isFirst;
    this.registeredAt = registeredAt;
    this.uploaded = uploaded;
    this.reachedUid = reachedUid;
    this.kubernetesUid = this.before?.kubernetesUid;
    this.takeOver = this.before?.takeOver;
  }

  get name(): string {
    return this.draft.name;
  }

  get spec(): ClusterSpec {
    return this.draft.spec;
  }

  /** A virtual cluster gives its credential to its host: nobody uploads one. */
  get isVirtual(): boolean {
    return this.spec.clusterType === 'virtual';
  }

  /** The registration that this one takes the place of: it is off-boarded before this one begins. */
  get replaced(): Cluster | undefined {
    return this.before === undefined && this.found?.incarnation !== this.scope.incarnation ? this.found : undefined;
  }

  /** The cluster as it will be written; what is undefined is left out of the file. */
  cluster(fields: CredentialFields): Cluster {
    const { name } = this.draft;
    const spec = { ...this.draft.spec, ...defined({ paused: this.before?.spec.paused }) };
    const given = Object.entries(fields).filter(([, value]) => value !== undefined);
    const made = { name, incarnation: this.scope.incarnation, ...defined({ registeredAt: this.registeredAt }) };
    return { ...made, spec, ...Object.fromEntries(given) };
  }

  /** Why this generation is not the one that the caller has seen, if so. */
  generationProblem(generation: string | undefined): NautesError | undefined {
    const { ifMatch } = this.options;
    if (ifMatch === undefined || ifMatch === generation || (ifMatch === '*' && generation)) return undefined;
    return new NautesError('ClusterChanged', { cluster: this.name });
  }
}

function uploadedCredential(
  { credential, spec }: CompleteDraft,
  scope: CredentialScope,
  clock: Clock,
): StoredCredential | undefined {
  if (credential === undefined) return undefined;
  const { certificateAuthority, tlsServerName, proxyUrl, material, notAfter } = credential;
  const way = defined({ tlsServerName, proxyUrl });
  return {
    binding: { ...scope, server: spec.apiServer, certificateAuthority, ...way },
    material,
    origin: 'uploaded',
    expiresAt: notAfter,
    issuedAt: timestamp(clock.now()),
    boundSecret: '',
  };
}

/**
 * A virtual cluster on another host, or a physical one in its place, is another cluster: it cannot be changed into that.
 * Where it was made counts, also when somebody has changed the file by hand since.
 */
async function isElsewhere(
  { inventory }: RegistryServices,
  { name, incarnation, spec }: Cluster,
  known: ClusterStatus | undefined,
  asked: ClusterSpec,
): Promise<boolean> {
  const entries = await inventory.list(clusterRegistration({ cluster: name, incarnation }));
  const made = madeOn(incarnation, known, entries) ?? { host: declaredHost(spec) };
  return made.host !== declaredHost(asked);
}
