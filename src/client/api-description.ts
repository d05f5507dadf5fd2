import { paths } from '../contract/paths.ts';
import { ApiRefusal } from './api-refusal.ts';
import type { Calls } from './calls.ts';
import { CLUSTER_REPLY_LIMITS } from './reply-limits.ts';

/** What a server says that it serves: its OpenAPI description, asked for once, without a token. */
export class ApiDescription {
  readonly #calls: Calls;
  #known: unknown;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  async paths(signal: AbortSignal): Promise<ReadonlySet<string>> {
    return new Set(Object.keys(memberOf(await this.#read(signal), 'paths') ?? {}));
  }

  /** Names of the parameters of an operation; none when the server has no such operation, or no description. */
  async parametersOf(method: string, path: string, signal: AbortSignal): Promise<readonly unknown[]> {
    const description = await this.#read(signal).catch(undefinedWhenRefused);
    const parameters = memberOf(memberOf(memberOf(memberOf(description, 'paths'), path), method), 'parameters');
    return Array.isArray(parameters) ? parameters.map((one: unknown) => isNamed(one) && one.name) : [];
  }

  async #read(signal: AbortSignal): Promise<unknown> {
    this.#known ??= this.#calls.read(await this.#calls.sendWithoutToken(paths.openApi, CLUSTER_REPLY_LIMITS, signal));
    return this.#known;
  }
}

/** A server without a description of its API. */
function undefinedWhenRefused(error: unknown): undefined {
  if (error instanceof ApiRefusal) return undefined;
  throw error;
}

function memberOf(value: unknown, name: string): object | undefined {
  const member: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof member === 'object' && member !== null ? member : undefined;
}

function isNamed(value: unknown): value is { readonly name: unknown } {
  return typeof value === 'object' && value !== null && 'name' in value;
}
