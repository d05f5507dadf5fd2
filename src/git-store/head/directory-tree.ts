import type { Message } from '../../messages/text.ts';
import { message } from '../../messages/message.ts';
import { decodeEntry, DIRECTORY_MODE, encodeEntry, objectId, readTree } from '../git/objects.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { PackBuilder } from '../git/pack.ts';
import { SortedRecords, type Splice } from '../git/sorted-records.ts';

const EMPTY_TREE = objectId('tree', Buffer.alloc(0));

/**
 * A directory of a commit with those below it that hold resources or lead to one that does. Others are entries and
 * nothing more. Copies share what they do not change.
 */
export class DirectoryTree {
  /** Why nothing can be written here: a file stands where this directory, or one above it, should be. */
  readonly obstacle: Message | undefined;
  readonly #children: ReadonlyMap<string, DirectoryTree>;
  #records: SortedRecords;
  #ownsRecords: boolean;
  /** Id of the tree as of the last commit. */
  #id: string;
  /** Changes since then. */
  #splices: Splice[] = [];

  private constructor(
    records: SortedRecords,
    id: string,
    children: ReadonlyMap<string, DirectoryTree>,
    obstacle: Message | undefined,
  ) {
    this.#records = records;
    this.#ownsRecords = false;
    this.#id = id;
    this.#children = children;
    this.obstacle = obstacle;
  }

  /** Without a file. */
  static empty(paths: readonly string[]): DirectoryTree {
    return DirectoryTree.#empty(shapeOf(paths));
  }

  /** Reads the tree of a commit; directories that are as in the one before are taken from there. */
  static read(reader: ObjectReader, id: string, before: DirectoryTree): Promise<DirectoryTree> {
    return before.#reread(reader, id, '');
  }

  /** The directory at a path that the tree was made for. */
  at(path: string): DirectoryTree {
    const [name = '', ...below] = path.split('/');
    const child = this.#children.get(name);
    if (child === undefined) throw new Error(`the tree was not made for ${path}`);
    return below.length === 0 ? child : child.at(below.join('/'));
  }

  /** The entries by their key in a tree. */
  get records(): SortedRecords {
    return this.#records;
  }

  /** How many changes there were since the last {@link write}. */
  get changes(): number {
    return this.#splices.length;
  }

  copy(): DirectoryTree {
    const children = new Map([...this.#children].map(([name, child]) => [name, child.copy()]));
    return new DirectoryTree(this.#records, this.#id, children, this.obstacle);
  }

  /** Puts an entry of a file here, also where a directory has its name. */
  setFile(name: string, entry: Buffer): void {
    this.#note(this.#owned().delete(`${name}/`));
    this.#note(this.#owned().set(name, entry));
  }

  /** Removes what has the name, a file or a directory. */
  remove(name: string): void {
    for (const key of [name, `${name}/`]) this.#note(this.#owned().delete(key));
  }

  /** Adds the trees that differ from the last commit; returns the id of this one. */
  write(pack: PackBuilder): string {
    for (const [name, child] of this.#children) {
      if (!child.#isChanged()) continue;
      const id = child.write(pack);
      if (child.#records.size === 0) this.#note(this.#owned().delete(`${name}/`));
      else this.#note(this.#owned().set(`${name}/`, encodeEntry({ mode: DIRECTORY_MODE, name, id })));
    }
    if (this.#splices.length > 0) this.#id = pack.addChanged('tree', this.#records.content, this.#id, this.#splices);
    this.#splices = [];
    return this.#id;
  }

  async #reread(reader: ObjectReader, id: string, path: string): Promise<DirectoryTree> {
    if (id === this.#id && this.obstacle === undefined) return this;
    const records = id === EMPTY_TREE ? noRecords() : readTree(await reader.content(id, 'tree'));
    const children = new Map<string, DirectoryTree>();
    for (const [name, child] of this.#children) {
      const record = records.get(`${name}/`);
      const below = path === '' ? name : `${path}/${name}`;
      if (record === undefined && records.get(name) !== undefined) {
        children.set(
          name,
          DirectoryTree.#empty(child.#shape(), message('ConfigRepoInvalid.notDirectory', { path: below })),
        );
      } else {
        const childId = record === undefined ? EMPTY_TREE : decodeEntry(record).id;
        children.set(name, await child.#reread(reader, childId, below));
      }
    }
    return new DirectoryTree(records, id, children, undefined);
  }

  #isChanged(): boolean {
    return this.#splices.length > 0 || [...this.#children.values()].some((child) => child.#isChanged());
  }

  #shape(): Shape {
    return new Map([...this.#children].map(([name, child]) => [name, child.#shape()]));
  }

  #owned(): SortedRecords {
    if (!this.#ownsRecords) this.#records = this.#records.copy();
    this.#ownsRecords = true;
    return this.#records;
  }

  #note(splice: Splice | undefined): void {
    if (splice !== undefined) this.#splices.push(splice);
  }

  static #empty(shape: Shape, obstacle?: Message): DirectoryTree {
    const children = new Map([...shape].map(([name, below]) => [name, DirectoryTree.#empty(below, obstacle)]));
    return new DirectoryTree(noRecords(), EMPTY_TREE, children, obstacle);
  }
}

/** Which directories a tree has below it. */
interface Shape extends ReadonlyMap<string, Shape> {}

function shapeOf(paths: readonly string[]): Shape {
  const below = new Map<string, string[]>();
  for (const path of paths) {
    const [first = '', ...rest] = path.split('/');
    below.set(first, [...(below.get(first) ?? []), ...(rest.length > 0 ? [rest.join('/')] : [])]);
  }
  return new Map([...below].map(([name, rest]) => [name, shapeOf(rest)]));
}

function noRecords(): SortedRecords {
  return SortedRecords.from(Buffer.alloc(0), []);
}
