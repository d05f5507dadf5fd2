import { setImmediate as turn } from 'node:timers/promises';
import type { Secret } from '../base/secret.ts';
import { asNautesError, type NautesError } from '../errors/errors.ts';
import { filePath, type ResourceSets } from '../resources/repository-layout.ts';
import {
  authorOf,
  type CommitInfo,
  commitMessage,
  decodeCommit,
  encodeCommit,
  type Person,
} from './git/commit-message.ts';
import { withMark } from './git/commit-mark.ts';
import { PackBuilder } from './git/pack.ts';
import type { ChangeRequest, ChangeResult, Edit, FileEdit, FilePreview } from './git-store.ts';
import { CollectionDraft, type PreparedFile, prepareFile } from './head/collection-draft.ts';
import type { DirectoryTree } from './head/directory-tree.ts';
import { type Head, headOf, setsOf } from './head/head.ts';

/** Planning lets others run when it has taken this long. */
const TURN_MILLISECONDS = 10;

export interface PlanOptions {
  readonly committer: Person;
  /** Namespace that is written into files. */
  readonly namespace: string;
  /** Time of the commits, milliseconds since the epoch. */
  readonly now: number;
  /** Marks the commits; absent: they have no mark. */
  readonly markKey?: Secret<Uint8Array> | undefined;
}

/** What becomes of one request: its result, or the error by which it is refused. */
export type Outcome = { readonly result: ChangeResult } | { readonly error: NautesError };

/** A file of a kind. */
export interface FileReference {
  readonly kind: string;
  readonly name: string;
  /** From the root of the repository. */
  readonly path: string;
}

/** A commit of a plan. */
export interface PlannedCommit {
  /** Index of its request. */
  readonly request: number;
  /** The files that it changes. */
  readonly files: readonly FileReference[];
  readonly info: CommitInfo;
}

/** A row of commits on a head, one for each request that changes something. Nothing is written yet. */
export interface Plan {
  /** The state after the last commit. */
  readonly head: Head;
  readonly outcomes: readonly Outcome[];
  readonly commits: readonly PlannedCommit[];
  readonly pack: PackBuilder;
}

/** Carries out the requests one after the other; each sees the effect of those before it. */
export async function planChanges(head: Head, requests: readonly ChangeRequest[], options: PlanOptions): Promise<Plan> {
  const draft = new HeadDraft(head, options);
  const outcomes: Outcome[] = [];
  const commits: PlannedCommit[] = [];
  let started = performance.now();
  for (const [index, request] of requests.entries()) {
    if (performance.now() - started > TURN_MILLISECONDS) {
      await turn();
      started = performance.now();
    }
    try {
      const { result, commit } = draft.carryOut(request);
      outcomes.push({ result });
      if (commit !== undefined) commits.push({ ...commit, request: index });
    } catch (error) {
      outcomes.push({ error: asNautesError(error) });
    }
  }
  return { head: draft.head(), outcomes, commits, pack: draft.pack };
}

/** The first commit of a repository: empty kustomizations of the kinds that have one. */
export function planFirstCommit(head: Head, subject: string, options: PlanOptions): Plan {
  const draft = new HeadDraft(head, options);
  const info = draft.start(subject);
  return { head: draft.head(), outcomes: [], commits: [{ request: -1, files: [], info }], pack: draft.pack };
}

/** The file that a save of the resource would write, and whether it would make a commit. @throws NautesError */
export function previewFile(head: Head, { layout, name, resource }: FileEdit, namespace: string): FilePreview {
  const collection = head.collections.get(layout.kind);
  if (collection === undefined) throw new Error(`the repository was not opened with the kind ${layout.kind}`);
  const { obstacle } = head.tree.at(layout.directory);
  const { written } = prepareFile(collection, obstacle, { name, resource, namespace });
  return { file: written?.content.toString() ?? '', changed: written?.changesFile ?? false };
}

/** A head in the making. Kept apart from the one it began with, so that it can be dropped. */
class HeadDraft {
  readonly pack = new PackBuilder();
  readonly #options: PlanOptions;
  readonly #base: Head;
  #commit: string;
  readonly #tree: DirectoryTree;
  /** The kinds that were changed. */
  readonly #drafts = new Map<string, CollectionDraft>();
  readonly #resources: ResourceSets;

  constructor(head: Head, options: PlanOptions) {
    this.#options = options;
    this.#base = head;
    this.#commit = head.snapshot.commit;
    this.#tree = head.tree.copy();
    this.#resources = setsOf((kind) => (this.#drafts.get(kind) ?? head.collections.get(kind))?.resources);
  }

  head(): Head {
    const collections = new Map(this.#base.collections);
    for (const [kind, draft] of this.#drafts) collections.set(kind, draft.collection());
    return headOf(this.#commit, this.#tree, collections);
  }

  /** A request that throws leaves everything as it was. */
  carryOut(request: ChangeRequest): { result: ChangeResult; commit?: Omit<PlannedCommit, 'request'> } {
    const edit = request.decide(this.#resources);
    const prepared = this.#prepareAll(edit);
    const files: FileReference[] = [];
    for (const { draft, file } of prepared) {
      const { kind } = draft.layout;
      const path = filePath(draft.layout, file.name);
      if (draft.apply(file)) files.push({ kind, name: file.name, path });
    }
    const fileRevisions = edit.map(({ layout, name }) => this.#resources.of(layout).get(name)?.fileRevision ?? '');
    if (files.length === 0) return { result: { commit: this.#commit, changed: false, fileRevisions } };
    const info = this.#makeCommit(authorOf(request.author), commitMessage(request));
    return { result: { commit: info.id, changed: true, fileRevisions }, commit: { files, info } };
  }

  /** Makes the first commit. */
  start(subject: string): CommitInfo {
    for (const kind of this.#base.collections.keys()) this.#draftOf(kind).writeKustomization();
    this.pack.add('tree', this.#tree.records.content); // there may be no kustomization at all
    return this.#makeCommit(this.#options.committer, `${subject}\n`);
  }

  /** Everything that may be refused, before anything is changed. */
  #prepareAll(edit: Edit): readonly { readonly draft: CollectionDraft; readonly file: PreparedFile }[] {
    const files = new Set(edit.map(({ layout, name }) => `${layout.kind}/${name}`));
    if (files.size < edit.length) throw new Error('a change edits each file once');
    return edit.map(({ layout, name, resource }) => {
      if (resource !== undefined && resource.name !== name) throw new Error('an edit changes the file of its resource');
      const draft = this.#draftOf(layout.kind);
      return { draft, file: draft.prepare(name, resource, this.#options.namespace) };
    });
  }

  #draftOf(kind: string): CollectionDraft {
    const known = this.#drafts.get(kind);
    if (known !== undefined) return known;
    const base = this.#base.collections.get(kind);
    if (base === undefined) throw new Error(`the repository was not opened with the kind ${kind}`);
    const draft = new CollectionDraft(base, this.#tree.at(base.layout.directory), this.pack);
    this.#drafts.set(kind, draft);
    return draft;
  }

  /** Makes trees and a commit of the present state of the files. */
  #makeCommit(author: Person, message: string): CommitInfo {
    const unmarked = encodeCommit({
      tree: this.#tree.write(this.pack),
      parent: this.#commit,
      author,
      committer: this.#options.committer,
      seconds: Math.floor(this.#options.now / 1000),
      message,
    });
    const { markKey } = this.#options;
    const content = markKey === undefined ? unmarked : withMark(unmarked, markKey);
    this.#commit = this.pack.add('commit', content);
    return decodeCommit(this.#commit, content);
  }
}
