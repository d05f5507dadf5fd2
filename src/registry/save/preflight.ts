import { NautesError } from '../../errors/errors.ts';
import { withDeadline } from '../../base/async/timing.ts';
import { preflight } from '../../kube/index.ts';
import type { ClusterSpec } from '../../resources/cluster/cluster.ts';
import type { StoredCredential } from '../../resources/credential.ts';
import { violationMetadata } from '../../resources/violation.ts';
import { gatewayPorts } from '../rules.ts';
import type { RegistryServices } from '../services.ts';

/** A cluster that has not answered everything by then counts as unreachable. */
const PREFLIGHT_TIMEOUT_MILLISECONDS = 20_000;

export interface PreflightResult {
  /** UID of the namespace kube-system. */
  readonly uid: string | undefined;
  readonly warnings: readonly string[];
}

export interface PreflightFindings extends PreflightResult {
  /** Everything for which the cluster cannot be registered as it is. */
  readonly problems: readonly NautesError[];
  /** That it is another cluster than the one registered under the name. */
  readonly identityProblem?: NautesError;
}

/**
 * Asks the cluster, with the credential that is to be registered, whether it can be: reachable, rights, version, ports.
 * @param registeredUid UID that the registration has had so far
 * @throws NautesError `PreflightFailed` with every finding, `ClusterIdentityChanged`
 */
export async function preflightCluster(
  services: RegistryServices,
  request: { readonly name: string; readonly spec: ClusterSpec },
  credential: StoredCredential,
  registeredUid: string | undefined,
  signal: AbortSignal,
): Promise<PreflightResult> {
  const { problems, identityProblem, ...result } = await examineCluster(
    services,
    request,
    credential,
    registeredUid,
    signal,
  );
  if (problems.length > 0) throw preflightFailed(request.name, problems);
  if (identityProblem !== undefined) throw identityProblem;
  return result;
}

/** {@link preflightCluster} with its findings as data; nothing on the cluster is changed. */
export async function examineCluster(
  { access, status }: RegistryServices,
  { name, spec }: { readonly name: string; readonly spec: ClusterSpec },
  credential: StoredCredential,
  registeredUid: string | undefined,
  signal: AbortSignal,
): Promise<PreflightFindings> {
  const records = await status.offboardings();
  const leaving = records
    .filter(({ cluster, apiServer }) => cluster === name || apiServer === spec.apiServer)
    .map(({ incarnation }) => incarnation);
  const left = await status.residues({ apiServer: spec.apiServer }); // it is taken over
  try {
    const request = {
      nodePorts: gatewayPorts({ spec }),
      credentialNotAfter: credential.origin === 'uploaded' ? credential.expiresAt : '',
      incarnations: [credential.binding.incarnation, ...leaving, ...left],
    };
    const deadline = withDeadline(signal, PREFLIGHT_TIMEOUT_MILLISECONDS);
    const report = await access.use(credential, (connection) => preflight(connection, request, deadline), deadline);
    const uid = report.facts?.uid;
    const isOther = registeredUid !== undefined && uid !== undefined && uid !== registeredUid;
    return {
      uid,
      warnings: report.warnings,
      problems: report.findings,
      ...(isOther ? { identityProblem: new NautesError('ClusterIdentityChanged', { cluster: name }) } : {}),
    };
  } catch (error) {
    if (error instanceof NautesError) throw error;
    signal.throwIfAborted();
    const details = { address: spec.apiServer, seconds: PREFLIGHT_TIMEOUT_MILLISECONDS / 1000 };
    const problems = [new NautesError('ClusterTimeout', details, { cause: error })];
    return { uid: undefined, warnings: [], problems };
  }
}

/** Everything that was found in one answer. */
export function preflightFailed(cluster: string, findings: readonly NautesError[]): NautesError {
  const problem = findings.map(({ message }) => message).join('; ');
  const violations = findings.map(({ reason, message, remedy }) => ({ field: reason, message, remedy }));
  return new NautesError('PreflightFailed', { cluster, problem }, { metadata: violationMetadata(violations) });
}
