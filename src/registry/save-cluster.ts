import { lookup } from 'node:dns/promises';
import { randomUUID } from 'node:crypto';
import { NautesError } from '../base/errors.ts';
import { timestamp } from '../base/clock.ts';
import type { Edit } from '../config-repo/config-repo.ts';
import { type KubeconfigCredential, readKubeconfig, resolvedAddressProblem } from '../kube/index.ts';
import { readApiServer } from '../model/api-server.ts';
import type { Cluster, ClusterSpec } from '../model/cluster.ts';
import type { ClusterDraft } from '../model/cluster-draft.ts';
import type { CredentialScope, StoredCredential } from '../model/credential.ts';
import { type Violation, violationMetadata } from '../model/violation.ts';
import type { CallerContext, SaveOptions, SaveResult } from './cluster-registry.ts';
import { completeSpec } from './complete-spec.ts';
import { ownCredentialWorks } from './own-credential.ts';
import { preflightCluster } from './preflight.ts';
import { checkAgainstOthers } from './rules.ts';
import type { RegistryServices } from './services.ts';

/** How often a save starts over because the registration changed under it. */
const MAXIMUM_ATTEMPTS = 5;
const LOOKUP_TIMEOUT_MILLISECONDS = 2_000;

/** A save in the order: validate the shape, authorise, check against the others, preflight, stage the secret, commit. */
export async function saveCluster(
  services: RegistryServices,
  context: CallerContext,
  name: string,
  draft: ClusterDraft,
  options: SaveOptions,
): Promise<SaveResult> {
  const { spec, credential, warnings } = await validate(services, name, draft);
  const authorize = (signal: AbortSignal): Promise<void> =>
    services.identity.authorize(context.caller, 'maintainer', 'register clusters', signal);
  await authorize(context.signal);
  refuseUnsupported(spec);
  const problem = await resolvedAddressProblem(spec.apiServer, services.addresses);
  if (problem !== undefined) throw problem;

  for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt += 1) {
    const save = await SaveAttempt.begin(services, context, { name, spec, credential, options, authorize });
    const result = await save.run();
    if (result !== 'startOver') return { ...result, warnings: [...warnings, ...result.warnings] };
  }
  throw new NautesError('TooManyRestarts', { cluster: name });
}

interface ValidatedSave {
  readonly spec: ClusterSpec;
  readonly credential: KubeconfigCredential | undefined;
  readonly warnings: readonly string[];
}

/** @throws NautesError `ClusterInvalid` with every violation */
async function validate(
  { catalog, clock }: RegistryServices,
  name: string,
  draft: ClusterDraft,
): Promise<ValidatedSave> {
  const { spec, violations } = completeSpec(name, draft, { catalog, ipAddress: await ipAddressOf(draft.apiServer) });
  const reading =
    draft.kubeconfig === undefined || draft.clusterType === 'virtual'
      ? undefined
      : readKubeconfig(draft.kubeconfig, spec?.apiServer ?? draft.apiServer, clock);
  const found: Violation[] = [...violations];
  for (const { reason, message, remedy } of reading?.findings ?? []) {
    if (reason === 'ApiServerInvalid' && violations.some(({ field }) => field === 'api_server')) continue;
    found.push({ field: 'kubeconfig', message, remedy });
  }
  if (spec === undefined || found.length > 0) {
    const problem = found.map(({ field, message }) => `${field}: ${message}`).join('; ');
    throw new NautesError('ClusterInvalid', { cluster: name, problem }, { metadata: violationMetadata(found) });
  }
  return { spec, credential: reading?.credential, warnings: reading?.warnings ?? [] };
}

function refuseUnsupported({ clusterType, usage, workerType }: ClusterSpec): void {
  if (clusterType === 'physical' && workerType !== 'pipeline') return;
  const variety = [clusterType, workerType, usage].filter(Boolean).join(' ');
  throw new NautesError('VarietyNotSupported', { variety });
}

/** For default host names: the address itself, or the first that its name resolves to. */
async function ipAddressOf(apiServer: string): Promise<string | undefined> {
  const address = readApiServer(apiServer);
  if (typeof address === 'string') return undefined;
  if (address.isIp) return address.host;
  const timeout = new Promise<undefined>((resolve) => {
    setTimeout(resolve, LOOKUP_TIMEOUT_MILLISECONDS, undefined).unref();
  });
  const found = await Promise.race([lookup(address.host).catch(() => undefined), timeout]);
  return found?.address;
}

interface SaveRequest {
  readonly name: string;
  readonly spec: ClusterSpec;
  readonly credential: KubeconfigCredential | undefined;
  readonly options: SaveOptions;
  readonly authorize: (signal: AbortSignal) => Promise<void>;
}

/** Thrown inside `decide` when the registration is no longer the one that the credential was staged for. */
class StartOver extends NautesError {
  constructor(cluster: string) {
    super('TooManyRestarts', { cluster });
  }
}

class SaveAttempt {
  readonly #services: RegistryServices;
  readonly #context: CallerContext;
  readonly #request: SaveRequest;
  /** The registration that this attempt found; another one at the commit means starting over. */
  readonly #before: Cluster | undefined;
  readonly #scope: CredentialScope;
  /** True when nothing can be stored under the scope but by this attempt. */
  readonly #isFirst: boolean;

  /** A file that cannot be understood is replaced for the registration that it was of. */
  static async begin(services: RegistryServices, context: CallerContext, request: SaveRequest): Promise<SaveAttempt> {
    const known = await services.status.status(request.name);
    const entry = services.repo.snapshot().clusters.get(request.name);
    const lost = entry !== undefined && entry.cluster === undefined ? known?.incarnation : undefined;
    return new SaveAttempt(services, context, request, entry?.cluster, lost || undefined);
  }

  private constructor(
    services: RegistryServices,
    context: CallerContext,
    request: SaveRequest,
    before: Cluster | undefined,
    incarnation: string | undefined,
  ) {
    this.#services = services;
    this.#context = context;
    this.#request = request;
    this.#before = before;
    const registered = before?.incarnation ?? incarnation;
    this.#isFirst = registered === undefined;
    this.#scope = { cluster: request.name, incarnation: registered ?? randomUUID() };
  }

  async run(): Promise<SaveResult | 'startOver'> {
    const { credential, options } = this.#request;
    const { clusters } = this.#services.repo.snapshot();
    this.#checkGeneration(clusters.get(this.#request.name)?.generation);
    const draft = this.#cluster({});
    checkAgainstOthers(draft, clusters);
    if (credential === undefined) this.#needsNoKubeconfig();
    const presented = credential === undefined ? await this.#storedCredential() : this.#uploaded(credential);
    const registeredUid = this.#before?.kubernetesUid;
    const { uid, warnings } = options.skipCheck
      ? { uid: registeredUid, warnings: [] }
      : await preflightCluster(this.#services, this.#request, presented, registeredUid, this.#context.signal);
    const staged = credential === undefined ? undefined : await this.#stage(this.#uploaded(credential));
    const cluster = this.#cluster({
      credentialVersion: staged?.version ?? this.#before?.credentialVersion,
      rotationRequest: staged?.startsOver === true ? this.#context.requestId : this.#before?.rotationRequest,
      kubernetesUid: uid,
    });
    return this.#commit(cluster, warnings);
  }

  /** The cluster as it will be written; what is undefined is left out of the file. */
  #cluster(credential: Partial<Pick<Cluster, 'credentialVersion' | 'rotationRequest' | 'kubernetesUid'>>): Cluster {
    const { name, spec } = this.#request;
    const given = Object.entries(credential).filter(([, value]) => value !== undefined);
    return { name, incarnation: this.#scope.incarnation, spec, ...Object.fromEntries(given) };
  }

  #checkGeneration(generation: string | undefined): void {
    const { ifMatch } = this.#request.options;
    if (ifMatch !== undefined && ifMatch !== generation) {
      throw new NautesError('ClusterChanged', { cluster: this.#request.name });
    }
  }

  /** Without a kubeconfig the stored credential stays, which is sealed to the address. */
  #needsNoKubeconfig(): void {
    if (this.#before === undefined)
      throw new NautesError('KubeconfigRequired', { why: 'the cluster is not registered yet' });
    if (this.#before.spec.apiServer !== this.#request.spec.apiServer) {
      throw new NautesError('KubeconfigRequired', { why: 'the address of the API server changes' });
    }
  }

  #uploaded({
    server,
    certificateAuthority,
    tlsServerName,
    material,
    notAfter,
  }: KubeconfigCredential): StoredCredential {
    return {
      binding: {
        ...this.#scope,
        server,
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

  async #storedCredential(): Promise<StoredCredential> {
    const { secrets } = this.#services;
    const { signal } = this.#context;
    const version = (await secrets.active(this.#scope, signal))?.version ?? this.#before?.credentialVersion;
    if (version === undefined) throw new NautesError('KubeconfigRequired', { why: 'no credential is stored for it' });
    return secrets.read(this.#scope, version, signal);
  }

  /**
   * Stages the uploaded credential. One that was consumed before is dropped again, so that repeating a save changes
   * nothing, unless our own credential no longer works: then it starts over.
   */
  async #stage(credential: StoredCredential): Promise<{ readonly version: string; readonly startsOver: boolean }> {
    const { secrets } = this.#services;
    const { signal } = this.#context;
    const version = await secrets.stage(credential, signal);
    const active = await secrets.active(this.#scope, signal);
    if (version !== this.#before?.credentialVersion || active === undefined || active.version === version) {
      return { version, startsOver: false };
    }
    const mayAsk = !this.#request.options.skipCheck;
    const startsOver = !(await ownCredentialWorks(this.#services, this.#scope, active.version, mayAsk, signal));
    if (!startsOver) await secrets.remove(this.#scope, version, signal);
    return { version, startsOver };
  }

  /** An uploaded credential that another took the place of before it was consumed is of no use any more. */
  async #dropReplaced({ credentialVersion }: Cluster): Promise<void> {
    const replaced = this.#before?.credentialVersion;
    if (replaced === undefined || replaced === credentialVersion) return;
    const { secrets } = this.#services;
    await secrets.remove(this.#scope, replaced, this.#context.signal).catch(() => {}); // else the collector finds it
  }

  async #commit(cluster: Cluster, warnings: readonly string[]): Promise<SaveResult | 'startOver'> {
    const { caller, requestId, signal } = this.#context;
    const { name, options } = this.#request;
    const skipped: readonly (readonly [string, string])[] = options.skipCheck ? [['Skipped-Check', 'preflight']] : [];
    try {
      const { commit, changed, generation } = await this.#services.repo.change(
        {
          author: caller,
          subject: `Save cluster ${name}`,
          requestId,
          trailers: [['Cluster', name], ['Operation', 'save'], ...skipped],
          decide: (clusters): Edit => {
            const entry = clusters.get(name);
            if (entry?.cluster?.incarnation !== this.#before?.incarnation) throw new StartOver(name);
            this.#checkGeneration(entry?.generation);
            checkAgainstOthers(cluster, clusters);
            return { name, cluster };
          },
          reauthorize: (again) => this.#request.authorize(again),
        },
        signal,
      );
      await this.#dropReplaced(cluster);
      return { commit, changed, generation, warnings };
    } catch (error) {
      const isRefused = error instanceof StartOver || (error instanceof NautesError && error.next === 'stalled');
      if (isRefused && this.#isFirst) await this.#services.secrets.removeAll(this.#scope, signal);
      if (error instanceof StartOver) return 'startOver';
      throw error;
    }
  }
}
