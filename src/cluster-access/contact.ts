import { NautesError } from '../errors/errors.ts';
import { withDeadline } from '../base/async/timing.ts';
import { type ClusterConnection, type ProbeFacts, probe } from '../kube/index.ts';

/**
 * The cluster has not answered as soon as one that is well does. The run ends without saying so: the next one, in the
 * lane for clusters that may hang, has the time to find out.
 */
export class ProbeTimeout extends Error {}

/** The server shows a certificate that is not what the credential trusts at its address. */
export function isOtherCertificate(error: unknown): error is NautesError {
  if (!(error instanceof NautesError)) return false;
  return error.reason === 'ClusterCertificateUntrusted' || error.reason === 'ClusterCertificateNameMismatch';
}

/**
 * Asks a cluster who it is.
 * @param milliseconds how long it has for that; `undefined`: all the time that requests have
 * @throws ProbeTimeout after that time
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
    if (deadline.aborted && !signal.aborted) throw new ProbeTimeout('no answer in time', { cause: error });
    throw error;
  }
}
