import { action, type Action } from './action.ts';
import { bounded, MAX_DEPTH } from './bounds.ts';
import { verbatim } from './message.ts';
import type { Message, Param, Params } from './text.ts';

/**
 * A message that was stored or sent: `{ id, params }` of any version, or the words alone, as earlier versions have
 * them. Anything else is the message without words.
 */
export function messageFromJson(value: unknown): Message {
  if (typeof value === 'string') return verbatim(value);
  return messageIn(value, MAX_DEPTH) ?? verbatim('');
}

/** What to do, of the same forms; undefined where there is nothing to do. */
export function actionFromJson(value: unknown): Action | undefined {
  if (typeof value === 'string') return value === '' ? undefined : action('Advice', { text: value });
  return messageIn(value, MAX_DEPTH);
}

function messageIn(value: unknown, depth: number): Message | undefined {
  if (typeof value !== 'object' || value === null || depth === 0) return undefined;
  const { id, params } = value as { readonly id?: unknown; readonly params?: unknown };
  if (typeof id !== 'string' || id === '') return undefined;
  return { id, params: bounded(paramsIn(params, depth)) };
}

/** Params that are none of any kind are left out. */
function paramsIn(value: unknown, depth: number): Params {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => {
      const param = paramIn(each, depth);
      return param === undefined ? [] : [[name, param]];
    }),
  );
}

function paramIn(value: unknown, depth: number): Param | undefined {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (!Array.isArray(value)) return messageIn(value, depth - 1);
  if (value.every((entry) => typeof entry === 'string')) return value;
  return value.flatMap((entry) => messageIn(entry, depth - 1) ?? []);
}
