import { startVault, type VaultServerOptions } from '../../../tools/vault/server.ts';
import { VaultDouble, type VaultDoubleOptions } from './vault-double.ts';

/** A Vault, real or not, with somebody who may do everything: what the contract suites know of it. */
export interface AdministeredVault extends AsyncDisposable {
  readonly address: string;
  /** PEM; empty for plain HTTP. */
  readonly caCertificate: string;
  readonly rootToken: string;
  /** A request as root; the member `data` of the answer. @throws Error for a status of 400 and above other than 404 */
  admin(method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>>;
  setSealed(sealed: boolean): Promise<void>;
  /** Ends every token that a login at this auth method has given. */
  revokeLogins(mount: string): Promise<void>;
}

export async function administeredDouble(
  options: VaultDoubleOptions = {},
): Promise<AdministeredVault & { readonly double: VaultDouble }> {
  const double = await VaultDouble.start(options);
  return {
    double,
    address: double.address,
    caCertificate: double.caCertificate,
    rootToken: double.rootToken,
    admin: async (method, path, body) => {
      const { status, data, auth } = await double.request(method, path, body);
      return dataOf(`${method} ${path}`, status, { data, auth });
    },
    setSealed: async (sealed) => {
      double.faults.sealed = sealed;
    },
    revokeLogins: () => Promise.resolve(double.state.tokens.revokeLeased()),
    [Symbol.asyncDispose]: () => double[Symbol.asyncDispose](),
  };
}

export async function administeredReal(options: VaultServerOptions = {}): Promise<AdministeredVault> {
  const server = await startVault(options);
  return {
    address: server.address,
    caCertificate: server.caCertificate,
    rootToken: server.rootToken,
    admin: async (method, path, body) => {
      const reply = await server.request(method, path, body);
      return dataOf(`${method} ${path}`, reply.status, reply.body);
    },
    setSealed: (sealed) => server.setSealed(sealed),
    revokeLogins: async (mount) => {
      const reply = await server.request('POST', `sys/leases/revoke-prefix/auth/${mount}/login`, {});
      dataOf('revoke', reply.status, reply.body);
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

function dataOf(what: string, status: number, body: unknown): Readonly<Record<string, unknown>> {
  if (status >= 400 && status !== 404) throw new Error(`${what}: ${status} ${JSON.stringify(body)}`);
  const { data, auth } = (body ?? {}) as { readonly data?: unknown; readonly auth?: unknown };
  return (data ?? auth ?? {}) as Readonly<Record<string, unknown>>;
}
