import assert from 'node:assert/strict';
import { parseYaml } from '../../base/yaml.ts';
import type { GitStore } from '../git-store.ts';
import { git } from './fixtures.ts';
import { widgets } from './layouts.ts';

export const KUSTOMIZATION = `${widgets.directory}/kustomization.yaml`;

/** An empty repository and the way to open it. */
export interface GitStoreFixture {
  /** The bare repository whose `main` counts. */
  readonly origin: string;
  /** Where people clone from and push to, when it is not that path. */
  readonly clone?: string;
  /** Opens it; one at a time. A request that waits for 0 ms counts as authorised for that long only when asked so. */
  open(options?: { authorizationMilliseconds?: number }): Promise<GitStore>;
  close(): Promise<void>;
}

/** The repository of a contract, which its tests use one after the other. */
export class ContractBed {
  readonly #create: () => Promise<GitStoreFixture>;
  #fixture: GitStoreFixture | undefined;
  #repository: GitStore | undefined;

  constructor(create: () => Promise<GitStoreFixture>) {
    this.#create = create;
  }

  async open(): Promise<void> {
    this.#fixture = await this.#create();
    this.#repository = await this.#fixture.open();
  }

  get fixture(): GitStoreFixture {
    if (this.#fixture === undefined) throw new Error('the contract has not begun');
    return this.#fixture;
  }

  get repository(): GitStore {
    if (this.#repository === undefined) throw new Error('the contract has not begun');
    return this.#repository;
  }

  /** Closes the repository and opens it again. */
  async reopen(options?: Parameters<GitStoreFixture['open']>[0]): Promise<void> {
    await this.repository.close();
    this.#repository = await this.fixture.open(options);
  }

  /** Closes it; the repository must be sound. */
  async close(): Promise<void> {
    await this.repository.close();
    const complaints = await git(this.fixture.origin, 'fsck', '--full', '--strict', '--no-dangling');
    await this.fixture.close();
    assert.equal(complaints, '');
  }

  /** Where others clone from and push to. */
  get clone(): string {
    return this.fixture.clone ?? this.fixture.origin;
  }

  show(path: string, commit = 'main'): Promise<string> {
    return git(this.fixture.origin, 'show', `${commit}:${path}`);
  }

  async commits(): Promise<number> {
    return Number(await git(this.fixture.origin, 'rev-list', '--count', 'main'));
  }

  /** What the kustomization lists. */
  async listed(): Promise<string[]> {
    return (parseYaml(await this.show(KUSTOMIZATION)) as { resources: string[] }).resources;
  }
}
