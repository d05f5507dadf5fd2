import { Type } from 'typebox';
import type { ComponentCategory } from '../../resources/cluster/components.ts';

/**
 * The save body as OpenAPI shows it and as the decoder reads it. Property names are the wire's (snake case); the
 * decoder takes each also in camel case, as versions up to 0.3.0 did. Properties marked deprecated are spellings of
 * older versions that `spelling.ts` translates.
 */

/** The categories that can be asked for, by their names on the wire. */
export const wireCategories = {
  multi_tenant: 'multiTenant',
  secret_sync: 'secretSync',
  gateway: 'gateway',
  deployment: 'deployment',
  progressive_delivery: 'progressiveDelivery',
  pipeline: 'pipeline',
  event_listener: 'eventListener',
} as const satisfies Record<string, ComponentCategory>;

/** A port; the original wants strings, older clients send numbers. */
const Port = (description: string) => Type.Union([Type.String(), Type.Integer()], { description });

const text = (description: string) => Type.Optional(Type.String({ description }));

const Additions = Type.Unsafe<Record<string, string>>({
  type: 'object',
  description: 'Settings of the component, e.g. `host` of argocd or `httpNodePort` of traefik.',
  properties: {
    httpNodePort: Port('Node port for HTTP of a gateway.'),
    httpsNodePort: Port('Node port for HTTPS of a gateway.'),
  },
  additionalProperties: { type: 'string' },
});

export const Component = Type.Object(
  {
    name: text('Name in the catalogue; empty for the default of its category.'),
    namespace: text('Namespace; empty for the default of the component.'),
    additions: Type.Optional(Additions),
  },
  { $id: 'Component' },
);

const component = (description: string) =>
  Type.Optional(Type.Object(Component.properties, { $id: 'Component', description }));
const legacyComponent = (description: string) =>
  Type.Optional(Type.Object(Component.properties, { $id: 'Component', description, deprecated: true }));

export const ComponentsList = Type.Object(
  {
    multi_tenant: component('Default: hnc.'),
    secret_sync: component('Default: external-secrets.'),
    gateway: component('Default: traefik.'),
    deployment: component('Default: argocd.'),
    progressive_delivery: component('Default: argo-rollouts.'),
    pipeline: component('Default: tekton.'),
    event_listener: component('Default: argo-events.'),
    ingress_controller: legacyComponent('Name of `gateway` in 0.3.'),
    cert_mgt: legacyComponent('Of 0.3; accepted and not used.'),
    secret_mgt: legacyComponent('Of 0.3; accepted and not used.'),
  },
  { $id: 'ComponentsList' },
);

const Vcluster = Type.Object({ https_node_port: Type.Optional(Port('Node port of its API server on the host.')) });

const Traefik = Type.Object(
  {
    http_node_port: Type.Optional(Port('See `components_list.gateway.additions.httpNodePort`.')),
    https_node_port: Type.Optional(Port('See `components_list.gateway.additions.httpsNodePort`.')),
  },
  { deprecated: true, description: 'Of 0.2 and 0.3.' },
);

const listsByName = (description: string, items: object) =>
  Type.Unsafe<Record<string, unknown[]>>({
    type: 'object',
    description,
    additionalProperties: { type: 'array', items },
  });

const clusterResource = {
  type: 'object',
  properties: { kind: { type: 'string' }, group: { type: 'string' } },
  required: ['kind', 'group'],
};

/** Rules that the decoder checks are in the schema (`minLength`, `enum`), in the order in which they are reported. */
export const SaveClusterBody = Type.Object(
  {
    api_server: Type.String({ minLength: 1, description: '`https://host[:port]` of the Kubernetes API server.' }),
    cluster_kind: Type.String({ minLength: 1, description: '`kubernetes`.' }),
    cluster_type: Type.Unsafe<string>({ type: 'string', enum: ['physical', 'virtual'] }),
    usage: Type.Unsafe<string>({ type: 'string', enum: ['host', 'worker'] }),
    host_cluster: text('Name of the host; virtual clusters only.'),
    vcluster: Type.Optional(Vcluster),
    kubeconfig: text('YAML or base64 of it; physical clusters. Left out: the stored credential stays.'),
    worker_type: text('`deployment` (default) or `pipeline`; workers only.'),
    primary_domain: text('Default: derived from `api_server`.'),
    reserved_namespaces_allowed_products: Type.Optional(
      listsByName('Namespace of a component to the products that may use it.', { type: 'string' }),
    ),
    product_allowed_cluster_resources: Type.Optional(
      listsByName('Product to the cluster-scoped kinds it may create.', clusterResource),
    ),
    components_list: Type.Optional(Type.Object(ComponentsList.properties, { $id: 'ComponentsList' })),
    argocd_host: Type.Optional(
      Type.String({ deprecated: true, description: 'See `components_list.deployment.additions.host`.' }),
    ),
    tekton_host: Type.Optional(
      Type.String({ deprecated: true, description: 'See `components_list.pipeline.additions.host`.' }),
    ),
    traefik: Type.Optional(Traefik),
  },
  { $id: 'SaveClusterBody' },
);

/** What the decoder yields: anything may be missing, nothing is validated. */
export interface SaveClusterFields {
  readonly api_server?: string;
  readonly cluster_kind?: string;
  readonly cluster_type?: string;
  readonly usage?: string;
  readonly host_cluster?: string;
  readonly vcluster?: { readonly https_node_port?: string };
  readonly kubeconfig?: string;
  readonly worker_type?: string;
  readonly primary_domain?: string;
  readonly reserved_namespaces_allowed_products?: Readonly<Record<string, readonly unknown[]>>;
  readonly product_allowed_cluster_resources?: Readonly<Record<string, readonly unknown[]>>;
  readonly components_list?: Readonly<Partial<Record<keyof typeof ComponentsList.properties, ComponentFields>>>;
  readonly argocd_host?: string;
  readonly tekton_host?: string;
  readonly traefik?: { readonly http_node_port?: string; readonly https_node_port?: string };
}

export interface ComponentFields {
  readonly name?: string;
  readonly namespace?: string;
  readonly additions?: Readonly<Record<string, string>>;
}
