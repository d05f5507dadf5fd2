import type { GitCredentials } from '../remote/remote-access.ts';
import type { Push, PushAnswer } from './push-conversation.ts';

/** Accepts pushes to one repository. */
export interface ReceivePack {
  /**
   * Pushes one reference, never by force.
   * @param credentials for HTTP
   * @throws RemoteFailure when nothing is taken, or it is not known what became of it; the reason of the signal
   */
  push(push: Push, credentials: GitCredentials | undefined, signal: AbortSignal): Promise<PushAnswer>;
  /** Waits briefly for processes that still run after their answers. */
  close(): Promise<void>;
}
