import type { TObject, TSchema } from 'typebox';

/** Who may call an operation. The use cases decide that; here it is said. */
export type Access = 'open' | 'webhook' | 'reader' | 'maintainer';

/** One operation of the API as data: what is served where, and what the API description says of it. */
export interface Operation {
  /** In the manner of the original: `<Service>_<Rpc>`. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Variables in braces: `/api/v1/clusters/{cluster_name}`. */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly description?: string;
  readonly query?: TObject;
  /** Request headers with a meaning of their own: name to description. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the JSON that a POST takes. */
  readonly body?: TSchema;
  /** Answers that are no errors, by status. */
  readonly replies: Readonly<Record<number, ReplyDescription>>;
  /** Statuses of the errors that are special to it, with when they come. */
  readonly errors?: Readonly<Record<number, string>>;
}

export interface ReplyDescription {
  readonly description: string;
  /** Schemas by media type; without any the answer has no body. */
  readonly content?: Readonly<Record<string, TSchema>>;
  /** Response headers: name to description. */
  readonly headers?: Readonly<Record<string, string>>;
}
