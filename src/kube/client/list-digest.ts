import { createHash, type Hash } from 'node:crypto';
import { textAt } from '../../kube-objects/kube-object.ts';

/** Bytes of a list before its items: its kind and its own metadata. */
const LONGEST_BEGINNING = 4096;
const ITEMS = Buffer.from('"items":');

/**
 * Digest of the items of a list as it comes (JSON), without the version of the list itself, which grows with every write
 * to any object of the cluster. API servers write the items last and in the order of their keys, so that equal digests mean
 * equal objects, versions included.
 */
export class ItemsDigest {
  #beginning: Buffer = Buffer.alloc(0);
  #hash: Hash | undefined;

  readonly take = (part: Buffer): void => {
    if (this.#hash !== undefined) {
      this.#hash.update(part);
      return;
    }
    if (this.#beginning.length > LONGEST_BEGINNING) return;
    const bytes = this.#beginning.length === 0 ? part : Buffer.concat([this.#beginning, part]);
    const end = bytes.subarray(0, LONGEST_BEGINNING).indexOf(ITEMS);
    this.#beginning = end === -1 ? bytes : bytes.subarray(0, end);
    if (end !== -1) this.#hash = createHash('sha256').update(bytes.subarray(end));
  };

  /** Once, when everything was taken. `undefined` for a list of another form and for one that has more pages. */
  end(): string | undefined {
    const beginning = parsed(`${this.#beginning.toString()}"items":[]}`);
    const isWhole = textAt(beginning, 'metadata', 'continue') === '';
    if (textAt(beginning, 'metadata', 'resourceVersion') === '' || !isWhole) return undefined;
    return this.#hash?.digest('base64');
  }
}

export function digestOfItems(answer: Buffer): string | undefined {
  const digest = new ItemsDigest();
  digest.take(answer);
  return digest.end();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // the items are not last
  }
}
