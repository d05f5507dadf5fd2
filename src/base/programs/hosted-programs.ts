import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { moduleUrl } from '../module-url.ts';
import type { FromHost, ToHost } from './host-messages.ts';
import type { ProgramListener, ProgramOptions, Programs, RunningProgram } from './programs.ts';

const HOST = fileURLToPath(moduleUrl('program-host', import.meta.url));

/** It loads almost no modules, so that it stays small. */
const HOST_ARGUMENTS = ['--max-semi-space-size=1', '--disable-warning=ExperimentalWarning'];

const CLOSE_MILLISECONDS = 2000;

/**
 * Starts programs through a small helper process, so that a start takes as long however large this one has grown. If
 * the helper exits, the next program is started by a new one; the exit codes of running programs are lost.
 */
export class HostedPrograms implements Programs {
  readonly #running = new Map<number, ProgramListener>();
  #host: ChildProcess | undefined;
  #lastId = 0;
  #closed = false;

  constructor() {
    this.#host = this.#startHost(); // while this process is small
  }

  start(
    program: string,
    args: readonly string[],
    { directory, environment = process.env, limits }: ProgramOptions,
    listener: ProgramListener,
  ): RunningProgram {
    if (this.#closed) throw new Error('no more programs are started');
    this.#lastId += 1;
    const id = this.#lastId;
    this.#host ??= this.#startHost();
    const host = this.#host;
    this.#running.set(id, listener);
    this.#holdProcess(host);
    const tell = (message: ToHost): void => {
      if (host.connected) host.send(message, () => {}); // its exit event follows
    };
    tell({ kind: 'start', id, program, args, directory, environment: { ...environment }, limits });
    return {
      write: (chunk) => tell({ kind: 'write', id, chunk }),
      endInput: () => tell({ kind: 'endInput', id }),
      kill: (signal) => tell({ kind: 'kill', id, signal }),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const host = this.#host;
    if (host === undefined) return;
    const { promise: exit, resolve } = Promise.withResolvers<void>(); // `once` would also reject on harmless errors
    host.once('exit', () => resolve());
    host.ref();
    if (host.connected) host.disconnect();
    const timer = setTimeout(() => host.kill('SIGKILL'), CLOSE_MILLISECONDS);
    await exit;
    clearTimeout(timer);
  }

  #startHost(): ChildProcess {
    const host = fork(HOST, [], {
      execArgv: HOST_ARGUMENTS,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    host.on('message', (message: FromHost) => this.#hear(message, host));
    host.on('error', () => {
      if (host.pid === undefined) this.#lose(host); // otherwise its exit event follows, or it keeps running
    });
    host.once('exit', () => this.#lose(host));
    host.once('disconnect', () => {
      if (!this.#closed) host.kill('SIGKILL'); // its channel is closed
    });
    host.unref();
    this.#holdProcess(host);
    return host;
  }

  #hear(message: FromHost, host: ChildProcess): void {
    const listener = this.#running.get(message.id);
    if (listener === undefined) return;
    if (message.kind === 'output') return listener.onOutput(bufferOf(message.chunk));
    if (message.kind === 'error') return listener.onError(bufferOf(message.chunk));
    this.#running.delete(message.id);
    this.#holdProcess(host);
    if (message.kind === 'end') listener.onEnd(message.code);
    else listener.onFailure(Object.assign(new Error(message.message), { code: message.code }));
  }

  #lose(host: ChildProcess): void {
    if (this.#host === host) this.#host = undefined;
    const lost = [...this.#running.values()];
    this.#running.clear();
    for (const listener of lost) listener.onEnd(-1);
  }

  /** A running program keeps this process alive, the idle host does not. */
  #holdProcess({ channel }: ChildProcess): void {
    if (this.#running.size > 0) channel?.ref();
    else channel?.unref();
  }
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
