/**
 * Records the command line on a terminal as pictures (SVG) in `dist/pictures`, to look at: a registration, one that
 * fails and a deletion, in both languages, while they run and at their end.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CommandBed } from '../../test/harness/command-bed.ts';
import { screenPicture } from '../../test/harness/screen-picture.ts';
import { terminalsUnavailable } from '../../test/harness/terminal-session.ts';

const OUTPUT = join(import.meta.dirname, '../../dist/pictures');
const SIZE = { columns: 92, rows: 22 };
/** A picture is taken so long after the first frame. */
const AT_WORK_MILLISECONDS = 1_500;

async function record(bed: CommandBed, name: string, language: string, args: readonly string[]): Promise<void> {
  const environment = { LANG: language === 'zh' ? 'zh_CN.UTF-8' : 'C.UTF-8' };
  await using session = await bed.terminal(args, { ...SIZE, environment });
  const file = (moment: string): string => join(OUTPUT, `${name}-${language}-${moment}.svg`);
  const ended = session.end();
  await Promise.race([session.until(/✓|●|⠋|Ctrl-C/), ended]);
  await Promise.race([delay(AT_WORK_MILLISECONDS), ended]);
  await writeFile(file('at-work'), screenPicture(session.screen));
  const code = await ended;
  await writeFile(file('end'), screenPicture(session.screen));
  console.log(`${name} (${language}): ended with ${code}`);
}

const unavailable = terminalsUnavailable();
if (unavailable !== false) {
  console.error(unavailable);
  process.exit(1);
}
await mkdir(OUTPUT, { recursive: true });
await using bed = await CommandBed.open(2, 2_000);
bed
  .cluster(1)
  .faults.set([{ kind: 'never-ready', name: 'argocd-server', namespace: 'argocd', reason: 'ImagePullBackOff' }]);
for (const language of ['en', 'zh']) {
  const add = (name: string, index: number): readonly string[] => [
    'cluster',
    'add',
    name,
    '--kubeconfig',
    bed.kubeconfig(index),
    '--wait',
  ];
  await record(bed, 'add', language, add('edge-1', 0));
  await record(bed, 'failing', language, [...add('edge-2', 1), '--timeout', '12s']);
  await record(bed, 'refused', language, [...add('edge-3', 0), '--address', 'https://127.0.0.1:1']);
  await record(bed, 'delete', language, ['delete', 'cluster', 'edge-1', '-y', '--wait']);
  await bed.user.run('delete', 'cluster', 'edge-2', '-y', '--wait', '--progress', 'none');
}
