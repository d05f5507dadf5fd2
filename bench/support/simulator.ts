/**
 * Simulated clusters in a process of their own, which `SimulatorProcess` starts and talks to. Arguments: how many, the
 * directory for the kubeconfigs (`cluster-<i>.kubeconfig`, and `cluster-<i>.token` with a token instead of a
 * certificate), and a file to record requests into or nothing.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSandbox } from '../../sandbox/index.ts';
import { Recorder } from './recording.ts';

const [count = '1', directory = '', recordingFile = ''] = process.argv.slice(2);
const recorder = recordingFile === '' ? undefined : new Recorder();
const sandbox = await startSandbox({
  clusters: Number(count),
  directory,
  basePort: 0,
  observe: recorder?.observe,
});
for (const cluster of sandbox.clusters) {
  await writeFile(join(directory, `${cluster.name}.token`), cluster.kubeconfig('token'));
}

process.on('message', (message) => {
  if (message !== 'end') return;
  void (async () => {
    await recorder?.save(recordingFile);
    await sandbox.close();
    process.disconnect();
  })();
});
process.once('disconnect', () => process.exit()); // whoever started it is gone
process.send?.({ controlUrl: sandbox.controlUrl });
