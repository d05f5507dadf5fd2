import type { Violation } from '../../errors/violation.ts';
import { action } from '../../messages/action.ts';
import { message } from '../../messages/message.ts';
import { field as documentField, map, object, optionalField, text, wholeObject } from '../document-field.ts';
import { FieldProblem, type FieldType, type JsonSchema } from '../field.ts';
import { asMembers, asOptionalMembers, asText, compact, record } from '../fields/values.ts';
import {
  componentCategories,
  type ComponentCategory,
  type ComponentChoice,
  type ComponentDraft,
  type ComponentDrafts,
  type ComponentsList,
  NO_COMPONENT,
  unchosenCategories,
  type WireCategory,
  wireCategories,
} from './components.ts';
import { isNamespaceName } from './names.ts';
import { portSchema } from './node-port-field.ts';

type ShownComponents = Readonly<Record<WireCategory, ComponentChoice | null>>;

const string = (description: string): JsonSchema => ({ type: 'string', description });

/** A component in a save. */
export const componentSchema: JsonSchema = {
  $id: 'Component',
  type: 'object',
  properties: {
    name: string('Name in the catalogue; empty for the default of its category, `none` for no component.'),
    namespace: string('Namespace; empty for the default of the component.'),
    additions: {
      type: 'object',
      description: 'Settings of the component, e.g. `host` of argocd or `httpNodePort` of traefik.',
      properties: {
        httpNodePort: { ...portSchema, description: 'Node port for HTTP of a gateway.' },
        httpsNodePort: { ...portSchema, description: 'Node port for HTTPS of a gateway.' },
      },
      additionalProperties: { type: 'string' },
    },
  },
};

const component = (description: string): JsonSchema => ({ ...componentSchema, description });
const olderComponent = (description: string): JsonSchema => ({ ...component(description), deprecated: true });

/** Keys of documents of version 0.3 that clients still send; the server translates them. */
const OLDER_CATEGORIES = ['ingressController', 'certMgt', 'secretMgt'];

const saveSchema: JsonSchema = {
  $id: 'ComponentsList',
  type: 'object',
  properties: {
    multi_tenant: component('Default: hnc.'),
    secret_sync: component('Default: external-secrets.'),
    gateway: component('Default: traefik.'),
    deployment: component('Default: argocd.'),
    progressive_delivery: component('Default: argo-rollouts.'),
    pipeline: component('Default: tekton.'),
    event_listener: component('Default: argo-events.'),
    ingress_controller: olderComponent('Name of `gateway` in 0.3.'),
    cert_mgt: olderComponent('Of 0.3; accepted and not used.'),
    secret_mgt: olderComponent('Of 0.3; accepted and not used.'),
  } satisfies Record<WireCategory | 'ingress_controller' | 'cert_mgt' | 'secret_mgt', JsonSchema>,
};

const replyComponent: JsonSchema = {
  $id: 'ClusterComponent',
  type: 'object',
  required: ['name', 'namespace', 'additions'],
  properties: {
    name: string('Name in the catalogue.'),
    namespace: string('Namespace on the cluster.'),
    additions: {
      type: 'object',
      description: 'Settings, defaults filled in.',
      additionalProperties: { type: 'string' },
    },
  },
};

const replySchema: JsonSchema = {
  type: 'object',
  required: Object.keys(wireCategories),
  properties: {
    ...record(
      Object.keys(wireCategories).map((name) => [name, { anyOf: [replyComponent, { type: 'null' }] }] as const),
    ),
    ingress_controller: { ...replyComponent, description: 'Name of `gateway` in 0.3.', deprecated: true },
  },
};

const documentComponent = object(
  documentField('name', text),
  documentField('namespace', text),
  documentField('additions', map(text)),
);

/** The components of a cluster by category. */
export const componentsField: FieldType<ComponentsList, ComponentDrafts, ShownComponents> = {
  save: saveSchema,
  reply: replySchema,
  document: wholeObject(
    ...Object.values(wireCategories).map((category) => documentField(category, documentComponent)),
    ...OLDER_CATEGORIES.map((category) => optionalField(category, documentComponent)),
  ),
  wanted: message('wanted.object'),
  draft: draftComponents,
  complete: () => {
    throw new Error('the catalogue completes the components of a cluster');
  },
  decode: decodeComponents,
  encode: (components) => record(Object.entries(components).map(([category, one]) => [category, compact({ ...one })])),
  show: (components = {}) => {
    const shown = Object.entries(wireCategories).map(
      ([name, category]) => [name, components[category] ?? null] as const,
    );
    return record(shown) as ShownComponents; // it has every name of the wire
  },
};

/** Settings of one component; with more a save is refused. Each unknown one is a finding of its own. */
const MAXIMUM_ADDITIONS = 100;

function draftComponents(given: unknown, field: string): ReturnType<FieldType<ComponentDrafts>['draft']> {
  const violations: Violation[] = [];
  const list = (given ?? {}) as Readonly<Partial<Record<string, Partial<ComponentDraft>>>>;
  const drafts: { -readonly [K in keyof ComponentDrafts]: ComponentDrafts[K] } = {};
  const categories = Object.entries({ ...wireCategories, ...unchosenCategories });
  for (const [wire, category] of categories) {
    const { name = '', namespace = '', additions = {} } = list[wire] ?? {};
    const isGiven = name !== '' || namespace !== '' || Object.keys(additions).length > 0;
    const { length: count } = Object.keys(additions);
    if (count > MAXIMUM_ADDITIONS) violations.push(tooManyAdditions(`${field}.${wire}.additions`, count));
    if (isGiven) drafts[category] = { name, namespace, additions: count > MAXIMUM_ADDITIONS ? {} : additions };
  }
  return { draft: drafts, violations };
}

function tooManyAdditions(field: string, count: number): Violation {
  const said = message('ClusterInvalid.tooMany', { count, maximum: MAXIMUM_ADDITIONS });
  return { field, said, action: action('LeaveOutUnneeded') };
}

/** Unknown categories are ignored. */
function decodeComponents(written: unknown, place: string): ComponentsList {
  const list = asOptionalMembers(written, place);
  const components: Partial<Record<ComponentCategory, ComponentChoice>> = {};
  for (const category of componentCategories) {
    if (list[category] === undefined || list[category] === null) continue;
    components[category] = decodeComponent(list[category], `${place}.${category}`);
  }
  return components;
}

function decodeComponent(value: unknown, place: string): ComponentChoice {
  const members = asMembers(value, place);
  const name = asText(members['name'], `${place}.name`);
  if (name === NO_COMPONENT) return { name, namespace: '', additions: {} };
  const namespace = asText(members['namespace'], `${place}.namespace`);
  if (!isNamespaceName(name)) throw new FieldProblem(message('file.notComponentName', { place: `${place}.name` }));
  if (!isNamespaceName(namespace))
    throw new FieldProblem(message('file.notNamespace', { place: `${place}.namespace` }));
  const additions = Object.entries(asOptionalMembers(members['additions'], `${place}.additions`));
  if (additions.length > MAXIMUM_ADDITIONS) {
    const limits = { count: additions.length, maximum: MAXIMUM_ADDITIONS };
    throw new FieldProblem(message('file.tooMany', { place: `${place}.additions`, ...limits }));
  }
  return {
    name,
    namespace,
    additions: record(additions.map(([key, item]) => [key, asText(item, `${place}.additions`)])),
  };
}
