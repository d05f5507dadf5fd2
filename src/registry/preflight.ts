import { NautesError } from '../base/errors.ts';
import { withDeadline } from '../base/timing.ts';
import { connectionOptions, openConnection, preflight } from '../kube/index.ts';
import type { ClusterSpec } from '../model/cluster.ts';
import type { StoredCredential } from '../model/credential.ts';
import { readNodePort } from '../model/node-port.ts';
import { violationMetadata } from '../model/violation.ts';
import type { RegistryServices } from './services.ts';

/** A cluster that has not answered everything by then counts as unreachable. */
const PREFLIGHT_TIMEOUT_MILLISECONDS = 20_000;

export interface PreflightResult {
  /** UID of the namespace kube-system. */
  readonly uid: string | undefined;
  readonly warnings: readonly string[];
}

/**
 * Asks the cluster, with the credential that is to be registered, whether it can be: reachable, rights, version, ports.
 * @param registeredUid UID that the registration has had so far
 * @throws NautesError `PreflightFailed` with every finding, `ClusterIdentityChanged`
 */
export async function preflightCluster(
  { addresses, status }: RegistryServices,
  request: { readonly name: string; readonly spec: ClusterSpec },
  credential: StoredCredential,
  registeredUid: string | undefined,
  signal: AbortSignal,
): Promise<PreflightResult> {
  const { name, spec } = request;
  const records = await status.offboardings();
  const leaving = records.filter(({ cluster }) => cluster === name).map(({ incarnation }) => incarnation);
  const connection = openConnection(connectionOptions(credential, addresses));
  try {
    const report = await preflight(
      connection,
      {
        nodePorts: wantedNodePorts(spec),
        credentialNotAfter: credential.origin === 'uploaded' ? credential.expiresAt : '',
        incarnations: [credential.binding.incarnation, ...leaving],
      },
      withDeadline(signal, PREFLIGHT_TIMEOUT_MILLISECONDS),
    );
    if (report.findings.length > 0) throw failed(name, report.findings);
    const uid = report.facts?.uid;
    if (registeredUid !== undefined && uid !== undefined && uid !== registeredUid) {
      throw new NautesError('ClusterIdentityChanged', { cluster: name });
    }
    return { uid, warnings: report.warnings };
  } catch (error) {
    if (error instanceof NautesError) throw error;
    signal.throwIfAborted();
    throw failed(name, [new NautesError('ClusterTimeout', { address: spec.apiServer }, { cause: error })]);
  } finally {
    connection.close();
  }
}

function failed(cluster: string, findings: readonly NautesError[]): NautesError {
  const problem = findings.map(({ message }) => message).join('; ');
  const violations = findings.map(({ reason, message, remedy }) => ({ field: reason, message, remedy }));
  return new NautesError('PreflightFailed', { cluster, problem }, { metadata: violationMetadata(violations) });
}

/** The node ports that the cluster's own gateway will take. */
function wantedNodePorts({ components }: ClusterSpec): readonly number[] {
  const { httpNodePort = '', httpsNodePort = '' } = components.gateway?.additions ?? {};
  return [httpNodePort, httpsNodePort].flatMap((text) => readNodePort(text) ?? []);
}
