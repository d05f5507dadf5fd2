import type { ResourceKind } from '../../resources/kind.ts';
import { valueAt, withValue } from '../decode/older-spellings.ts';

/**
 * Whether the reply has the fields of older versions too: command lines of the original send no `Accept`, and 0.3 shows
 * only its own fields. Who asks for `application/json` by name gets the present fields alone, which can be changed and
 * sent back without saying the same twice.
 */
export function wantsOlderFields(accept: string | undefined): boolean {
  return accept === undefined || !/\bjson\b/i.test(accept);
}

/** The reply with each value also in its older spellings, as far as it has one. */
export function withOlderFields<R extends object>({ olderSpellings }: ResourceKind, reply: R): R {
  let full: R = reply;
  for (const { from, to } of olderSpellings?.rules ?? []) {
    const value = to === undefined ? undefined : valueAt(reply, to.split('.'));
    if (value !== undefined && value !== null) full = withValue(full, from.split('.'), value) as R;
  }
  return full;
}
