import { randomBytes, randomUUID, verify } from 'node:crypto';
import { Agent, request as httpRequest } from 'undici';
import {
  type Body,
  listIn,
  notFound,
  nothing,
  permissionDenied,
  secondsIn,
  textIn,
  type VaultAnswer,
  VaultFailure,
  withData,
} from './errors.ts';
import { authOf, type TokenRequest, type TokenStore } from './tokens.ts';

/** Who proved to be who, to an auth method. */
type LogIn = (mount: AuthMount, body: Body) => Promise<TokenRequest> | TokenRequest;

const DEFAULT_SECONDS = 2_764_800;

/** One auth method at its path: configuration, roles, login. */
export class AuthMount {
  readonly type: string;
  readonly accessor: string;
  description: string;
  config: Body = {};
  readonly roles = new Map<string, Body>();
  /** Of AppRole: secret id -> role. */
  readonly secretIds = new Map<string, string>();

  constructor(type: string, description: string) {
    this.type = type;
    this.description = description;
    this.accessor = `auth_${type}_${randomBytes(4).toString('hex')}`;
  }

  /** @param path below the mount */
  async handle(method: string, path: string, body: Body, tokens: TokenStore): Promise<VaultAnswer> {
    const [kind = '', name = '', part = ''] = path.split('/');
    if (kind === 'login' && method === 'POST') return this.#logIn(body, tokens);
    if (kind === 'config') return this.#configure(method, body);
    if (kind !== 'role')
      throw new VaultFailure(404, `no handler for route "${path}". route entry found, but unsupported path`);
    if (name === '') return withData({ keys: [...this.roles.keys()].toSorted() });
    if (part !== '') return this.#appRolePart(method, name, part);
    return this.#role(method, name, body);
  }

  async #logIn(body: Body, tokens: TokenStore): Promise<VaultAnswer> {
    const logIn = LOGINS[this.type];
    if (logIn === undefined) throw notFound();
    return { status: 200, auth: authOf(tokens.create(await logIn(this, body))) };
  }

  #configure(method: string, body: Body): VaultAnswer {
    if (method === 'POST') {
      if (this.type === 'kubernetes') requireAuthority(body);
      this.config = body; // the methods that are used here replace it as a whole
      return nothing;
    }
    if (Object.keys(this.config).length === 0) throw notFound();
    return withData(this.type === 'kubernetes' ? kubernetesConfig(this.config) : this.config);
  }

  #role(method: string, name: string, body: Body): VaultAnswer {
    if (method === 'DELETE') {
      this.roles.delete(name);
      return nothing;
    }
    if (method === 'POST') {
      if (this.type === 'kubernetes') requireBound(body, this.roles.get(name));
      this.roles.set(name, { ...this.roles.get(name), ...body });
      return nothing;
    }
    const role = this.roles.get(name);
    if (role === undefined) throw notFound();
    return withData(this.type === 'kubernetes' ? kubernetesRole(role) : role);
  }

  #appRolePart(method: string, name: string, part: string): VaultAnswer {
    const role = this.roles.get(name);
    if (this.type !== 'approle' || role === undefined) throw notFound();
    if (part === 'role-id' && method === 'GET') return withData({ role_id: `id-of-${name}` });
    if (part !== 'secret-id') throw notFound();
    const secretId = randomUUID();
    this.secretIds.set(secretId, name);
    return withData({ secret_id: secretId });
  }
}

const LOGINS: Readonly<Record<string, LogIn>> = {
  approle(mount, body) {
    const name = mount.secretIds.get(textIn(body, 'secret_id'));
    const role = name === undefined ? undefined : mount.roles.get(name);
    if (role === undefined || textIn(body, 'role_id') !== `id-of-${name}`) {
      throw new VaultFailure(400, 'invalid role or secret ID');
    }
    return tokenOf(role);
  },
  kubernetes: logInByReview,
  jwt: logInByClaims,
};

function tokenOf(role: Body): TokenRequest {
  return {
    policies: ['default', ...listIn(role, 'token_policies')],
    seconds: secondsIn(role, 'token_ttl') || DEFAULT_SECONDS,
    maximumSeconds: secondsIn(role, 'token_max_ttl'),
    renewable: textIn(role, 'token_type') !== 'batch',
  };
}

function roleOf(mount: AuthMount, body: Body): Body {
  const name = textIn(body, 'role');
  const role = mount.roles.get(name);
  if (role === undefined) throw new VaultFailure(400, `invalid role name "${name}"`);
  return role;
}

/** Asks the cluster who the token is, with the token itself as the reviewer's when none is configured. */
async function logInByReview(mount: AuthMount, body: Body): Promise<TokenRequest> {
  const role = roleOf(mount, body);
  const jwt = textIn(body, 'jwt');
  const { kubernetes_host: host, kubernetes_ca_cert: ca } = mount.config as Record<string, string>;
  const dispatcher = new Agent({ connect: { ca: ca ?? '' } });
  try {
    const reply = await httpRequest(`${host}/apis/authentication.k8s.io/v1/tokenreviews`, {
      method: 'POST',
      dispatcher,
      headers: {
        authorization: `Bearer ${textIn(mount.config, 'token_reviewer_jwt') || jwt}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: jwt } }),
    });
    const review = (await reply.body.json()) as {
      readonly status?: { readonly authenticated?: boolean; readonly user?: { readonly username?: string } };
    };
    const [, namespace = '', name = ''] =
      /^system:serviceaccount:([^:]+):(.+)$/.exec(review.status?.user?.username ?? '') ?? [];
    if (reply.statusCode !== 201 || review.status?.authenticated !== true) throw permissionDenied();
    if (!isBound(role, 'bound_service_account_namespaces', namespace)) throw permissionDenied();
    if (!isBound(role, 'bound_service_account_names', name)) throw permissionDenied();
    return tokenOf(role);
  } finally {
    await dispatcher.destroy();
  }
}

/** Believes a token that one of the configured keys has signed. */
function logInByClaims(mount: AuthMount, body: Body): TokenRequest {
  const role = roleOf(mount, body);
  const [header = '', payload = '', signature = ''] = textIn(body, 'jwt').split('.');
  const signed = Buffer.from(`${header}.${payload}`);
  const isGenuine = listIn(mount.config, 'jwt_validation_pubkeys').some((pem) =>
    verify('sha256', signed, { key: pem, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')),
  );
  if (!isGenuine) throw new VaultFailure(400, 'error validating token: no known key successfully validated the token');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Body;
  const subject = textIn(role, 'bound_subject');
  if (subject !== '' && claims['sub'] !== subject)
    throw new VaultFailure(400, 'sub claim does not match bound subject');
  return tokenOf(role);
}

function isBound(role: Body, key: string, value: string): boolean {
  const bound = listIn(role, key);
  return bound.includes('*') || bound.includes(value);
}

function requireBound(body: Body, before: Body | undefined): void {
  for (const key of ['bound_service_account_names', 'bound_service_account_namespaces']) {
    if (listIn({ ...before, ...body }, key).length === 0) throw new VaultFailure(400, `"${key}" can not be empty`);
  }
}

function requireAuthority(body: Body): void {
  if (textIn(body, 'kubernetes_host') === '') throw new VaultFailure(400, 'no host provided');
  if (body['disable_local_ca_jwt'] !== true || textIn(body, 'kubernetes_ca_cert') !== '') return;
  throw new VaultFailure(400, 'kubernetes_ca_cert must be given when disable_local_ca_jwt is true');
}

function kubernetesConfig(config: Body): Body {
  return {
    disable_iss_validation: true,
    disable_local_ca_jwt: config['disable_local_ca_jwt'] ?? false,
    issuer: '',
    kubernetes_ca_cert: config['kubernetes_ca_cert'] ?? '',
    kubernetes_host: config['kubernetes_host'] ?? '',
    pem_keys: [],
    token_reviewer_jwt_set: textIn(config, 'token_reviewer_jwt') !== '',
  };
}

function kubernetesRole(role: Body): Body {
  return {
    alias_name_source: 'serviceaccount_uid',
    bound_service_account_names: listIn(role, 'bound_service_account_names'),
    bound_service_account_namespaces: listIn(role, 'bound_service_account_namespaces'),
    token_max_ttl: secondsIn(role, 'token_max_ttl'),
    token_policies: listIn(role, 'token_policies'),
    token_ttl: secondsIn(role, 'token_ttl'),
  };
}
