import { quoted } from '../../data/shell.ts';
import type { ClusterView, View } from '../../../../src/contract/views.ts';

type Catalog = View<'catalog'>;

export type Use = 'deployment' | 'pipeline' | 'host';

/** What happens to a category of components. */
export type Choice = 'install' | 'leaveOut' | 'adopt';

/** What the form holds. */
export interface ClusterDraft {
  readonly name: string;
  readonly isVirtual: boolean;
  readonly use: Use;
  readonly address: string;
  readonly domain: string;
  readonly host: string;
  readonly nodePort: string;
  /** By category, as in the catalogue. */
  readonly choices: Readonly<Record<string, Choice>>;
  /** `category.setting` to its value; those that are empty have the default. */
  readonly settings: Readonly<Record<string, string>>;
  readonly takeOver: boolean;
  readonly skipCheck: boolean;
}

export const EMPTY_DRAFT: ClusterDraft = {
  name: '',
  isVirtual: false,
  use: 'deployment',
  address: '',
  domain: '',
  host: '',
  nodePort: '',
  choices: {},
  settings: {},
  takeOver: false,
  skipCheck: false,
};

type Component = Catalog['components'][number];

/** Categories whose component a registration can say something about. */
const CHOSEN = [
  'multiTenant',
  'secretSync',
  'gateway',
  'deployment',
  'progressiveDelivery',
  'pipeline',
  'eventListener',
] as const;

/** The components that such a cluster gets by default. */
export function offeredComponents({ components, varieties }: Catalog, draft: ClusterDraft): readonly Component[] {
  const usage = draft.use === 'host' ? 'host' : 'worker';
  const workerType = draft.use === 'host' ? '' : draft.use;
  const clusterType = draft.isVirtual ? 'virtual' : 'physical';
  const variety = varieties.find(
    (each) => each.usage === usage && each.workerType === workerType && each.clusterType === clusterType,
  );
  const categories = new Set<string>(variety?.categories ?? []);
  return components.filter(
    ({ category, default: isDefault }) =>
      isDefault && categories.has(category) && CHOSEN.some((each) => each === category),
  );
}

/** The name of a category on the wire: `multi_tenant`. */
export function wireName(category: string): string {
  return category.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * The body of a save.
 * @param before what is registered, whose fields the form does not have stay
 */
export function bodyOf(draft: ClusterDraft, kubeconfig: string, before: ClusterView | undefined): object {
  const { isVirtual, use, address, domain, host, nodePort } = draft;
  return {
    ...(before === undefined ? {} : keptFields(before)),
    cluster_kind: 'kubernetes',
    cluster_type: isVirtual ? 'virtual' : 'physical',
    usage: use === 'host' ? 'host' : 'worker',
    ...(use !== 'host' && { worker_type: use }),
    api_server: address.trim(),
    primary_domain: domain.trim(),
    ...(isVirtual && { host_cluster: host, ...(nodePort !== '' && { vcluster: { httpsNodePort: nodePort } }) }),
    ...(kubeconfig !== '' && { kubeconfig }),
    components_list: componentsList(draft, before),
    without_components: categoriesWith(draft, 'leaveOut'),
    adopt_components: categoriesWith(draft, 'adopt'),
  };
}

/** Fields that no save takes. */
const SHOWN_ONLY = new Set(['name', 'paused']);

function keptFields(before: ClusterView): object {
  return Object.fromEntries(Object.entries(before).filter(([field]) => !SHOWN_ONLY.has(field)));
}

function categoriesWith({ choices }: ClusterDraft, wanted: Choice): readonly string[] {
  return Object.entries(choices).flatMap(([category, choice]) => (choice === wanted ? [wireName(category)] : []));
}

interface WireComponent {
  readonly name?: string;
  readonly namespace?: string;
  readonly additions?: Readonly<Record<string, string>>;
}

function componentsList({ settings, choices }: ClusterDraft, before: ClusterView | undefined): object {
  const list: Record<string, WireComponent> = {};
  for (const [category, component] of Object.entries(registeredComponents(before))) {
    if (component !== null) list[category] = component;
  }
  for (const [key, value] of Object.entries(settings)) {
    const [category = '', setting = ''] = key.split('.');
    const component = list[wireName(category)] ?? {};
    if (value !== '')
      list[wireName(category)] = { ...component, additions: { ...component.additions, [setting]: value } };
  }
  for (const [category, choice] of Object.entries(choices)) {
    if (choice === 'leaveOut') delete list[wireName(category)];
  }
  return list;
}

function registeredComponents(before: ClusterView | undefined): Readonly<Record<string, WireComponent | null>> {
  const list: unknown = before?.components_list;
  return typeof list === 'object' && list !== null ? (list as Readonly<Record<string, WireComponent | null>>) : {};
}

/** The form for what is registered. */
export function draftOf(cluster: ClusterView): ClusterDraft {
  const fields = cluster as Readonly<Record<string, unknown>>;
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  const list = (name: string): readonly string[] => (Array.isArray(fields[name]) ? (fields[name] as string[]) : []);
  const choices: Record<string, Choice> = {};
  for (const category of CHOSEN) {
    if (list('without_components').includes(wireName(category))) choices[category] = 'leaveOut';
    if (list('adopt_components').includes(wireName(category))) choices[category] = 'adopt';
  }
  const settings: Record<string, string> = {};
  for (const category of CHOSEN) {
    const additions = registeredComponents(cluster)[wireName(category)]?.additions ?? {};
    for (const [setting, value] of Object.entries(additions)) settings[`${category}.${setting}`] = value;
  }
  const vcluster = fields['vcluster'] as { readonly httpsNodePort?: string | number } | undefined;
  const usage = text('usage');
  return {
    ...EMPTY_DRAFT,
    name: cluster.name,
    isVirtual: text('cluster_type') === 'virtual',
    use: usage === 'host' ? 'host' : text('worker_type') === 'pipeline' ? 'pipeline' : 'deployment',
    address: text('api_server'),
    domain: text('primary_domain'),
    host: text('host_cluster'),
    nodePort: String(vcluster?.httpsNodePort ?? ''),
    choices,
    settings,
  };
}

/** The form with the value that a plan suggests for a field, e.g. `components_list.gateway.additions.httpNodePort`. */
export function withSuggestion(draft: ClusterDraft, field: string, value: string): ClusterDraft {
  const [, category = '', setting = ''] = /^components_list\.(\w+)\.additions\.(\w+)$/.exec(field) ?? [];
  const known = CHOSEN.find((each) => wireName(each) === category);
  if (known !== undefined) return { ...draft, settings: { ...draft.settings, [`${known}.${setting}`]: value } };
  if (field.startsWith('vcluster.')) return { ...draft, nodePort: value };
  if (field === 'api_server') return { ...draft, address: value };
  return field === 'primary_domain' ? { ...draft, domain: value } : draft;
}

/** The form with what happens to a component that is on the cluster already. @param category as on the wire */
export function withChoice(draft: ClusterDraft, category: string, choice: Choice): ClusterDraft {
  const known = CHOSEN.find((each) => wireName(each) === category);
  return known === undefined ? draft : { ...draft, choices: { ...draft.choices, [known]: choice } };
}

/** The same as a command; it holds no credential. */
export function commandOf(draft: ClusterDraft, context: string): string {
  const { name, isVirtual, use, address, domain, host, settings, choices, takeOver, skipCheck } = draft;
  const set = Object.entries(settings).filter(
    ([key, value]) => value !== '' && choices[key.split('.')[0] ?? ''] !== 'leaveOut',
  );
  const flags = [
    ...(isVirtual ? ['--type virtual', `--host-cluster ${quoted(host)}`] : []),
    ...(use === 'host' ? ['--usage host'] : use === 'pipeline' ? ['--worker-type pipeline'] : []),
    ...(!isVirtual && context !== '' ? [`--kubeconfig FILE --context ${quoted(context)}`] : []),
    ...(address === '' ? [] : [`--address ${quoted(address)}`]),
    ...(domain === '' ? [] : [`--primary-domain ${quoted(domain)}`]),
    ...listFlag('--without', categoriesWith(draft, 'leaveOut')),
    ...listFlag('--adopt', categoriesWith(draft, 'adopt')),
    ...set.map(([key, value]) => `--set ${quoted(`${key}=${value}`)}`),
    ...(takeOver ? ['--take-over'] : []),
    ...(skipCheck ? ['--insecure'] : []),
  ];
  return [`nautes cluster add ${quoted(name === '' ? 'NAME' : name)}`, ...flags].join(' \\\n  ');
}

function listFlag(flag: string, values: readonly string[]): readonly string[] {
  return values.length === 0 ? [] : [`${flag} ${values.join(',')}`];
}
