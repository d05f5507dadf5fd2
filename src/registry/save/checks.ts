import { asNautesError, NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import type { StoredCredential } from '../../resources/credential.ts';
import { lossesOfChange } from '../losses.ts';
import { problemsWithOthers, registeredUnder } from '../rules.ts';
import type { CheckContext, SaveCheck } from './check.ts';
import { type Finding, problem } from './finding.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import { preflight, preflightFailed } from './preflight.ts';

/**
 * Everything that a change must pass, in the order in which a save asks: what can be said at once comes before what the
 * cluster has to be asked for. A plan runs all of them and collects what they find; a save ends at the first that finds
 * a problem. What depends on other clusters is decided again in the commit.
 */
export const saveChecks: readonly SaveCheck[] = [
  { find: allowedAddress },
  { find: expectedGeneration },
  { find: fittingOthers },
  { find: availableCredential },
  { find: keptObjects },
  { find: preflight, refusal: ({ name }, problems) => preflightFailed(name, problems) },
  { find: sameIdentity },
];

/** A cluster may have the address. */
async function allowedAddress({ change }: CheckContext): Promise<readonly Finding[]> {
  return problem('api_server', (await change.draft.resolved).problem);
}

/** The registration is the one that the caller has seen. */
function expectedGeneration({ services, change }: CheckContext): readonly Finding[] {
  return problem(
    '',
    change.generationProblem(services.repo.snapshot().of(clusterFiles).get(change.name)?.fileRevision),
  );
}

/** The rules that hold among clusters, by what is known before the cluster is asked. */
function fittingOthers({ services, change }: CheckContext): readonly Finding[] {
  const problems = [...problemsWithOthers(change.cluster({}), services.repo.snapshot().of(clusterFiles))];
  return problems.map((error) => ({ field: '', error }));
}

/** There is a credential: in the request, or stored and sealed to the same address. Writes `presented`. */
async function availableCredential(context: CheckContext): Promise<readonly Finding[]> {
  const { change, signal } = context;
  if (change.isVirtual) return [];
  if (change.draft.hasKubeconfig) {
    change.presented = change.uploaded;
    return [];
  }
  const missing = kubeconfigProblem(context);
  if (missing !== undefined || change.options.skipCheck) return problem('kubeconfig', missing);
  try {
    change.presented = await storedCredential(context);
    return [];
  } catch (error) {
    signal.throwIfAborted();
    return problem('kubeconfig', asNautesError(error));
  }
}

/** Without a kubeconfig the stored credential stays, which is sealed to the address. */
function kubeconfigProblem({ change: { before, spec } }: CheckContext): NautesError | undefined {
  if (before === undefined) return new NautesError('KubeconfigRequired', { why: message('KubeconfigRequired.new') });
  if (before.spec.apiServer === spec.apiServer) return undefined;
  return new NautesError('KubeconfigRequired', { why: message('KubeconfigRequired.address') });
}

/** The credential in use. @throws NautesError `KubeconfigRequired` when none is stored */
async function storedCredential({ services, change, signal }: CheckContext): Promise<StoredCredential> {
  const { credentials } = services;
  const active = await credentials.active(change.scope, signal);
  if (active !== undefined) return active.stored;
  const version = change.before?.credentialVersion;
  if (version === undefined) throw new NautesError('KubeconfigRequired', { why: message('KubeconfigRequired.none') });
  return credentials.read(change.scope, version, signal);
}

/** What users have made on components that the change removes. */
async function keptObjects({ services, change, signal }: CheckContext): Promise<readonly Finding[]> {
  const { found } = change;
  if (found === undefined) return [];
  return problem('', await lossesOfChange(services, found, change.cluster({}), signal));
}

/** The cluster that has answered is the one that was registered, and is registered once. */
function sameIdentity({ services, change }: CheckContext): readonly Finding[] {
  const { kubernetesUid, name, before, reachedUid, spec } = change;
  // A registration whose save was not checked is that of the cluster that it has reached: its objects are there.
  const registered = before?.kubernetesUid ?? (change.isVirtual ? '' : reachedUid);
  const isOther = registered !== '' && kubernetesUid !== undefined && kubernetesUid !== registered;
  const clusters = services.repo.snapshot().of(clusterFiles);
  const others = registeredUnder(change.cluster({ kubernetesUid }), clusters);
  const known = new Set(clusters.namesBy('apiServer', spec.apiServer)); // those were found before the cluster was asked
  return [
    ...(isOther ? problem('', new NautesError('ClusterIdentityChanged', { cluster: name })) : []),
    ...others
      .filter((other) => !known.has(other))
      .map((other) => ({ field: '', error: new NautesError('ClusterRegisteredTwice', { other }) })),
  ];
}
