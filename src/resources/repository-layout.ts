import type { Message } from '../messages/text.ts';
import type { NautesError } from '../errors/errors.ts';

/** The branch with the desired state. */
export const MAIN_BRANCH = 'main';

/** The common part of every resource in a file. */
export interface NamedResource {
  /** Unique in its kind; determines the name of its file. */
  readonly name: string;
}

/** Context of an encoding besides the resource itself. */
export interface EncodeContext<Kept = unknown> {
  /** Namespace of the objects in this repository. */
  readonly namespace: string;
  /** Foreign content of the current file, as it was decoded. */
  readonly kept?: Kept | undefined;
}

/** The decoded content of a file. */
export interface DecodedFile<Resource, Kept = unknown> {
  readonly resource: Resource;
  /** Foreign content that a save must keep; absent when there is none. */
  readonly kept?: Kept | undefined;
}

/**
 * The layout of one kind's files in a Git repository: one file each, in one directory. Pure: equal
 * resources give equal bytes.
 */
export interface FileLayout<
  Resource extends NamedResource = NamedResource,
  Index extends string = string,
  Kept = unknown,
> {
  /** Name of the kind, e.g. `Cluster`; unique in a repository. */
  readonly kind: string;
  /** Path of the directory from the root of the repository; no other kind of the repository uses it. */
  readonly directory: string;
  /** File in the directory that lists the others for Kustomize; absent when there is none. */
  readonly kustomization?: string;
  /** A larger file is not read. */
  readonly maximumBytes: number;
  /** Why a name is not valid for this kind, or `undefined`. */
  nameProblem(name: string): Message | undefined;
  /** Name of the file in the directory. */
  fileOf(name: string): string;
  /** The resource that a file of the directory belongs to; `undefined` for ignored files. */
  nameOf(file: string): string | undefined;
  encode(resource: Resource, context: EncodeContext<Kept>): string;
  /** @throws NautesError as of {@link invalid}; the message contains nothing of the content */
  decode(name: string, text: string): DecodedFile<Resource, Kept>;
  /** The error for a file that cannot be decoded. */
  invalid(name: string, problem: Message): NautesError;
  /** Keys of the resource's indexes. */
  indexKeys(resource: Resource): Readonly<Partial<Record<Index, string>>>;
}

/** A file of a kind at some commit. It has exactly one of `resource` and `problem`. */
export interface ResourceEntry<Resource extends NamedResource = NamedResource> {
  readonly name: string;
  /** Blob id of the file. */
  readonly fileRevision: string;
  readonly resource?: Resource;
  /** Why the file cannot be decoded. */
  readonly problem?: NautesError;
}

/** The resources of one kind at a commit, by name and by the keys of its indexes; read-only. */
export interface ResourceSet<Resource extends NamedResource = NamedResource, Index extends string = string> {
  readonly size: number;
  has(name: string): boolean;
  get(name: string): ResourceEntry<Resource> | undefined;
  keys(): IterableIterator<string>;
  values(): IterableIterator<ResourceEntry<Resource>>;
  [Symbol.iterator](): IterableIterator<[name: string, entry: ResourceEntry<Resource>]>;
  /** Names of the resources with that key in the index. */
  namesBy(index: Index, key: string): readonly string[];
}

/** Every kind of a repository at a commit. */
export interface ResourceSets {
  /** @throws Error when the repository was not opened with the kind */
  of<Resource extends NamedResource, Index extends string>(
    layout: FileLayout<Resource, Index>,
  ): ResourceSet<Resource, Index>;
}

/** Path of the file of a resource, from the root of the repository. */
export function filePath(layout: Pick<FileLayout, 'directory' | 'fileOf'>, name: string): string {
  return `${layout.directory}/${layout.fileOf(name)}`;
}
