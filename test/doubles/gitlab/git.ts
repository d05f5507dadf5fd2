import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, dirname } from 'node:path';
import { run } from '../../../src/base/programs/process.ts';
import { serveGit } from '../../../src/git-store/testing/git-http-server.ts';
import { mayAct, mayPush, mayPushCode, mayRead, protectionsOf, REPORTER } from './access.ts';
import type { Faults } from './faults.ts';
import type { Project, Token } from './model.ts';
import type { Store } from './store.ts';

const READ_SCOPES = ['api', 'read_api', 'read_repository', 'write_repository'];
const WRITE_SCOPES = ['api', 'write_repository'];

const ACCESS_DENIED =
  'HTTP Basic: Access denied. The provided password or token is incorrect or your account has 2FA enabled and you ' +
  'must use a personal access token instead of a password.\n';
const NOT_FOUND = "The project you were looking for could not be found or you don't have permission to view it.\n";

/**
 * Refuses what the rules of protected branches refuse, in the words of GitLab. Who pushes, and whether they may, is in
 * the environment that the request comes with.
 */
export const PRE_RECEIVE_HOOK = `#!/bin/sh
refuse() { echo "GitLab: $1" >&2; exit 1; }
while read -r old new reference; do
  [ "$reference" = "refs/heads/$DOUBLE_BRANCH" ] || continue
  if [ -n "$DOUBLE_COMMIT_REFUSAL" ]; then
    case "$old" in *[!0]*) range="^$old" ;; *) range= ;; esac
    if git log --format=%B "$new" $range | grep -q "$DOUBLE_COMMIT_REFUSAL"; then
      refuse "Commit message contains the forbidden pattern '$DOUBLE_COMMIT_REFUSAL'"
    fi
  fi
  [ "$DOUBLE_IS_PROTECTED" = 1 ] || continue
  case "$old" in
    *[!0]*) git merge-base --is-ancestor "$old" "$new" ||
      refuse "You are not allowed to force push code to a protected branch on this project." ;;
  esac
  [ "$DOUBLE_MAY_PUSH" = 1 ] || refuse "You are not allowed to push code to protected branches on this project."
done
`;

type PushListener = (project: Project, before: string, after: string, token: Token) => void;

/** Git over HTTP, with the authentication and the branch protection of GitLab. */
export class GitFrontend {
  readonly #store: Store;
  readonly #faults: Faults;
  readonly #onPush: PushListener;
  pushes = 0;
  /** Whose tokens have changed a branch, oldest first. */
  readonly pushers: string[] = [];
  fetches = 0;
  /** A word that the server wants in no commit message; empty: none. */
  forbiddenWord = '';

  constructor(store: Store, faults: Faults, onPush: PushListener) {
    this.#store = store;
    this.#faults = faults;
    this.#onPush = onPush;
  }

  /** Whether the request is one of a Git client. */
  static serves(url: string): boolean {
    return /\.git\/(info\/refs\?|git-(upload|receive)-pack$)/.test(url);
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, path = '', action = ''] = /^\/(.+)\.git(\/.+)$/.exec(decodeURIComponent(url.pathname)) ?? [];
    const isPush = `${action}${url.search}`.includes('git-receive-pack');
    if (this.#faults.intercept(isPush ? 'push' : 'fetch', response)) return;
    const token = this.#token(request);
    if (token === undefined) {
      response
        .writeHead(401, { 'www-authenticate': 'Basic realm="GitLab"', 'content-type': 'text/plain' })
        .end(ACCESS_DENIED);
      return;
    }
    const project = this.#store.findProject(path)?.project;
    const refusal = this.#refusal(project, token, isPush);
    if (project === undefined || refusal !== undefined) {
      const [status, text] = refusal ?? [404, NOT_FOUND];
      response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
      return;
    }
    if (!isPush) this.fetches += 1;
    if (request.method === 'POST' && isPush) await this.#push(project, token, request, response);
    else await serveGit(this.#backend(project, token, action), request, response);
  }

  #token(request: IncomingMessage): Token | undefined {
    const encoded = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const [username = '', password = ''] = Buffer.from(encoded, 'base64').toString().split(/:(.*)/s);
    const token = this.#store.tokens.get(password);
    if (token === undefined || token.revoked || this.#store.isExpired(token)) return undefined;
    if (token.kind === 'oauth' && username !== 'oauth2') return undefined;
    return username === '' || token.user.state === 'blocked' ? undefined : token;
  }

  #refusal(project: Project | undefined, token: Token, isPush: boolean): readonly [number, string] | undefined {
    const { user, scopes } = token;
    const now = this.#store.now();
    if (project === undefined || !mayRead(project, user, now)) return [404, NOT_FOUND];
    const needed = isPush ? WRITE_SCOPES : READ_SCOPES;
    if (!needed.some((scope) => scopes.includes(scope))) {
      return [403, `You are not allowed to ${isPush ? 'upload' : 'download'} code.\n`];
    }
    if (!mayAct(project, user, REPORTER, now))
      return [403, 'You are not allowed to download code from this project.\n'];
    if (!isPush || mayPushCode(project, user, now)) return undefined;
    return [403, 'You are not allowed to push code to this project.\n'];
  }

  async #push(project: Project, token: Token, request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.pushes += 1;
    await this.#faults.beforePush();
    const before = await headOf(project);
    const isLost = this.#faults.losesReply();
    const backend = this.#backend(project, token, '/git-receive-pack');
    let after = before;
    const beforeAnswer = async (): Promise<void> => {
      after = await headOf(project);
      if (after !== before) this.pushers.push(token.user.username);
    };
    await serveGit({ ...backend, isLost, beforeAnswer }, request, response);
    if (after !== before) this.#onPush(project, before, after, token);
  }

  #backend(project: Project, { user }: Token, action: string) {
    const branch = 'main';
    const may = mayPush(project, user, branch, this.#store.now());
    return {
      root: dirname(project.repository),
      path: `/${basename(project.repository)}${action}`,
      user: user.username,
      environment: {
        DOUBLE_BRANCH: branch,
        DOUBLE_IS_PROTECTED: protectionsOf(project, branch).length > 0 ? '1' : '',
        DOUBLE_MAY_PUSH: may ? '1' : '',
        DOUBLE_COMMIT_REFUSAL: this.forbiddenWord,
      },
    };
  }
}

async function headOf(project: Project): Promise<string> {
  const reference = 'refs/heads/main';
  const result = await run('git', ['-C', project.repository, 'rev-parse', '--verify', '-q', reference]);
  return result.stdout.toString().trim();
}
