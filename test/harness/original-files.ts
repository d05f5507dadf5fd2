import { readShared } from '../../src/api/testing/samples.ts';
import { parseTextDocuments } from '../../src/base/yaml.ts';
import { snakeCase } from '../../src/resources/document-field.ts';

/** Versions of the original whose example files are kept, the last of each form. */
export const ORIGINAL_VERSIONS = ['0.3.0', '0.3.9', '0.4.2'] as const;

export type OriginalVersion = (typeof ORIGINAL_VERSIONS)[number];

/** What people put into the placeholders of an example file. */
export interface FileValues {
  readonly suffix: string;
  readonly apiServer: string;
  /** YAML; empty for virtual clusters. */
  readonly kubeconfig?: string;
  readonly hostCluster?: string;
  readonly port?: string;
}

/** An example file of a version with its placeholders filled in. */
export function originalFile(version: OriginalVersion, file: string, values: FileValues): string {
  const { suffix, apiServer, kubeconfig = '', hostCluster = '', port = '' } = values;
  return readShared(`reference/original-files/v${version}/${file}`)
    .replaceAll('$api-server-port', port)
    .replace(/^( *)\$kubeconfig$/m, (_, indentation: string) => kubeconfig.trimEnd().replace(/^/gm, indentation))
    .replaceAll(/("?)\$api-server\1/g, `"${apiServer}"`)
    .replaceAll('$cluster-ip', new URL(apiServer).hostname)
    .replaceAll('$host-cluster', hostCluster)
    .replaceAll('$product-name', 'demo')
    .replaceAll('$suffix', suffix);
}

type Members = Readonly<Record<string, unknown>>;

const TEXTS = ['name', 'apiServer', 'clusterKind', 'clusterType', 'usage', 'workerType', 'hostCluster'];
const COMPONENTS_OF_3 = ['multiTenant', 'certMgt', 'secretMgt', 'secretSync', 'ingressController'];
const COMPONENTS_OF_4 = ['multiTenant', 'secretSync', 'gateway'];
const OTHER_COMPONENTS = ['deployment', 'progressiveDelivery', 'pipeline', 'eventListener'];

/** The empty spec of a cluster in each version's types: the command line sends every field. */
function emptySpec(version: OriginalVersion): Members {
  const texts = [...TEXTS, 'primaryDomain', 'kubeconfig', ...(version === '0.4.2' ? [] : ['argocdHost', 'tektonHost'])];
  const components = [...(version === '0.4.2' ? COMPONENTS_OF_4 : COMPONENTS_OF_3), ...OTHER_COMPONENTS];
  return {
    ...Object.fromEntries(texts.map((name) => [name, ''])),
    vcluster: { httpsNodePort: '' },
    ...(version === '0.4.2' ? {} : { traefik: { httpNodePort: '', httpsNodePort: '' } }),
    ...(version === '0.3.0'
      ? {}
      : {
          componentsList: Object.fromEntries(components.map((name) => [name, null])),
          reservedNamespacesAllowedProducts: null,
          productAllowedClusterResources: null,
        }),
  };
}

/** The name and the body that the command line of the version sends for a file with one cluster. */
export function originalRequest(
  version: OriginalVersion,
  text: string,
): { readonly name: string; readonly body: Members } {
  const [document] = parseTextDocuments(text) as readonly { readonly spec: Members }[];
  const spec = merged(emptySpec(version), document?.spec ?? {});
  return { name: String(spec['name']), body: renamed(spec) };
}

function merged(empty: Members, given: Members): Members {
  const entries = Object.entries(empty).map(([key, value]): readonly [string, unknown] => {
    const found = given[key] ?? value;
    return [key, isMembers(value) && isMembers(found) ? { ...value, ...found } : found];
  });
  return Object.fromEntries(entries);
}

/** With the names of the wire; `additions` and what is named by namespaces and products keep their keys. */
function renamed(value: Members): Members {
  const entries = Object.entries(value).map(([key, member]): readonly [string, unknown] => {
    const isOwnMap = key === 'additions' || key.endsWith('Products') || key.endsWith('Resources');
    return [snakeCase(key), isMembers(member) && !isOwnMap ? renamed(member) : member];
  });
  return Object.fromEntries(entries);
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
