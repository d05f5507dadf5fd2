import type { Cluster } from '../../resources/cluster/cluster.ts';
import { codecError } from '../decode/codec-error.ts';

type Predicate = (cluster: Cluster) => boolean;

const FIELDS: Readonly<Record<string, (cluster: Cluster, value: string) => boolean>> = {
  cluster_name: (cluster, value) => cluster.name.includes(value),
  cluster_type: (cluster, value) => cluster.spec.clusterType === value,
  usage: (cluster, value) => cluster.spec.usage === value,
  worker_type: (cluster, value) => (cluster.spec.workerType ?? '') === value,
};

/** Field, then the first run of characters that are in no name, then the value. Not two runs of blanks in a row: slow. */
const TERM = /^([.\w]*)\s*([^.\w\s]+)([^]*)$/;

/**
 * Compiles `field=value,field=value`: a cluster has to match all. Names match as substrings, the others as a whole.
 * @throws Codec for another field or operator, with the original's message
 */
export function compileFieldSelector(selector: string): Predicate {
  if (selector === '') return () => true;
  const predicates = selector.split(',').map(compileTerm);
  return (cluster) => predicates.every((matches) => matches(cluster));
}

function compileTerm(term: string): Predicate {
  const [, field = term, operator = '', value = ''] = TERM.exec(term.trimStart()) ?? [];
  const matches = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
  if (matches === undefined || operator !== '=') {
    throw codecError(`failed to get selector, the filter field ${field} operator symbol ${operator} is not supported`, {
      remedy: `Use "=" with one of ${Object.keys(FIELDS).join(', ')}.`,
    });
  }
  const wanted = value.trim();
  return (cluster) => matches(cluster, wanted);
}
