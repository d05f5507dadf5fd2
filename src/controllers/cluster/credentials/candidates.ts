import type { VersionedCredential } from '../../../cluster-access/index.ts';
import { NautesError } from '../../../errors/errors.ts';
import { message } from '../../../messages/message.ts';
import { readApiServer } from '../../../resources/cluster/api-server.ts';
import type { StageContext } from '../runtime/stage-context.ts';

/** Those that may be presented here, in order; a virtual cluster's own, on its host, is asked for when no other fits. */
export async function credentialCandidates(
  context: StageContext,
  signal: AbortSignal,
): Promise<readonly VersionedCredential[]> {
  if (context.cluster.spec.clusterType === 'physical') {
    return boundHere(context, await storedCandidates(context, signal));
  }
  const version = context.active?.version;
  const { credentials } = context.services;
  const active = version === undefined ? undefined : await credentials.find(context.scope, version, signal);
  const server = canonical(context.cluster.spec.apiServer);
  return active?.stored.binding.server === server ? [active] : [];
}

/**
 * An uploaded credential that has not been consumed yet comes first: it is the newest. Then the active one.
 * One that was refused a short time ago comes last: it is asked for when nothing else fits.
 * @throws NautesError `CredentialMissing` when there is neither; `CredentialMismatch` when the file names a version
 *   that is neither stored for this registration nor the one that the active credential goes back to
 */
async function storedCandidates(context: StageContext, signal: AbortSignal): Promise<readonly VersionedCredential[]> {
  const { cluster, scope, services } = context;
  context.active = await services.credentials.activePointer(scope, signal);
  const active = context.active && (await services.credentials.find(scope, context.active.version, signal));
  const named = cluster.credentialVersion;
  const uploaded =
    named === undefined || named === active?.version
      ? undefined
      : await services.credentials.find(scope, named, signal);
  const isPutOff = uploaded !== undefined && context.memory.isPutOff(uploaded.version, services.clock.now());
  const ordered = isPutOff ? [active, uploaded] : [uploaded, active];
  const candidates = ordered.filter((candidate) => candidate !== undefined);
  if (candidates.length === 0) throw new NautesError('CredentialMissing', { cluster: cluster.name });
  const origin = active?.stored.origin === 'issued' ? active.stored.uploadedVersion : active?.version;
  if (uploaded === undefined && named !== undefined && origin !== undefined && named !== origin) {
    const what = message('CredentialMismatch.version');
    throw new NautesError('CredentialMismatch', { cluster: cluster.name, what });
  }
  return candidates;
}

/**
 * A credential is only ever presented to the server it was sealed to. After a save with a new address the active one is
 * still that of the old address; a commit by hand leaves nothing that fits.
 * @throws NautesError `CredentialMismatch` when none fits
 */
function boundHere(
  { cluster }: StageContext,
  candidates: readonly VersionedCredential[],
): readonly VersionedCredential[] {
  const server = canonical(cluster.spec.apiServer);
  const fitting = candidates.filter(({ stored }) => stored.binding.server === server);
  if (fitting.length > 0) return fitting;
  throw new NautesError('CredentialMismatch', { cluster: cluster.name, what: message('CredentialMismatch.address') });
}

function canonical(server: string): string {
  return readApiServer(server).address?.url ?? server;
}
