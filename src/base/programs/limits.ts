import { spawnSync } from 'node:child_process';

/** What one process of a program may use. Processes that it starts get the same, each. */
export interface ProgramLimits {
  /** Memory that it can write to, in bytes (`RLIMIT_DATA`); an allocation beyond fails. */
  readonly memoryBytes: number;
  /** Length of a file that it writes (`RLIMIT_FSIZE`); a write beyond ends it. */
  readonly fileBytes?: number | undefined;
  /** Time of a processor in seconds (`RLIMIT_CPU`); then it is ended. */
  readonly processorSeconds?: number | undefined;
}

/** Programs of util-linux that set limits, and the signal at the end of the parent, and become the next program. */
const SET_LIMITS = 'prlimit';
const END_WITH_PARENT: readonly string[] = ['setpriv', '--pdeathsig', 'TERM', '--'];

/** Found once: whether these are there and work here. */
let known: { readonly limits: boolean; readonly endWithParent: boolean } | undefined;

function support(): { readonly limits: boolean; readonly endWithParent: boolean } {
  known ??= {
    limits: works([SET_LIMITS, '--data=1073741824', '--fsize=1073741824', '--cpu=3600', '--']),
    endWithParent: works(END_WITH_PARENT),
  };
  return known;
}

function works([program = '', ...args]: readonly string[]): boolean {
  return spawnSync(program, [...args, 'true'], { stdio: 'ignore' }).status === 0;
}

/** Whether limits of programs have an effect on this machine; without `prlimit` (util-linux) they have none. */
export function canLimitPrograms(): boolean {
  return support().limits;
}

/** What child processes cannot be kept from on a machine: taking more than their limits, outliving their parent. */
export type Safeguard = 'program_limits' | 'end_with_parent';

/** Which safeguards this machine lacks. */
export function missingSafeguards(): Safeguard[] {
  const { limits, endWithParent } = support();
  return [...(limits ? [] : (['program_limits'] as const)), ...(endWithParent ? [] : (['end_with_parent'] as const))];
}

/**
 * The command that runs the program within its limits; it ends when this process does, however that ends. The same
 * command on a machine that has no means for it.
 */
export function withLimits(
  program: string,
  args: readonly string[],
  limits: ProgramLimits | undefined,
): readonly [program: string, ...args: string[]] {
  if (limits === undefined) return [program, ...args];
  const { memoryBytes, fileBytes, processorSeconds } = limits;
  const options = [
    `--data=${memoryBytes}`,
    ...(fileBytes === undefined ? [] : [`--fsize=${fileBytes}`]),
    ...(processorSeconds === undefined ? [] : [`--cpu=${processorSeconds}`]),
  ];
  const command = [
    ...(support().limits ? [SET_LIMITS, ...options, '--'] : []),
    ...(support().endWithParent ? END_WITH_PARENT : []),
    program,
    ...args,
  ];
  return [command[0] ?? program, ...command.slice(1)];
}
