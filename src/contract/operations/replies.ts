import { defined } from '../../base/defined.ts';
import type { TSchema } from 'typebox';
import type { ReplyDescription } from '../operation.ts';

/** A reply with a JSON body. */
export const json = (
  description: string,
  schema: TSchema,
  headers?: Readonly<Record<string, string>>,
): ReplyDescription => ({
  description,
  content: { 'application/json': schema },
  ...defined({ headers }),
});

/** What replies of several operations say. */
export const IF_NONE_MATCH = { 'If-None-Match': 'Entity tags of content that the caller has.' };
export const INVALID = 'The body or the query cannot be decoded (`CODEC`).';
export const TOO_MANY = 'Too many unknown tokens or wrong secrets have come from this address.';
export const UNKNOWN_CLUSTER = 'There is no such cluster.';
