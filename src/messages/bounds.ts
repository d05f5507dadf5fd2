import type { Message, Param, Params } from './text.ts';

/** Longest text that fills a placeholder; what is longer is cut. */
export const MAX_TEXT = 2_000;
/** Most entries of a list; the rest is left out. */
export const MAX_ENTRIES = 100;

/** How deep messages are read that stand in each other. */
export const MAX_DEPTH = 8;

/** The params, cut to their limits. */
export function bounded(params: Params): Params {
  return Object.fromEntries(Object.entries(params).map(([name, param]) => [name, boundedParam(param)]));
}

function boundedParam(param: Param): Param {
  if (typeof param === 'number' || isMessage(param)) return param;
  if (typeof param === 'string') return cut(param);
  if (param.length > MAX_ENTRIES) return boundedParam(param.slice(0, MAX_ENTRIES));
  return param.some((entry) => typeof entry === 'string') ? (param as readonly string[]).map(cut) : param;
}

function isMessage(param: Param): param is Message {
  return typeof param === 'object' && 'id' in param;
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…`.toWellFormed() : text;
}
