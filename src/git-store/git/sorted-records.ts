/** A replacement of some bytes of a content. */
export interface Splice {
  readonly offset: number;
  readonly removed: number;
  readonly inserted: Buffer;
}

/**
 * A content made of a head and of records in the order of their keys, such as a Git tree or a list of lines.
 * A change costs a copy of the bytes instead of building them again, and is known as a {@link Splice},
 * which is what a delta in a pack is made of. Contents given out never change afterwards.
 */
export class SortedRecords {
  #content: Buffer;
  readonly #keys: string[];
  /** Where each record begins; one more for the end. */
  readonly #offsets: number[];

  private constructor(content: Buffer, keys: string[], offsets: number[]) {
    this.#content = content;
    this.#keys = keys;
    this.#offsets = offsets;
  }

  /** The records must be sorted by key (code units) without duplicates. */
  static from(head: Buffer, records: Iterable<readonly [key: string, record: Buffer]>): SortedRecords {
    const keys: string[] = [];
    const offsets = [head.length];
    const parts = [head];
    let end = head.length;
    for (const [key, record] of records) {
      keys.push(key);
      parts.push(record);
      end += record.length;
      offsets.push(end);
    }
    return new SortedRecords(Buffer.concat(parts), keys, offsets);
  }

  get content(): Buffer {
    return this.#content;
  }

  get size(): number {
    return this.#keys.length;
  }

  keys(): readonly string[] {
    return this.#keys;
  }

  get(key: string): Buffer | undefined {
    const index = this.#search(key);
    return this.#keys[index] === key ? this.#record(index) : undefined;
  }

  at(index: number): Buffer {
    return this.#record(index);
  }

  /** Adds or replaces a record; `undefined` when it was there already. */
  set(key: string, record: Buffer): Splice | undefined {
    const index = this.#search(key);
    const offset = this.#offsets[index] ?? 0;
    if (this.#keys[index] !== key) {
      this.#keys.splice(index, 0, key);
      this.#offsets.splice(index, 0, offset);
      return this.#splice(index, { offset, removed: 0, inserted: record });
    }
    const present = this.#record(index);
    if (present.equals(record)) return undefined;
    return this.#splice(index, { offset, removed: present.length, inserted: record });
  }

  /** Removes a record; `undefined` when there was none. */
  delete(key: string): Splice | undefined {
    const index = this.#search(key);
    if (this.#keys[index] !== key) return undefined;
    const splice = {
      offset: this.#offsets[index] ?? 0,
      removed: this.#record(index).length,
      inserted: Buffer.alloc(0),
    };
    this.#keys.splice(index, 1);
    this.#splice(index, splice);
    this.#offsets.splice(index, 1);
    return splice;
  }

  /** A copy that changes apart from this one. */
  copy(): SortedRecords {
    return new SortedRecords(this.#content, [...this.#keys], [...this.#offsets]);
  }

  #record(index: number): Buffer {
    return this.#content.subarray(this.#offsets[index], this.#offsets[index + 1]);
  }

  #splice(index: number, splice: Splice): Splice {
    this.#content = applySplice(this.#content, splice);
    const growth = splice.inserted.length - splice.removed;
    if (growth !== 0) {
      for (let at = index + 1; at < this.#offsets.length; at += 1)
        this.#offsets[at] = (this.#offsets[at] ?? 0) + growth;
    }
    return splice;
  }

  /** The index of the key, or the one it would get. */
  #search(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function applySplice(content: Buffer, { offset, removed, inserted }: Splice): Buffer {
  return Buffer.concat([content.subarray(0, offset), inserted, content.subarray(offset + removed)]);
}
