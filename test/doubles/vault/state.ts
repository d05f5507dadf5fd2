import { randomBytes } from 'node:crypto';
import { AuthMount } from './auth-mounts.ts';
import {
  type Body,
  listIn,
  notFound,
  nothing,
  noRoute,
  permissionDenied,
  secondsIn,
  textIn,
  type VaultAnswer,
  VaultFailure,
  withData,
} from './errors.ts';
import { KvEngineDouble } from './kv-engine.ts';
import { capabilitiesOn, isAllowed, parsePolicy } from './policies.ts';
import { authOf, secondsLeft, TokenStore, type VaultToken } from './tokens.ts';

export interface HandledRequest {
  readonly method: string;
  /** Below `/v1/`, decoded. */
  readonly path: string;
  readonly body: Body;
  readonly token: string;
  readonly isList: boolean;
}

type Rules = ReturnType<typeof parsePolicy>;

/** As every token has it. */
const DEFAULT_POLICY = `
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
path "sys/capabilities-self" { capabilities = ["update"] }
path "sys/internal/ui/resultant-acl" { capabilities = ["read"] }
`;

const ROOT: Rules = parsePolicy('path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }');

/** What a Vault knows: engines, auth mounts, policies, tokens. Nodes of one Vault share it. */
export class VaultState {
  readonly rootToken = `root-${randomBytes(9).toString('base64url')}`;
  readonly tokens = new TokenStore();
  readonly #engines = new Map<string, KvEngineDouble | 'transit'>();
  readonly #auth = new Map<string, AuthMount>();
  readonly #policies = new Map<string, Rules>([['default', parsePolicy(DEFAULT_POLICY)]]);

  constructor() {
    this.tokens.create({ policies: ['root'], seconds: 0, maximumSeconds: 0, renewable: false }, this.rootToken);
  }

  /** The KV engine at the mount, to look past the API. */
  kv(mount: string): KvEngineDouble {
    const engine = this.#engines.get(mount);
    if (!(engine instanceof KvEngineDouble)) throw new Error(`the double has no KV engine at ${mount}`);
    return engine;
  }

  /** Paths of the auth mounts, without a slash. */
  get authMounts(): readonly string[] {
    return [...this.#auth.keys()].toSorted();
  }

  authMount(path: string): AuthMount | undefined {
    return this.#auth.get(path);
  }

  async handle(request: HandledRequest): Promise<VaultAnswer> {
    const { method, path, body } = request;
    const auth = this.#authAt(path);
    if (auth !== undefined && auth.below === 'login') return auth.mount.handle(method, 'login', body, this.tokens);
    const token = this.tokens.find(request.token);
    const rules = this.#rulesOf(token);
    this.#authorise(request, rules);
    if (path.startsWith('auth/token/')) return this.#ownToken(path.slice('auth/token/'.length), token, body);
    if (path.startsWith('sys/')) return this.#system(request, rules);
    if (auth !== undefined) return auth.mount.handle(method, auth.below, body, this.tokens);
    return this.#engine(request);
  }

  #rulesOf({ policies }: VaultToken): Rules {
    if (policies.includes('root')) return ROOT;
    return policies.flatMap((name) => this.#policies.get(name) ?? []);
  }

  #authorise({ method, path, body, isList }: HandledRequest, rules: Rules): void {
    if (path.startsWith('sys/internal/ui/mounts/')) return; // its own answer depends on the rights
    const capability = isList ? 'list' : ({ GET: 'read', DELETE: 'delete' }[method] ?? 'update');
    const may = (needed: string): boolean => isAllowed(rules, { path, capability: needed, body });
    // Vault asks for "create" where nothing is; a policy with only one of the two is not told apart here.
    if (!may(capability) && !(capability === 'update' && may('create'))) throw permissionDenied();
    if (/^sys\/auth\/./.test(path) && !may('sudo')) throw permissionDenied();
  }

  #ownToken(action: string, token: VaultToken, body: Body): VaultAnswer {
    switch (action) {
      case 'lookup-self':
        return describeToken(token);
      case 'lookup':
        return describeToken(this.tokens.find(textIn(body, 'token')));
      case 'lookup-accessor':
        return describeToken(this.tokens.findByAccessor(textIn(body, 'accessor')));
      case 'renew-self':
        if (!token.renewable) throw new VaultFailure(400, 'lease is not renewable');
        return { status: 200, auth: authOf(this.tokens.renew(token)) };
      case 'revoke-self':
        this.tokens.revoke(token.id);
        return nothing;
      case 'create':
        return { status: 200, auth: authOf(this.tokens.create(tokenRequest(body))) };
      default:
        throw notFound();
    }
  }

  #system({ method, path, body }: HandledRequest, rules: Rules): VaultAnswer {
    const [, area = '', ...rest] = path.split('/');
    const name = rest.join('/');
    if (area === 'mounts') return this.#mountEngine(method, name, body);
    if (area === 'auth') return this.#systemAuth(method, name, body);
    if (area === 'policies' || area === 'policy') return this.#policy(method, rest.at(-1) ?? '', body);
    if (area === 'capabilities-self') return capabilities(listIn(body, 'paths'), rules);
    if (path.startsWith('sys/internal/ui/mounts/')) return this.#describeMount(rest.slice(2).join('/'), rules);
    throw new VaultFailure(404, `no handler for route "${path}". route entry found, but unsupported path`);
  }

  #mountEngine(method: string, name: string, body: Body): VaultAnswer {
    if (method === 'DELETE') this.#engines.delete(name);
    if (method !== 'POST') return nothing;
    if (this.#engines.has(name)) throw new VaultFailure(400, `path is already in use at ${name}/`);
    const isVersion2 = (body['options'] as Body | undefined)?.['version'] === '2';
    this.#engines.set(name, textIn(body, 'type') === 'kv' ? new KvEngineDouble(isVersion2 ? '2' : '1') : 'transit');
    return nothing;
  }

  #systemAuth(method: string, name: string, body: Body): VaultAnswer {
    const [path = '', part = ''] = name.split('/');
    const mount = this.#auth.get(path);
    if (part === 'tune') {
      if (mount === undefined) throw new VaultFailure(400, `cannot fetch sysview for path "${path}/"`);
      if (method === 'POST') mount.description = textIn(body, 'description') || mount.description;
      return nothing;
    }
    switch (method) {
      case 'POST':
        if (mount !== undefined) throw new VaultFailure(400, `path is already in use at ${path}/`);
        this.#auth.set(path, new AuthMount(textIn(body, 'type'), textIn(body, 'description')));
        return nothing;
      case 'DELETE':
        this.#auth.delete(path);
        return nothing;
      default:
        if (mount === undefined) throw new VaultFailure(400, `No auth engine at ${path}/`);
        return withData(describeAuth(mount));
    }
  }

  #policy(method: string, name: string, body: Body): VaultAnswer {
    if (method === 'POST') this.#policies.set(name, parsePolicy(textIn(body, 'policy')));
    if (method === 'DELETE') this.#policies.delete(name);
    if (method === 'GET' && !this.#policies.has(name)) throw notFound();
    return nothing;
  }

  #describeMount(mount: string, rules: Rules): VaultAnswer {
    const auth = this.#auth.get(mount.replace(/^auth\//, ''));
    if (mount.startsWith('auth/') && auth !== undefined && isReachable(rules, `${mount}/config`)) {
      return withData(describeAuth(auth));
    }
    const engine = this.#engines.get(mount);
    const mayBeSeen = rules === ROOT || rules.some(({ path }) => path.split('/')[0] === mount.split('/')[0]);
    if (engine === undefined || !mayBeSeen) {
      const why = `ensure client's policies grant access to path "${mount}/"`;
      throw new VaultFailure(403, `preflight capability check returned 403, please ${why}`);
    }
    if (engine === 'transit') return withData({ type: 'transit', options: {}, path: `${mount}/` });
    return withData({ type: 'kv', options: { version: engine.version }, path: `${mount}/` });
  }

  #engine({ method, path, body, isList }: HandledRequest): VaultAnswer {
    const mount = [...this.#engines.keys()].find((name) => path.startsWith(`${name}/`));
    const engine = mount === undefined ? undefined : this.#engines.get(mount);
    if (mount === undefined || !(engine instanceof KvEngineDouble)) throw noRoute(path);
    return engine.handle(method, path.slice(mount.length + 1), body, isList);
  }

  #authAt(path: string): { readonly mount: AuthMount; readonly below: string } | undefined {
    const [, name = '', below = ''] = /^auth\/([^/]+)\/(.*)$/.exec(path) ?? [];
    const mount = this.#auth.get(name);
    return mount === undefined ? undefined : { mount, below };
  }
}

function isReachable(rules: Rules, path: string): boolean {
  return !capabilitiesOn(rules, path).includes('deny');
}

function describeToken(token: VaultToken): VaultAnswer {
  const { policies, renewable, accessor, createdAt, endsAt, seconds } = token;
  return withData({
    policies,
    renewable,
    accessor,
    ttl: secondsLeft(token),
    creation_time: Math.floor(createdAt / 1000),
    creation_ttl: seconds,
    expire_time: Number.isFinite(endsAt) ? new Date(endsAt).toISOString() : null,
  });
}

function tokenRequest(body: Body) {
  return {
    policies: ['default', ...listIn(body, 'policies')],
    seconds: secondsIn(body, 'ttl') || 2_764_800,
    maximumSeconds: secondsIn(body, 'explicit_max_ttl'),
    renewable: body['renewable'] !== false,
  };
}

function capabilities(paths: readonly string[], rules: Rules): VaultAnswer {
  const found = paths.map((path): [string, readonly string[]] => [
    path,
    rules === ROOT ? ['root'] : capabilitiesOn(rules, path),
  ]);
  return withData(Object.fromEntries(found));
}

function describeAuth({ type, description, accessor }: AuthMount) {
  return { type, description, accessor, local: false, options: {}, config: {} };
}
