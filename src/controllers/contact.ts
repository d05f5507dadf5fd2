import { RunAbandoned } from '../reconcile/run-abandoned.ts';
import { NautesError } from '../errors/errors.ts';
import { withDeadline } from '../base/async/timing.ts';
import { type ClusterConnection, type ProbeFacts, probe } from '../kube/index.ts';

/** The server shows a certificate that is not what the credential trusts at its address. */
export function isOtherCertificate(error: unknown): error is NautesError {
  if (!(error instanceof NautesError)) return false;
  return error.reason === 'ClusterCertificateUntrusted' || error.reason === 'ClusterCertificateNameMismatch';
}

/**
 * Asks a cluster who it is.
 * @param milliseconds how long it has for that; `undefined`: all the time that requests have
 * @throws RunAbandoned after that time
 */
export async function contact(
  connection: ClusterConnection,
  milliseconds: number | undefined,
  signal: AbortSignal,
): Promise<ProbeFacts> {
  if (milliseconds === undefined) return probe(connection, signal);
  const deadline = withDeadline(signal, milliseconds);
  try {
    return await probe(connection, deadline);
  } catch (error) {
    if (deadline.aborted && !signal.aborted) throw new RunAbandoned('no answer in time', { cause: error });
    throw error;
  }
}
