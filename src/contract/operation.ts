import type { TObject, TSchema } from 'typebox';

/** The permission that an operation requires. Use cases enforce it; here it is documented. */
export type Access = 'open' | 'webhook' | 'reader' | 'maintainer';

/** One operation of the API as data: its route and its part of the API description. */
export interface Operation {
  /** As in the original: `<Service>_<Rpc>`. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Variables in braces: `/api/v1/clusters/{cluster_name}`. */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly description?: string;
  readonly query?: TObject;
  /** Request headers specific to the operation: name to description. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The JSON body of a POST. */
  readonly body?: TSchema;
  /** Successful responses by status. */
  readonly replies: Readonly<Record<number, ReplyDescription>>;
  /** Statuses of the operation's own errors, with their conditions. */
  readonly errors?: Readonly<Record<number, string>>;
}

export interface ReplyDescription {
  readonly description: string;
  /** Schemas by media type; without any the response has no body. */
  readonly content?: Readonly<Record<string, TSchema>>;
  /** Response headers: name to description. */
  readonly headers?: Readonly<Record<string, string>>;
}
