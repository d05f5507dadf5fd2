import type { NautesError } from '../errors/errors.ts';

/** The branch that says what should be. */
export const MAIN_BRANCH = 'main';

/** What every resource in a file has. */
export interface NamedResource {
  /** Unique in its kind; the name of its file follows from it. */
  readonly name: string;
}

/** What is written besides the resource itself. */
export interface EncodeContext<Kept = unknown> {
  /** Namespace of the objects in this repository. */
  readonly namespace: string;
  /** What others put into the present file, as it was decoded. */
  readonly kept?: Kept | undefined;
}

/** What a file says. */
export interface DecodedFile<Resource, Kept = unknown> {
  readonly resource: Resource;
  /** What a save has to leave in the file; absent when there is nothing. */
  readonly kept?: Kept | undefined;
}

/**
 * How the resources of one kind are kept in a Git repository: one file each, in one directory. Pure: the same
 * resource gives the same bytes, whoever encodes it.
 */
export interface FileLayout<
  Resource extends NamedResource = NamedResource,
  Index extends string = string,
  Kept = unknown,
> {
  /** Name of the kind, e.g. `Cluster`; unique in a repository. */
  readonly kind: string;
  /** Path of the directory from the root of the repository; no other kind of the repository has it. */
  readonly directory: string;
  /** File in the directory that lists the others for Kustomize; absent when nothing lists them. */
  readonly kustomization?: string;
  /** A larger file is not read. */
  readonly maximumBytes: number;
  /** Why a name cannot be one of this kind, or `undefined`. */
  nameProblem(name: string): string | undefined;
  /** Name of the file in the directory. */
  fileOf(name: string): string;
  /** The resource that a file of the directory belongs to; `undefined` for files that are left alone. */
  nameOf(file: string): string | undefined;
  encode(resource: Resource, context: EncodeContext<Kept>): string;
  /** @throws NautesError as of {@link invalid}; the message holds nothing of the content */
  decode(name: string, text: string): DecodedFile<Resource, Kept>;
  /** The error for a file that cannot be read. */
  invalid(name: string, problem: string): NautesError;
  /** Keys under which the resource is found without a look at all others. */
  indexKeys(resource: Resource): Readonly<Partial<Record<Index, string>>>;
}

/** A file of a kind at some commit. Exactly one of `resource` and `problem` is there. */
export interface ResourceEntry<Resource extends NamedResource = NamedResource> {
  readonly name: string;
  /** Blob id of the file. */
  readonly fileRevision: string;
  readonly resource?: Resource;
  /** Why the file cannot be read. */
  readonly problem?: NautesError;
}

/** The resources of one kind at a commit, by name and by the keys of its indexes; immutable to its readers. */
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
