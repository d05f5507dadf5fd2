import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { defined } from '../../base/defined.ts';
import { NautesError } from '../../errors/errors.ts';
import type { Secret } from '../../base/secret.ts';
import { message, quoted } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';

/** A command of kubectl on this machine may ask a browser or a cloud, in milliseconds. */
const COMMAND_LIMIT = 120_000;

/** Which cluster, as kubectl is told. */
export interface KubectlTarget {
  /** Several are merged, as KUBECONFIG names them. */
  readonly files: readonly string[];
  readonly context: string;
  /** Instead of the files, which cannot be read again. */
  readonly alone?: Secret;
}

export interface KubectlCall {
  readonly args: readonly string[];
  readonly input?: string;
  /** What it is for, to say when it fails. */
  readonly action: Message;
}

/**
 * What kubectl prints. It runs without a shell, and its plugins ask the person at the terminal what they have to.
 * @throws NautesError `KubectlMissing`, `KubectlFailed`
 */
export async function kubectl(target: KubectlTarget, call: KubectlCall, signal: AbortSignal): Promise<string> {
  if (target.alone === undefined) return runKubectl(target, call, signal);
  const directory = await mkdtemp(join(tmpdir(), 'nautes-kubeconfig-'));
  try {
    const file = join(directory, 'kubeconfig');
    await writeFile(file, target.alone.reveal(), { mode: 0o600 });
    return await runKubectl({ files: [file], context: target.context }, call, signal);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function runKubectl(
  { files, context }: KubectlTarget,
  { args, input, action }: KubectlCall,
  signal: AbortSignal,
): Promise<string> {
  const { run } = await import('../../base/programs/process.ts'); // few need it
  const [file = '', ...others] = files;
  const isOne = others.length === 0;
  const all = [...(isOne ? ['--kubeconfig', file] : []), '--context', context, ...args];
  const environment = isOne ? undefined : { ...process.env, KUBECONFIG: files.join(delimiter) };
  const limited = AbortSignal.any([signal, AbortSignal.timeout(COMMAND_LIMIT)]);
  const options = { signal: limited, maximumOutput: 1024 * 1024, ...defined({ input, environment }) };
  const result = await run('kubectl', all, options).catch((error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw new NautesError('KubectlMissing');
    const problem = limited.aborted
      ? message('Program.noAnswer', { seconds: COMMAND_LIMIT / 1000 })
      : message('Program.notStarted');
    throw new NautesError('KubectlFailed', { action, problem }, { cause: error });
  });
  if (result.code === 0) return result.stdout.toString('utf8');
  const written = result.stderr.trim().split('\n').at(-1) ?? '';
  const problem = written === '' ? message('Program.exitCode', { code: result.code }) : quoted(written);
  throw new NautesError('KubectlFailed', { action, problem });
}
