/**
 * Carries the file calls of this process out on the model of a disk too. It needs no other program, and sees only what
 * goes through `node:fs/promises`.
 */
import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { type CrashDisk, DirectoryNode, FileNode } from './crash-disk.ts';

type Call = (...args: never[]) => Promise<unknown>;
type Functions = Record<string, Call>;

/** Until it is disposed of, every change below the root of the disk is made on the disk as well. */
export class FileCalls implements Disposable {
  readonly #original: Functions = {};

  constructor(disk: CrashDisk) {
    const after = (name: string, effect: (...args: string[]) => void): void => {
      this.#replace(name, (original) => async (...args: never[]) => {
        const result = await original(...args);
        effect(...args.map(String));
        return result;
      });
    };
    after('mkdir', (path = '') => disk.put(path, new DirectoryNode()));
    after('rename', (from = '', to = '') => {
      const node = disk.find(from);
      if (node === undefined) return;
      disk.drop(from);
      disk.put(to, node);
    });
    after('link', (from = '', to = '') => {
      const node = disk.find(from);
      if (node !== undefined) disk.put(to, node);
    });
    for (const name of ['rm', 'rmdir', 'unlink']) after(name, (path = '') => disk.drop(path));
    this.#replace('writeFile', (original) => async (...args: never[]) => {
      await original(...args);
      const [path, content] = args as unknown as [string, string | Uint8Array];
      contentOf(disk, path).content = Buffer.from(content as string);
    });
    this.#replace('open', (original) => async (...args: never[]) => {
      const handle = (await original(...args)) as FileHandle;
      const [path, flags] = args.map(String);
      if (flags === 'wx') disk.put(path ?? '', new FileNode());
      return watched(handle, disk, path ?? '');
    });
    syncBuiltinESMExports();
  }

  [Symbol.dispose](): void {
    Object.assign(fs, this.#original);
    syncBuiltinESMExports();
  }

  #replace(name: string, make: (original: Call) => Call): void {
    const functions = fs as unknown as Functions;
    const original = functions[name];
    if (original === undefined) throw new Error(`there is no ${name}`);
    this.#original[name] = original;
    functions[name] = make(original);
  }
}

/** The file of the path on the disk, which may be a new one. */
function contentOf(disk: CrashDisk, path: string): FileNode {
  const found = disk.file(path);
  if (found !== undefined) return found;
  const node = new FileNode();
  disk.put(path, node);
  return node;
}

/** Changes a handle so that its writes and syncs are seen. */
function watched(handle: FileHandle, disk: CrashDisk, path: string): FileHandle {
  const node = disk.find(path);
  const writeFile = handle.writeFile.bind(handle);
  const sync = handle.sync.bind(handle);
  handle.writeFile = async (content, ...more) => {
    await writeFile(content, ...more);
    if (node instanceof FileNode) node.content = Buffer.from(content as string);
  };
  handle.sync = async () => {
    const before = node instanceof FileNode ? node.content : new Map(node?.entries);
    await sync();
    if (node instanceof FileNode && Buffer.isBuffer(before)) node.synced = before;
    if (node instanceof DirectoryNode && before instanceof Map) node.synced = before;
  };
  return handle;
}
