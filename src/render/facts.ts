import { NautesError } from '../base/errors.ts';
import type { Cluster, ComponentChoice } from '../model/cluster.ts';
import { readApiServer } from '../model/api-server.ts';

/** What a catalogue may refer to by `${name}`: flat names with text values. */
export type Facts = Readonly<Record<string, string>>;

/** Settings of the server that components need. */
export interface RenderSettings {
  readonly vault: { readonly address: string };
}

/** Facts about a cluster: `cluster.*`, `gateway.*` (its own gateway's additions), `vault.*`. */
export function clusterFacts(cluster: Cluster, settings: RenderSettings): Facts {
  const { name, spec } = cluster;
  const address = readApiServer(spec.apiServer);
  const facts: Record<string, string> = {
    'cluster.name': name,
    'cluster.apiServer': spec.apiServer,
    'cluster.host': typeof address === 'string' ? '' : address.host,
    'cluster.primaryDomain': spec.primaryDomain,
    'cluster.usage': spec.usage,
    'cluster.type': spec.clusterType,
    'cluster.workerType': spec.workerType ?? '',
    'vault.address': settings.vault.address,
    'vault.authPath': `auth/${name}`,
  };
  for (const [key, value] of Object.entries(spec.components.gateway?.additions ?? {})) facts[`gateway.${key}`] = value;
  return facts;
}

/** The cluster's facts with those of one of its components: `component.*` and `additions.*`. */
export function componentFacts(facts: Facts, choice: ComponentChoice): Facts {
  const own: Record<string, string> = { ...facts };
  own['component.name'] = choice.name;
  own['component.namespace'] = choice.namespace;
  for (const [key, value] of Object.entries(choice.additions)) own[`additions.${key}`] = value;
  return own;
}

const PLACEHOLDER = /\$\{([A-Za-z0-9_.-]+)(\|number)?\}/g;

/**
 * The value with every `${name}` in its strings replaced; keys stay. A string that is nothing but `${name|number}`
 * becomes a number.
 * @throws NautesError `FactUnknown` for a name that is not among the facts.
 */
export function fillIn(value: unknown, facts: Facts, component: string): unknown {
  if (typeof value === 'string') return fillText(value, facts, component);
  if (Array.isArray(value)) return value.map((item) => fillIn(item, facts, component));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fillIn(member, facts, component)]));
}

function fillText(text: string, facts: Facts, component: string): string | number {
  let wantsNumber = false;
  const filled = text.replace(PLACEHOLDER, (whole, name: string, asNumber: string | undefined) => {
    const fact = facts[name];
    if (fact === undefined) throw new NautesError('FactUnknown', { fact: `\${${name}}`, component });
    wantsNumber ||= asNumber !== undefined && whole === text;
    return fact;
  });
  return wantsNumber ? Number(filled) : filled;
}
