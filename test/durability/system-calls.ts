/** System calls of a process and its children, as strace records them. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What changes files and their names, what makes that durable, and how a working directory is found out. */
const TRACED = [
  'open openat creat mkdir mkdirat rename renameat renameat2 link linkat unlink unlinkat rmdir symlink symlinkat',
  'write writev pwrite64 pwritev pwritev2 sendmsg sendto truncate ftruncate fallocate copy_file_range',
  'fsync fdatasync sync_file_range chdir',
]
  .join(' ')
  .replaceAll(' ', ',');

/** strace starts the command, follows its children and leaves it its process id. */
export function straceLauncher(file: string): readonly string[] {
  const format = ['-f', '-D', '-ttt', '-y', '-xx', '-s', '16777216', '-e', 'signal=none'];
  return ['strace', ...format, '-e', `trace=${TRACED}`, '-o', file];
}

export interface SystemCall {
  readonly process: number;
  readonly name: string;
  /** As strace shows them: strings in hexadecimal, descriptors with their paths. */
  readonly args: readonly string[];
  /** What it returned; the path of a descriptor that it opened. */
  readonly returned: { readonly value: number; readonly path: string };
}

/** A call begins before it has an effect, and its effect is certain when it ends. */
export interface CallMoment {
  readonly at: 'begin' | 'end';
  readonly time: number;
  readonly call: SystemCall;
}

/** The calls of a record in the order of time; those that failed or never returned are left out. */
export async function readSystemCalls(file: string): Promise<CallMoment[]> {
  const moments: CallMoment[] = [];
  const open = new Map<number, { readonly time: number; readonly text: string; readonly place: number }>();
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  const begins: (readonly [place: number, moment: CallMoment])[] = [];
  for await (const line of lines) {
    const [, pid = '', seconds = '', text = ''] = /^(\d+) +(\d+\.\d+) (.*)$/.exec(line) ?? [];
    const [process, time] = [Number(pid), Number(seconds)];
    const started = /^(.*)<unfinished \.\.\.>$/.exec(text)?.[1];
    if (started !== undefined) {
      open.set(process, { time, text: started, place: moments.length });
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)?.[1];
    const begun = resumed === undefined ? { time, text: '', place: moments.length } : open.get(process);
    if (begun === undefined) continue;
    open.delete(process);
    const call = parseCall(process, resumed === undefined ? text : begun.text + resumed);
    if (call === undefined) continue;
    begins.push([begun.place, { at: 'begin', time: begun.time, call }]);
    moments.push({ at: 'end', time, call });
  }
  return merged(moments, begins);
}

/** Each beginning before the ends that were recorded after it. */
function merged(
  ends: readonly CallMoment[],
  begins: readonly (readonly [place: number, moment: CallMoment])[],
): CallMoment[] {
  const ordered = begins.toSorted(([left], [right]) => left - right);
  const moments: CallMoment[] = [];
  let next = 0;
  for (const [place, end] of ends.entries()) {
    for (; (ordered[next]?.[0] ?? Number.POSITIVE_INFINITY) <= place; next += 1) {
      const begin = ordered[next]?.[1];
      if (begin !== undefined) moments.push(begin);
    }
    moments.push(end);
  }
  return moments;
}

const CALL = /^(\w+)\((.*)\)\s+= (-?\d+)(?:<(.*)>)?(?: .*)?$/;

function parseCall(process: number, text: string): SystemCall | undefined {
  const [, name, args = '', value = '-1', path = ''] = CALL.exec(text) ?? [];
  if (name === undefined || Number(value) < 0) return undefined;
  return { process, name, args: args.trim().split(', '), returned: { value: Number(value), path: unescaped(path) } };
}

/** The bytes of a string argument. */
export function bytesOf(arg: string): Buffer {
  const [, escaped = ''] = /"((?:\\x[0-9a-f]{2})*)"/.exec(arg) ?? [];
  return Buffer.from(escaped.replaceAll('\\x', ''), 'hex');
}

/** The path of a descriptor argument such as `3</path>`; empty for one that was deleted, or is no file. */
export function pathOf(arg: string): string {
  const [, path = '', deleted = ''] = /<(.*)>(\(deleted\))?$/.exec(arg) ?? [];
  return deleted === '' ? unescaped(path) : '';
}

function unescaped(text: string): string {
  return bytesOf(`"${text}"`).toString();
}
