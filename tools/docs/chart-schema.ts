import { ConfigurationSchema } from '../../src/server/configuration/configuration.ts';
import { isRecord } from '../../src/kube-objects/kube-object.ts';
import conditions from './chart-conditions.json' with { type: 'json' };
import type { ChartValue } from './chart-values.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Keys of the server's configuration that the chart sets; as values they are refused. */
const SET_BY_THE_CHART: readonly string[] = [
  'dataDirectory',
  'listen',
  'role',
  'metrics',
  'replicas',
  'management.inCluster',
  'management.namespace',
  'management.serviceAccountDirectory',
];

const SWITCH: Schema = { enum: ['auto', 'true', 'false', true, false] };
const QUANTITY = '^[0-9]+(\\.[0-9]+)?([EPTGMk]i?|m)?$';

/** What the type of a default does not say, by the path of the value. */
const RESTRICTIONS: Readonly<Record<string, Schema>> = {
  roles: { enum: ['all', 'split'] },
  replicas: { maximum: 100 },
  'api.replicas': { maximum: 100 },
  'controllers.replicas': { maximum: 100 },
  'image.repository': { minLength: 1 },
  'image.digest': { pattern: '^(sha256:[0-9a-f]{64})?$' },
  'image.pullPolicy': { enum: ['Always', 'IfNotPresent', 'Never'] },
  'persistence.size': { pattern: QUANTITY },
  cacheSizeLimit: { pattern: QUANTITY },
  'persistence.accessModes': { items: { enum: ['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany'] } },
  'service.type': { enum: ['ClusterIP', 'NodePort', 'LoadBalancer'] },
  'service.port': { minimum: 1, maximum: 65_535 },
  'ingress.hosts': {
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['host'],
      properties: { host: { type: 'string', minLength: 1 }, path: { type: 'string', pattern: '^/' } },
    },
  },
  'podDisruptionBudget.maxUnavailable': { type: ['integer', 'string'] },
  'monitoring.serviceMonitor.enabled': { type: undefined, ...SWITCH },
  'monitoring.dashboards.language': { enum: ['en', 'zh-CN'] },
  'monitoring.rules.enabled': { type: undefined, ...SWITCH },
};

/** The schema of the chart's values, `values.schema.json`: of the defaults, and of the server's configuration. */
export function chartSchema(values: readonly ChartValue[]): string {
  const { properties } = objectOf(values, []);
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Values of the chart nautes',
    type: 'object',
    additionalProperties: false,
    properties: {
      global: { type: 'object', description: 'What Helm gives to every chart of a release; not used.' },
      ...properties,
    },
    allOf: conditions,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function objectOf(values: readonly ChartValue[], above: readonly string[]) {
  const below = values.filter(
    ({ path }) => path.length === above.length + 1 && above.every((name, index) => path[index] === name),
  );
  const properties = Object.fromEntries(below.map((value) => [value.path.at(-1), schemaOf(values, value)]));
  return { type: 'object', additionalProperties: false, properties };
}

function schemaOf(values: readonly ChartValue[], value: ChartValue): Schema {
  const { path, description } = value;
  const own = description === '' ? {} : { description };
  if (path.join('.') === 'config') return { ...own, ...configurationSchema(ConfigurationSchema, []) };
  const type = value.isGroup ? objectOf(values, path) : typeOf(value.fallback);
  return { ...own, ...type, ...RESTRICTIONS[path.join('.')] };
}

function typeOf(fallback: unknown): Schema {
  if (typeof fallback === 'boolean') return { type: 'boolean' };
  if (typeof fallback === 'number') return { type: 'integer', minimum: 0 };
  if (typeof fallback === 'string') return { type: 'string', maxLength: 4096 };
  return { type: Array.isArray(fallback) ? 'array' : 'object' };
}

/** Without what is required and defaults, which Helm does not apply, and without the keys that the chart sets. */
function configurationSchema(schema: unknown, path: readonly string[]): Schema {
  if (!isRecord(schema)) throw new Error(`no schema of ${path.join('.')}`);
  const { required: _required, default: _default, properties, ...rest } = schema;
  if (!isRecord(properties)) return rest;
  const kept = Object.entries(properties).filter(([name]) => !SET_BY_THE_CHART.includes([...path, name].join('.')));
  const described = kept.map(([name, property]) => [name, configurationSchema(property, [...path, name])] as const);
  return { ...rest, properties: Object.fromEntries(described) };
}
