import { join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import type { ReplayResult } from './replay.ts';

export interface ReplayOptions {
  readonly recordingFile: string;
  /** Of the simulator to send to. */
  readonly directory: string;
  readonly clustersAtATime: number;
}

/** Lets the client without logic send recorded requests, in a separate process. */
export async function replayRecording({
  recordingFile,
  directory,
  clustersAtATime,
}: ReplayOptions): Promise<ReplayResult> {
  const program = join(import.meta.dirname, 'replay.ts');
  const { code, stdout, stderr } = await run(process.execPath, [
    program,
    recordingFile,
    directory,
    String(clustersAtATime),
  ]);
  if (code !== 0) throw new Error(`the client without logic ended with ${code}: ${stderr}`);
  return JSON.parse(stdout.toString()) as ReplayResult;
}
