/** A directory as a file system keeps it: what programs see, and what is left after a power loss. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Data and names have two states each: as programs see them, and as of the last sync that covers them. */
export type DiskNode = FileNode | DirectoryNode;

export class FileNode {
  content: Buffer = Buffer.alloc(0);
  synced: Buffer = Buffer.alloc(0);
}

export class DirectoryNode {
  readonly entries = new Map<string, DiskNode>();
  synced: ReadonlyMap<string, DiskNode> = new Map();
}

/**
 * What a power loss keeps of what was not synced:
 * - `nothing`: neither data nor names
 * - `names`: names, while files are as long as at their last sync
 * - `sizes`: names and lengths, with zeros for data
 * - `data`: data, while names are those of the last sync of their directory
 */
export const LOSSES = ['nothing', 'names', 'sizes', 'data'] as const;
export type Kept = (typeof LOSSES)[number];

export interface ImageFile {
  readonly path: string;
  /** Absent for a directory. */
  readonly content: Buffer | undefined;
}

/** The files and directories below one that itself is durable. */
export class CrashDisk {
  readonly root: string;
  readonly #top: DirectoryNode;

  /** @param top what is there at the beginning */
  constructor(root: string, top = new DirectoryNode()) {
    this.root = root;
    this.#top = top;
  }

  find(path: string): DiskNode | undefined {
    const parts = this.#parts(path);
    let node: DiskNode | undefined = parts === undefined ? undefined : this.#top;
    for (const part of parts ?? []) node = node instanceof DirectoryNode ? node.entries.get(part) : undefined;
    return node;
  }

  file(path: string): FileNode | undefined {
    const node = this.find(path);
    return node instanceof FileNode ? node : undefined;
  }

  /** Gives a node a name; without effect outside the root. */
  put(path: string, node: DiskNode): void {
    this.#parent(path)?.entries.set(lastOf(path), node);
  }

  drop(path: string): void {
    this.#parent(path)?.entries.delete(lastOf(path));
  }

  /** Everything that a power loss leaves. */
  image(kept: Kept): readonly ImageFile[] {
    return imageOf(this.#top, '', kept);
  }

  #parent(path: string): DirectoryNode | undefined {
    const parent = this.find(dirname(path));
    return parent instanceof DirectoryNode ? parent : undefined;
  }

  #parts(path: string): readonly string[] | undefined {
    if (path !== this.root && !path.startsWith(`${this.root}/`)) return undefined;
    return path.slice(this.root.length).split('/').filter(Boolean);
  }
}

/** What is in a directory, all of it durable. */
export async function readDisk(directory: string): Promise<DirectoryNode> {
  const node = new DirectoryNode();
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    node.entries.set(entry.name, entry.isDirectory() ? await readDisk(path) : await readFileNode(path));
  }
  node.synced = new Map(node.entries);
  return node;
}

async function readFileNode(path: string): Promise<FileNode> {
  const file = new FileNode();
  file.content = await readFile(path);
  file.synced = file.content;
  return file;
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function imageOf(directory: DirectoryNode, path: string, kept: Kept): ImageFile[] {
  const hasNames = kept === 'names' || kept === 'sizes';
  return [...(hasNames ? directory.entries : directory.synced)].flatMap(([name, node]) => {
    const own = path === '' ? name : `${path}/${name}`;
    if (node instanceof FileNode) return [{ path: own, content: contentOf(node, kept) }];
    return [{ path: own, content: undefined }, ...imageOf(node, own, kept)];
  });
}

function contentOf({ content, synced }: FileNode, kept: Kept): Buffer {
  if (kept === 'data') return content;
  if (kept !== 'sizes') return synced;
  const sized = Buffer.alloc(content.length);
  synced.copy(sized, 0, 0, Math.min(synced.length, sized.length));
  return sized;
}

/** Writes an image into a directory of its own. */
export async function writeImage(image: readonly ImageFile[], directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const { path, content } of image) {
    if (content === undefined) await mkdir(join(directory, path), { mode: 0o700 });
    else await writeFile(join(directory, path), content, { mode: 0o600 });
  }
}
