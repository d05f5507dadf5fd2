import { verbatim } from '../../messages/message.ts';
import { NautesError } from '../../errors/errors.ts';
import { clusterKind } from '../../resources/cluster/cluster-kind.ts';
import { documentMembers } from '../../resources/kind-documents.ts';
import type { SpecDocument } from '../documents/document.ts';
import { fieldOptions } from '../documents/field-options.ts';
import { clusterDocuments } from '../documents/kinds.ts';
import { convertSpec } from '../documents/spec.ts';
import type { Invocation } from '../invocation/invocation.ts';

/** What flags say of a cluster, besides those that its fields have. */
export interface DocumentFlags {
  readonly usage: string;
  readonly workerType?: string;
  readonly set?: readonly string[];
}

/** Names on the wire of the fields that stand on the command line, and not only for their default. */
export function givenFields({ texts }: Invocation, isGiven: (attribute: string) => boolean): ReadonlySet<string> {
  const fields = fieldOptions(clusterKind, texts.language)
    .filter(({ option }) => isGiven(option.attributeName()))
    .map(({ field }) => clusterDocuments.fields.find(({ yaml }) => yaml === field)?.json ?? field);
  return new Set(fields);
}

/** The same fields that a file has. */
export function addDocument({ texts }: Invocation, name: string, flags: DocumentFlags): SpecDocument {
  const given: Readonly<Record<string, unknown>> = { ...flags };
  const values = fieldOptions(clusterKind, texts.language).map(
    ({ field, option }) => [field, given[option.attributeName()]] as const,
  );
  const { usage, workerType, set = [] } = flags;
  const spec = {
    name,
    ...documentMembers(clusterKind, {
      ...Object.fromEntries(values),
      clusterKind: 'kubernetes',
      workerType: workerType ?? (usage === 'worker' ? 'deployment' : ''),
      components: componentsOf(set),
    }),
  };
  const { body } = convertSpec(spec, clusterDocuments.fields);
  return { kind: clusterDocuments, name, product: '', body, place: verbatim(name), unknown: [] };
}

const SETTING = /^([A-Za-z]+)(?:\.([A-Za-z][A-Za-z0-9_-]*))?=(.*)$/s;

interface SetComponent {
  name?: string;
  additions: Record<string, string>;
}

/** `gateway.httpNodePort=30080` for each setting of a component, `gateway=traefik` for the component itself. */
function componentsOf(settings: readonly string[]): Record<string, SetComponent> {
  const components: Record<string, SetComponent> = {};
  for (const setting of settings) {
    const [, component = '', key, value = ''] = SETTING.exec(setting) ?? [];
    const known = clusterDocuments.fields.find(({ yaml }) => yaml === 'componentsList');
    const fields = known?.type.kind === 'object' ? known.type.fields : [];
    if (!fields.some(({ yaml, optional }) => yaml === component && optional !== true)) {
      throw new NautesError('SettingInvalid', {
        setting,
        known: fields
          .filter((one) => one.optional !== true)
          .map(({ yaml }) => yaml)
          .join(', '),
      });
    }
    const set = (components[component] ??= { additions: {} });
    if (key === undefined) set.name = value;
    else set.additions[key] = value;
  }
  return components;
}
