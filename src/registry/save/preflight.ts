import { CLUSTER_KIND } from '../../resources/cluster/cluster-key.ts';
import { defined } from '../../base/defined.ts';
import { withDeadline } from '../../base/async/timing.ts';
import { NautesError } from '../../errors/errors.ts';
import { Secret } from '../../base/secret.ts';
import {
  type ClusterConnection,
  DEFAULT_NODE_PORTS,
  isLetThrough,
  outsideRange,
  preflight as askCluster,
  sampleToken,
} from '../../kube/index.ts';
import { readApiServer } from '../../resources/cluster/api-server.ts';
import { incarnationOfOriginal } from '../../resources/cluster/clone.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import { takenFrom } from '../../resources/cluster/holder.ts';
import { message } from '../../messages/message.ts';
import type { CredentialMaterial, StoredCredential } from '../../resources/credential.ts';
import { gatewayPorts } from '../rules.ts';
import type { CheckContext } from './check.ts';
import { type Finding, problem, problemsIn } from './finding.ts';
import { foreignComponents } from './foreign-components.ts';
import { holderFindings } from './holder-findings.ts';
import { preflightVirtual } from './preflight-virtual.ts';

/** A cluster that has not answered everything by then counts as unreachable. */
const PREFLIGHT_TIMEOUT_MILLISECONDS = 20_000;

/**
 * Asks the cluster itself, or for a virtual one its host, whether it can be registered. Not asked when the caller skips
 * it, at an address that is refused, and while there is no credential. Writes `kubernetesUid`.
 */
export async function preflight(context: CheckContext): Promise<readonly Finding[]> {
  const { change } = context;
  const { problem: refusal } = await change.draft.resolved;
  if (change.options.skipCheck) return notAsked(change);
  if (refusal !== undefined) return [];
  if (change.isVirtual) return preflightVirtual(context);
  return change.presented === undefined ? [] : preflightPhysical(context, change.presented);
}

/** What can be said without asking: a cluster that is not asked counts as one with the usual node ports. */
function notAsked({ spec, options, isVirtual }: CheckContext['change']): readonly Finding[] {
  const ports = isVirtual ? [spec.vclusterNodePort ?? []].flat() : gatewayPorts({ spec });
  const outside = outsideRange(ports, DEFAULT_NODE_PORTS).map((error) => ({ field: '', error }));
  return options.takeOver === true ? [...outside, { warning: message('Warning.takeOverNotAsked') }] : outside;
}

/** Asks the cluster, with the credential that is to be registered: reachable, rights, version, ports, components of others. */
async function preflightPhysical(context: CheckContext, credential: StoredCredential): Promise<readonly Finding[]> {
  const { services, change, signal } = context;
  const { access, offboardings } = services;
  const { name, spec } = change;
  const records = await offboardings.list(CLUSTER_KIND);
  const leaving = records
    .filter(({ cluster, apiServer }) => cluster === name || apiServer === spec.apiServer)
    .map(({ incarnation }) => incarnation);
  const left = await offboardings.residues({ apiServer: spec.apiServer }); // it is taken over
  const cloned = incarnationOfOriginal({ spec }, services.repo.snapshot().of(clusterFiles));
  const request = {
    nodePorts: gatewayPorts({ spec }),
    namespaces: Object.values(spec.components).map(({ namespace }) => namespace),
    credentialNotAfter: credential.origin === 'uploaded' ? credential.expiresAt : '',
    incarnations: [credential.binding.incarnation, ...leaving, ...left, ...cloned],
    takesOver: change.options.takeOver === true,
  };
  const deadline = withDeadline(signal, PREFLIGHT_TIMEOUT_MILLISECONDS);
  const ask = async (connection: ClusterConnection): Promise<readonly Finding[]> => {
    const { facts, holders, findings, warnings, namespaces } = await askCluster(connection, request, deadline);
    const { holder, others } = holders;
    const holding = await holderFindings(context, holder === undefined ? others : [holder]);
    change.kubernetesUid = facts?.uid ?? change.kubernetesUid;
    const isHeld = problemsIn(holding).length > 0; // everything there is the holder's then
    const mayLook =
      facts !== undefined && !isHeld && !findings.some(({ reason }) => reason === 'CredentialRightsMissing');
    const asked = {
      connection,
      kubernetesVersion: facts?.version ?? '',
      incarnations: request.incarnations,
      ...takenFrom(change),
      ...defined({ namespaces }),
    };
    return [
      ...holding,
      ...findings.map((error) => ({ field: '', error })),
      ...(mayLook ? await foreignComponents(context, asked, deadline) : []),
      ...warnings.map((warning) => ({ warning })),
    ];
  };
  try {
    const found = await access.use(credential, ask, deadline);
    return problemsIn(found).length > 0
      ? found
      : [...found, ...(await ownTokenFindings(context, credential, deadline))];
  } catch (error) {
    if (error instanceof NautesError) throw error;
    signal.throwIfAborted();
    const details = { address: spec.apiServer, seconds: PREFLIGHT_TIMEOUT_MILLISECONDS / 1000 };
    return [{ field: '', error: new NautesError('ClusterTimeout', details, { cause: error }) }];
  }
}

/**
 * A proxy before the API server may know tokens of its own only, and Nautes works with an account of the cluster: tried
 * before anything is made. Where there is a proxy, the address has a path or the certificate another name.
 */
async function ownTokenFindings(
  { services: { access }, change: { spec } }: CheckContext,
  credential: StoredCredential,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { path = '' } = readApiServer(spec.apiServer).address ?? {};
  const hasProxy = path !== '' || credential.binding.tlsServerName !== undefined;
  if (!hasProxy || credential.origin !== 'uploaded') return [];
  const token = await access.use(credential, (connection) => sampleToken(connection, signal), signal);
  if (token === undefined) return [];
  const material = new Secret<CredentialMaterial>({ kind: 'token', token: token.reveal() });
  const passes = await access.use({ ...credential, material }, (other) => isLetThrough(other, signal), signal);
  return passes ? [] : problem('', new NautesError('OwnTokenRefused', { address: spec.apiServer }));
}

/** Everything that was found in one answer. */
export function preflightFailed(cluster: string, findings: readonly NautesError[]): NautesError {
  const problems = findings.map(({ said }) => said);
  const violations = findings.map(({ reason, said, action }) => ({ field: reason, said, action }));
  return new NautesError('PreflightFailed', { cluster, problems }, { violations });
}
