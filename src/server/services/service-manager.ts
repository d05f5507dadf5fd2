import type { Logger } from '../../base/logger.ts';
import { run } from '../../base/programs/process.ts';

const TIMEOUT_MILLISECONDS = 10_000;

/**
 * Tells systemd that the service is ready (sd_notify(3)) when it started this process as one of type `notify`. Node has
 * no datagram sockets of Unix, so systemd's own program sends it. A failure is logged; systemd ends the start by its limit.
 */
export async function tellServiceReady(environment: NodeJS.ProcessEnv, logger: Logger): Promise<void> {
  if ((environment['NOTIFY_SOCKET'] ?? '') === '') return;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
    const { code, stderr } = await run('systemd-notify', ['--ready'], { environment, signal });
    if (code !== 0) logger.warn({ problem: stderr.trim() }, 'systemd was not told that the service is ready');
  } catch (error) {
    logger.warn({ error }, 'systemd was not told that the service is ready');
  }
}
