import { NautesError } from '../../errors/errors.ts';
import { verbatim } from '../../messages/message.ts';

export type Labels = Readonly<Record<string, string>>;

/** Prefix of the labels by which published clusters are selected; it may be left out. */
const PREFIX = 'cluster.nautes.io/';

/** A label selector of this many characters was hardly typed. */
const MAXIMUM_SELECTOR_LENGTH = 4096;

const KEY = String.raw`[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?`;
const SET = new RegExp(String.raw`^(${KEY})\s+(in|notin)\s+\(([^()]*)\)$`);
const EQUALITY = new RegExp(String.raw`^(${KEY})\s*(==|=|!=)\s*([-A-Za-z0-9_.]*)$`);
const EXISTENCE = new RegExp(String.raw`^(!?)\s*(${KEY})$`);

/**
 * Whether labels match a selector as kubectl has it: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`,
 * joined by commas.
 * @throws NautesError `SelectorInvalid`
 */
export function labelSelector(text: string): (labels: Labels) => boolean {
  const shown = text.length > MAXIMUM_SELECTOR_LENGTH ? `${text.slice(0, 40)}…` : undefined;
  if (shown !== undefined) throw new NautesError('SelectorInvalid', { term: verbatim(shown) });
  const tests = text.split(/,(?![^()]*\))/).map((term) => {
    const matches = requirement(term.trim());
    if (matches === undefined) throw new NautesError('SelectorInvalid', { term: verbatim(term.trim()) });
    return matches;
  });
  return (labels) => tests.every((matches) => matches(labels));
}

/** One term; `undefined` for what is none. A label that is not there is unlike every value, as for kubectl. */
function requirement(term: string): ((labels: Labels) => boolean) | undefined {
  const set = SET.exec(term);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return (labels) => values.includes(valueOf(labels, key) ?? '\0') === (operator === 'in');
  }
  const equality = EQUALITY.exec(term);
  if (equality !== null) {
    const [, key = '', operator, value] = equality;
    return (labels) => (valueOf(labels, key) === value) === (operator !== '!=');
  }
  const existence = EXISTENCE.exec(term);
  if (existence === null) return undefined;
  const [, not, key = ''] = existence;
  return (labels) => (valueOf(labels, key) === undefined) === (not === '!');
}

function valueOf(labels: Labels, key: string): string | undefined {
  return labels[key] ?? labels[`${PREFIX}${key}`];
}

/** The labels of a cluster, as its publications carry them. */
export function labelsOf(cluster: Readonly<Record<string, unknown>>): Labels {
  const entries = [
    ['name', cluster['name']],
    ['usage', cluster['usage']],
    ['type', cluster['cluster_type']],
    ['worker-type', cluster['worker_type']],
    ['host', cluster['host_cluster']],
  ] as const;
  const given = entries.flatMap(([key, value]) =>
    typeof value === 'string' && value !== '' ? [[`${PREFIX}${key}`, value] as const] : [],
  );
  return Object.fromEntries(given);
}

/** The terms of a field selector that are about the phase, and the others, which the server knows. */
export interface SplitSelector {
  readonly isPhase: ((phase: string) => boolean) | undefined;
  /** Absent where no term is left. */
  readonly others: string | undefined;
}

const PHASE = /^(?:status\.)?phase\s*(==|=|!=)\s*([A-Za-z]+)$/;

export function splitPhase(fieldSelector: string | undefined): SplitSelector {
  const terms = (fieldSelector ?? '').split(',').filter((term) => term.trim() !== '');
  const tests = terms.flatMap((term) => {
    const [, operator, wanted = ''] = PHASE.exec(term.trim()) ?? [];
    if (operator === undefined) return [];
    return [(phase: string) => (phase.toLowerCase() === wanted.toLowerCase()) === (operator !== '!=')];
  });
  const others = terms.filter((term) => !PHASE.test(term.trim())).join(',');
  return {
    isPhase: tests.length === 0 ? undefined : (phase) => tests.every((matches) => matches(phase)),
    others: others === '' ? undefined : others,
  };
}
