import { timestamp } from '../../base/clock.ts';
import { NautesError } from '../../errors/errors.ts';
import type { KubeconfigCredential } from '../../kube/index.ts';
import type { Cluster, ClusterSpec } from '../../resources/cluster/cluster.ts';
import type { CredentialScope, StoredCredential } from '../../resources/credential.ts';
import { declaredPlace, placeOf } from '../../resources/cluster/place.ts';
import type { ClusterStatus } from '../../resources/status.ts';
import { ownCredentialWorks } from './upload.ts';
import type { RegistryServices } from '../services.ts';

export interface SubjectRequest {
  readonly name: string;
  readonly spec: ClusterSpec;
  /** True when the request has a kubeconfig, whatever is in it. */
  readonly hasKubeconfig: boolean;
  /** Generation that the caller has seen, `*` for any. */
  readonly ifMatch: string | undefined;
}

/** What the file says of credential and identity. */
export type CredentialFields = Partial<Pick<Cluster, 'credentialVersion' | 'rotationRequest' | 'kubernetesUid'>>;

/**
 * A registration that is to be saved: what it was, what it will be and which credential speaks for it. Only reads, so
 * that a plan and a save come to the same conclusions.
 */
export class SaveSubject {
  /** The registration that was found; absent when there is none or its file cannot be understood. */
  readonly found: Cluster | undefined;
  /** The registration that goes on; absent when this is a new one. */
  readonly before: Cluster | undefined;
  readonly scope: CredentialScope;
  /** True when this registration is new: nothing is stored under its scope. */
  readonly isFirst: boolean;
  readonly #services: RegistryServices;
  readonly #request: SubjectRequest;

  /**
   * A file that cannot be understood is replaced for the registration that it was of.
   * @param newIncarnation of the registration when it is the first
   */
  static async of(services: RegistryServices, request: SubjectRequest, newIncarnation: string): Promise<SaveSubject> {
    const known = await services.status.status(request.name);
    const entry = services.repo.snapshot().clusters.get(request.name);
    const lost = entry !== undefined && entry.cluster === undefined ? known?.incarnation : undefined;
    const found = entry?.cluster;
    const registered =
      found === undefined || (await isElsewhere(services, found, known, request.spec)) ? undefined : found;
    return new SaveSubject(services, request, found, registered?.incarnation ?? (lost || undefined), newIncarnation);
  }

  private constructor(
    services: RegistryServices,
    request: SubjectRequest,
    found: Cluster | undefined,
    registered: string | undefined,
    newIncarnation: string,
  ) {
    this.#services = services;
    this.#request = request;
    this.found = found;
    this.before = found?.incarnation === registered ? found : undefined;
    this.isFirst = registered === undefined;
    this.scope = { cluster: request.name, incarnation: registered ?? newIncarnation };
  }

  /** The cluster as it will be written; what is undefined is left out of the file. */
  cluster(credential: CredentialFields): Cluster {
    const { name, spec } = this.#request;
    const given = Object.entries(credential).filter(([, value]) => value !== undefined);
    return { name, incarnation: this.scope.incarnation, spec, ...Object.fromEntries(given) };
  }

  /** The registration that this one takes the place of: it is taken away before this one begins. */
  get replaced(): Cluster | undefined {
    return this.before === undefined && this.found?.incarnation !== this.scope.incarnation ? this.found : undefined;
  }

  /** A virtual cluster gives its credential to its host: nobody uploads one. */
  get isVirtual(): boolean {
    return this.#request.spec.clusterType === 'virtual';
  }

  /** Why this generation is not the one that the caller has seen, if so. */
  generationProblem(generation: string | undefined): NautesError | undefined {
    const { ifMatch, name } = this.#request;
    if (ifMatch === undefined || ifMatch === generation || (ifMatch === '*' && generation)) return undefined;
    return new NautesError('ClusterChanged', { cluster: name });
  }

  /** Without a kubeconfig the stored credential stays, which is sealed to the address. */
  kubeconfigProblem(): NautesError | undefined {
    if (this.#request.hasKubeconfig || this.isVirtual) return undefined;
    if (this.before === undefined)
      return new NautesError('KubeconfigRequired', { why: 'the cluster is not registered yet' });
    if (this.before.spec.apiServer === this.#request.spec.apiServer) return undefined;
    return new NautesError('KubeconfigRequired', { why: 'the address of the API server changes' });
  }

  /** The credential of an uploaded kubeconfig, bound to this registration. */
  uploaded(credential: KubeconfigCredential): StoredCredential {
    const { certificateAuthority, tlsServerName, material, notAfter } = credential;
    return {
      binding: {
        ...this.scope,
        server: this.#request.spec.apiServer,
        certificateAuthority,
        ...(tlsServerName === undefined ? {} : { tlsServerName }),
      },
      material,
      origin: 'uploaded',
      expiresAt: notAfter,
      issuedAt: timestamp(this.#services.clock.now()),
      boundSecret: '',
    };
  }

  /** The credential in use. @throws NautesError `KubeconfigRequired` when none is stored */
  async stored(signal: AbortSignal): Promise<StoredCredential> {
    const { credentials } = this.#services;
    const active = await credentials.active(this.scope, signal);
    if (active !== undefined) return active.stored;
    const version = this.before?.credentialVersion;
    if (version === undefined) throw new NautesError('KubeconfigRequired', { why: 'no credential is stored for it' });
    return credentials.read(this.scope, version, signal);
  }

  /**
   * What a version of an uploaded credential is to this registration: `fresh` is to be consumed; `repeated` was
   * consumed before, and saving it again changes nothing; `rescue` was named before, too, but our own credential no
   * longer works.
   * @param mayAsk the cluster itself may be asked
   */
  async novelty(version: string, mayAsk: boolean, signal: AbortSignal): Promise<'fresh' | 'repeated' | 'rescue'> {
    const active = await this.#services.credentials.activePointer(this.scope, signal);
    if (version !== this.before?.credentialVersion || active === undefined || active.version === version) {
      return 'fresh';
    }
    const works = await ownCredentialWorks(this.#services, this.scope, active.version, mayAsk, signal);
    if (!works) return 'rescue';
    const { uploadedVersion } = await this.#services.credentials.read(this.scope, active.version, signal);
    return uploadedVersion === version ? 'repeated' : 'fresh';
  }
}

/**
 * A virtual cluster on another host, or a physical one in its place, is another cluster: it cannot be changed into that.
 * Where it was made counts, also when somebody has changed the file by hand since.
 */
async function isElsewhere(
  { status }: RegistryServices,
  { incarnation, spec }: Cluster,
  known: ClusterStatus | undefined,
  asked: ClusterSpec,
): Promise<boolean> {
  const made = placeOf(incarnation, known, await status.inventory(incarnation));
  return (made ?? declaredPlace(spec)) !== declaredPlace(asked);
}
