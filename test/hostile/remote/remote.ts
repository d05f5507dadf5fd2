import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serveGit } from '../../../src/git-store/testing/git-http-server.ts';
import { type Honesty, HttpPeer } from '../http-peer.ts';
import type { Lie } from '../lie.ts';
import type { HostilePeer } from '../peer.ts';

const NAME = 'config.git';

/** A Git remote over HTTP that lies: `git http-backend` when it is honest. Everybody may read and push. */
export interface HostileRemote extends HostilePeer {
  /** The bare repository behind it. */
  readonly repository: string;
}

/** Starts one with an empty repository; honest until it is told otherwise. `url` is that of the repository. */
export async function startHostileRemote(): Promise<HostileRemote> {
  const root = await mkdtemp(join(tmpdir(), 'nautes-hostile-remote-'));
  const repository = join(root, NAME);
  await promisify(execFile)('git', ['init', '--quiet', '--bare', '--initial-branch=main', repository]);
  const peer = await HttpPeer.start({ honesty: new Backend(root), tls: false });
  return {
    repository,
    get url() {
      return `${peer.url}/${NAME}`;
    },
    certificateAuthority: '',
    get requests() {
      return peer.requests;
    },
    misbehave: (...lies: readonly Lie[]) => peer.misbehave(...lies),
    close: async () => {
      await peer.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

class Backend implements Honesty {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await serveGit({ root: this.#root, user: 'anyone' }, request, response);
  }

  answer(): Promise<never> {
    return Promise.reject(new Error('answers of Git are not JSON: they are replaced as a whole'));
  }
}
