/** Carries recorded system calls out on the model of a disk. */
import { resolve } from 'node:path';
import { type CrashDisk, DirectoryNode, FileNode } from './crash-disk.ts';
import { bytesOf, type CallMoment, pathOf, type SystemCall } from './system-calls.ts';

/** Calls whose number of arguments before the path differs. */
type Effect = (replay: Replay, call: SystemCall) => void;

export class Replay {
  readonly disk: CrashDisk;
  /** Working directories, as far as they have been seen. */
  readonly #directories = new Map<number, string>();
  /** Where the next write without a position goes, for each process and descriptor. */
  readonly #positions = new Map<string, { readonly node: FileNode; at: number; readonly appends: boolean }>();
  /** What syncs that are under way will have made durable. */
  readonly #syncing = new Map<SystemCall, () => void>();

  constructor(disk: CrashDisk) {
    this.disk = disk;
  }

  apply({ at, call }: CallMoment): void {
    const directory = call.args[0]?.startsWith('AT_FDCWD<') === true ? pathOf(call.args[0]) : '';
    if (directory !== '') this.#directories.set(call.process, directory);
    if (call.name === 'fsync' || call.name === 'fdatasync') return this.#sync(at, call);
    if (at === 'end') EFFECTS[call.name]?.(this, call);
  }

  /** The absolute path of an argument, which may be relative to a descriptor or the working directory. */
  path(call: SystemCall, index: number, hasDirectory = false): string {
    const from = hasDirectory ? pathOf(call.args[index] ?? '') : (this.#directories.get(call.process) ?? '/');
    return resolve(from === '' ? '/' : from, bytesOf(call.args[hasDirectory ? index + 1 : index] ?? '').toString());
  }

  enter(call: SystemCall): void {
    this.#directories.set(call.process, this.path(call, 0));
  }

  open(call: SystemCall, path: string, flags: string): void {
    const there = this.disk.file(path);
    if (there === undefined && !flags.includes('O_CREAT')) return;
    const node = there ?? new FileNode();
    if (there === undefined) this.disk.put(path, node);
    if (flags.includes('O_TRUNC')) node.content = Buffer.alloc(0);
    const appends = flags.includes('O_APPEND');
    this.#positions.set(`${path} ${call.returned.value}`, { node, at: 0, appends });
  }

  /** @param position absent: after the write before */
  write(call: SystemCall, data: Buffer, position?: number): void {
    const path = pathOf(call.args[0] ?? '');
    const node = this.disk.file(path);
    if (node === undefined) return;
    const written = data.subarray(0, call.returned.value);
    const opened = this.#opened(call, node);
    const start = position ?? (opened?.appends === false ? opened.at : node.content.length);
    const content = Buffer.alloc(Math.max(node.content.length, start + written.length));
    node.content.copy(content);
    written.copy(content, start);
    node.content = content;
    if (position === undefined && opened !== undefined) opened.at = start + written.length;
  }

  cut(node: FileNode | undefined, length: number): void {
    if (node === undefined) return;
    const content = Buffer.alloc(length);
    node.content.copy(content, 0, 0, Math.min(length, node.content.length));
    node.content = content;
  }

  move(from: string, to: string): void {
    const node = this.disk.find(from);
    if (node === undefined) return;
    this.disk.drop(from);
    this.disk.put(to, node);
  }

  /** A file may have another name by now than when it was opened. */
  #opened(call: SystemCall, node: FileNode) {
    const descriptor = /^\d+/.exec(call.args[0] ?? '')?.[0] ?? '';
    const all = [...this.#positions].filter(([key, opened]) => key.endsWith(` ${descriptor}`) && opened.node === node);
    return all.at(-1)?.[1];
  }

  /** It covers what was written before it began, and holds when it has ended. */
  #sync(at: CallMoment['at'], call: SystemCall): void {
    if (at === 'end') {
      this.#syncing.get(call)?.();
      this.#syncing.delete(call);
      return;
    }
    const node = this.disk.find(pathOf(call.args[0] ?? ''));
    if (node instanceof FileNode) {
      const { content } = node;
      this.#syncing.set(call, () => {
        node.synced = content;
      });
    } else if (node !== undefined) {
      const entries = new Map(node.entries);
      this.#syncing.set(call, () => {
        node.synced = entries;
      });
    }
  }
}

const EFFECTS: Readonly<Record<string, Effect>> = {
  chdir: (replay, call) => replay.enter(call),
  open: (replay, call) => replay.open(call, replay.path(call, 0), call.args[1] ?? ''),
  creat: (replay, call) => replay.open(call, replay.path(call, 0), 'O_CREAT|O_TRUNC'),
  openat: (replay, call) => replay.open(call, replay.path(call, 0, true), call.args[2] ?? ''),
  mkdir: (replay, call) => replay.disk.put(replay.path(call, 0), new DirectoryNode()),
  mkdirat: (replay, call) => replay.disk.put(replay.path(call, 0, true), new DirectoryNode()),
  rename: (replay, call) => replay.move(replay.path(call, 0), replay.path(call, 1)),
  renameat: (replay, call) => replay.move(replay.path(call, 0, true), replay.path(call, 2, true)),
  renameat2: (replay, call) => replay.move(replay.path(call, 0, true), replay.path(call, 2, true)),
  link: (replay, call) => link(replay, replay.path(call, 0), replay.path(call, 1)),
  linkat: (replay, call) => link(replay, replay.path(call, 0, true), replay.path(call, 2, true)),
  unlink: (replay, call) => replay.disk.drop(replay.path(call, 0)),
  unlinkat: (replay, call) => replay.disk.drop(replay.path(call, 0, true)),
  rmdir: (replay, call) => replay.disk.drop(replay.path(call, 0)),
  write: (replay, call) => replay.write(call, bytesOf(call.args[1] ?? '')),
  writev: (replay, call) => replay.write(call, Buffer.concat(call.args.map(bytesOf))),
  pwrite64: (replay, call) => replay.write(call, bytesOf(call.args[1] ?? ''), Number(call.args.at(-1))),
  pwritev: (replay, call) => replay.write(call, Buffer.concat(call.args.map(bytesOf)), Number(call.args.at(-1))),
  truncate: (replay, call) => replay.cut(replay.disk.file(replay.path(call, 0)), Number(call.args.at(-1))),
  ftruncate: (replay, call) => replay.cut(replay.disk.file(pathOf(call.args[0] ?? '')), Number(call.args.at(-1))),
};

function link(replay: Replay, from: string, to: string): void {
  const node = replay.disk.find(from);
  if (node !== undefined) replay.disk.put(to, node);
}
