/**
 * Simulated clusters in a process of their own, which `SimulatorProcess` starts and talks to. Arguments: how many, and the
 * directory for the kubeconfigs (`cluster-<i>.kubeconfig`, and `cluster-<i>.token` with a token instead of a
 * certificate).
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSandbox } from '../../sandbox/index.ts';
import { Recorder } from './recording.ts';

/** Commands of the parent; each is answered with its number. */
export interface SimulatorRequest {
  readonly number: number;
  readonly action: 'record' | 'save' | 'end';
  /** Where the requests since `record` are saved. */
  readonly file?: string;
}

export type SimulatorReply = { readonly controlUrl: string } | { readonly done: number };

const [count = '1', directory = ''] = process.argv.slice(2);
let recorder: Recorder | undefined;
const sandbox = await startSandbox({
  clusters: Number(count),
  directory,
  basePort: 0,
  observe: (cluster, observed) => recorder?.observe(cluster, observed),
});
for (const cluster of sandbox.clusters) {
  await writeFile(join(directory, `${cluster.name}.token`), cluster.kubeconfig('token'));
}

async function carryOut({ action, file = '' }: SimulatorRequest): Promise<void> {
  if (action === 'record') recorder = new Recorder();
  if (action === 'save') {
    await recorder?.save(file);
    recorder = undefined;
  }
  if (action === 'end') await sandbox.close();
}

function reply(message: SimulatorReply): void {
  process.send?.(message);
}

process.on('message', (message) => {
  const request = message as SimulatorRequest;
  void carryOut(request).then(() => {
    reply({ done: request.number });
    if (request.action === 'end') process.disconnect();
  });
});
process.once('disconnect', () => process.exit()); // its parent has exited
reply({ controlUrl: sandbox.controlUrl });
