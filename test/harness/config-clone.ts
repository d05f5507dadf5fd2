import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';

const CLUSTERS = 'nautes/overlays/production/clusters';

/** A work tree of the tenant configuration repository, in which a person commits by hand. */
export class ConfigClone {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async of(repository: string): Promise<ConfigClone> {
    const clone = new ConfigClone(await mkdtemp(join(tmpdir(), 'nautes-by-hand-')));
    await clone.git('clone', '--quiet', '--', repository, '.');
    await clone.git('config', 'user.name', 'grace');
    await clone.git('config', 'user.email', 'grace@localhost');
    return clone;
  }

  /** The directory with the files of clusters. */
  get clusters(): string {
    return join(this.#directory, CLUSTERS);
  }

  read(cluster: string): Promise<string> {
    return readFile(this.#file(cluster), 'utf8');
  }

  async write(cluster: string, content: string): Promise<void> {
    await writeFile(this.#file(cluster), content);
  }

  async edit(cluster: string, change: (content: string) => string): Promise<void> {
    await this.write(cluster, change(await this.read(cluster)));
  }

  async remove(cluster: string): Promise<void> {
    await rm(this.#file(cluster));
  }

  /** Commits everything and pushes it. */
  async push(subject: string): Promise<void> {
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--message', subject);
    await this.git('push', '--quiet', 'origin', 'HEAD:main');
  }

  async git(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await run('git', args, { directory: this.#directory });
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout.toString();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  #file(cluster: string): string {
    return join(this.#directory, CLUSTERS, `${cluster}.yaml`);
  }
}
