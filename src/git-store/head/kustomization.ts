import { parseYaml, stringifyYaml, YamlError } from '../../base/yaml.ts';
import { SortedRecords, type Splice } from '../git/sorted-records.ts';

/** A larger kustomization is not read; one of 10,000 files has less than half of it. */
export const MAXIMUM_KUSTOMIZATION_BYTES = 1024 * 1024;

const API_VERSION = 'kustomize.config.k8s.io/v1beta1';
const KIND = 'Kustomization';

/** A new content, with the splice that made it of the one before where it was only one. */
export interface ContentChange {
  readonly content: Buffer;
  readonly splice?: Splice;
}

/**
 * The kustomization that lists the files of all resources of a directory.
 *
 * What a person has added stays: other fields, and resources elsewhere (paths, URLs), which come first in
 * their order. The files of this directory follow in the order of names: those of all resources, and others
 * that were listed. Entries for files that are not there any more go, since they make the kustomization
 * fail. Comments are not kept. A file that is not a kustomization at all is replaced.
 */
export class Kustomization {
  readonly #head: Buffer;
  readonly #hasOthers: boolean;
  readonly #files: SortedRecords;

  private constructor(head: Buffer, hasOthers: boolean, files: SortedRecords) {
    this.#head = head;
    this.#hasOthers = hasOthers;
    this.#files = files;
  }

  /**
   * @param text the file as it is; `undefined` when there is none
   * @param required names of the files that must be listed
   * @param isFile whether the directory has a file of that name
   */
  static from(text: string | undefined, required: Iterable<string>, isFile: (name: string) => boolean): Kustomization {
    const { fields, resources } = read(text);
    const files = new Set(required);
    const others: unknown[] = [];
    for (const given of resources) {
      const resource = typeof given === 'string' ? given.replace(/^\.\//, '') : given;
      if (typeof resource === 'string' && isFileName(resource)) {
        if (isFile(resource)) files.add(resource);
      } else others.push(resource);
    }
    const head = Buffer.from(
      stringifyYaml({ apiVersion: API_VERSION, kind: KIND, ...fields }) +
        (others.length === 0 ? 'resources:\n' : stringifyYaml({ resources: others })),
    );
    const sorted = [...files].sort().map((file): [string, Buffer] => [file, line(file)]);
    return new Kustomization(head, others.length > 0, SortedRecords.from(head, sorted));
  }

  get content(): Buffer {
    return this.#isEmpty()
      ? Buffer.from(this.#head.toString().replace(/resources:\n$/, 'resources: []\n'))
      : this.#files.content;
  }

  /** Lists a file; `undefined` when it is listed. */
  add(file: string): ContentChange | undefined {
    const wasEmpty = this.#isEmpty();
    const splice = this.#files.set(file, line(file));
    if (splice === undefined) return undefined;
    return wasEmpty ? { content: this.content } : { content: this.content, splice };
  }

  /** Takes a file off the list; `undefined` when it is not there. */
  remove(file: string): ContentChange | undefined {
    const splice = this.#files.delete(file);
    if (splice === undefined) return undefined;
    return this.#isEmpty() ? { content: this.content } : { content: this.content, splice };
  }

  copy(): Kustomization {
    return new Kustomization(this.#head, this.#hasOthers, this.#files.copy());
  }

  #isEmpty(): boolean {
    return this.#files.size === 0 && !this.#hasOthers;
  }
}

function read(text: string | undefined): { fields: Record<string, unknown>; resources: readonly unknown[] } {
  let document: unknown;
  try {
    document = text === undefined ? undefined : parseYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    return { fields: {}, resources: [] };
  const fields = new Map(Object.entries(document));
  const resources: unknown = fields.get('resources');
  for (const own of ['apiVersion', 'kind', 'resources']) fields.delete(own);
  return { fields: Object.fromEntries(fields), resources: Array.isArray(resources) ? resources : [] };
}

/** A file of the same directory, as opposed to a path, a URL or a directory. */
function isFileName(resource: string): boolean {
  return /^[^/]+\.yaml$/.test(resource) && !resource.includes(':');
}

function line(file: string): Buffer {
  const plain = /^[a-z0-9][-a-z0-9]*\.yaml$/.test(file);
  return Buffer.from(plain ? `  - ${file}\n` : `  - ${JSON.stringify(file)}\n`);
}
