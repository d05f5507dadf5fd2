/** An answer that is an error, in the form that Vault gives it. */
export class VaultFailure extends Error {
  readonly status: number;
  readonly errors: readonly string[];

  constructor(status: number, ...errors: readonly string[]) {
    super(`${status} ${errors.join('; ')}`);
    this.status = status;
    this.errors = errors;
  }
}

export const permissionDenied = (): VaultFailure => new VaultFailure(403, 'permission denied');
export const notFound = (): VaultFailure => new VaultFailure(404);
export const noRoute = (path: string): VaultFailure =>
  new VaultFailure(404, `no handler for route "${path}". route entry not found.`);

/** What an endpoint answers: the status and the body without its envelope. */
export interface VaultAnswer {
  readonly status: number;
  readonly data?: unknown;
  readonly auth?: unknown;
}

export const nothing: VaultAnswer = { status: 204 };
export const withData = (data: unknown): VaultAnswer => ({ status: 200, data });

export type Body = Readonly<Record<string, unknown>>;

export const textIn = (body: Body, key: string): string => {
  const value = body[key];
  return typeof value === 'string' ? value : '';
};

/** A list, or the comma-separated text that stands for one. */
export const listIn = (body: Body, key: string): readonly string[] => {
  const value = body[key];
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' && value !== '' ? value.split(',') : [];
};

/** Seconds as a number or as a text such as `90`, `30s`, `10m` or `1h`. */
export const secondsIn = (body: Body, key: string): number => {
  const value = body[key];
  const match = /^(\d+)([smh]?)$/.exec(typeof value === 'number' ? String(value) : textIn(body, key));
  const unit = { '': 1, s: 1, m: 60, h: 3600 }[match?.[2] ?? ''] ?? 1;
  return Number(match?.[1] ?? 0) * unit;
};
