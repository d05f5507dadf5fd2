import { readFile } from 'node:fs/promises';

/** `sysconf(_SC_CLK_TCK)`, which is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** What the kernel has counted of a process. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  /** Of programs that it ran and waited for. */
  readonly childrenCpuSeconds: number;
  readonly residentMebibytes: number;
  /** The most that it had at any time. */
  readonly peakMebibytes: number;
}

/** Reads `/proc`, so it works on Linux only. */
export async function processUsage(pid: number | undefined): Promise<ProcessUsage> {
  if (pid === undefined) throw new Error('there is no process to measure');
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name may contain anything
  const ticks = (first: number): number => Number(fields[first]) + Number(fields[first + 1]);
  const mebibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
  return {
    cpuSeconds: ticks(11) / TICKS_PER_SECOND,
    childrenCpuSeconds: ticks(13) / TICKS_PER_SECOND,
    residentMebibytes: mebibytes('VmRSS'),
    peakMebibytes: mebibytes('VmHWM'),
  };
}
