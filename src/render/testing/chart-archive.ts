import { gzipSync } from 'node:zlib';

const BLOCK = 512;

/** A chart archive (`.tgz`) of files below the chart's folder; equal files give equal bytes. */
export function chartArchive(chart: string, files: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(files).map(([name, content]) => tarEntry(`${chart}/${name}`, Buffer.from(content)));
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(2 * BLOCK)]));
}

/** A regular file in the form of POSIX ustar (IEEE Std 1003.1, pax). Names up to 100 bytes. */
function tarEntry(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148); // the checksum counts as blanks while it is computed
  header.write('0', 156);
  header.write('ustar', 257);
  header.write('00', 263);
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return Buffer.concat([header, content, padding]);
}

/** A small chart with the usual features: values, capabilities, a CRD, hooks of all kinds. */
export const gatewayChart: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: gateway\nversion: 1.2.3\nkubeVersion: ">=1.30.0-0"\n',
  'values.yaml': 'type: LoadBalancer\nports: { web: 80 }\n',
  'crds/routes.yaml': [
    'apiVersion: apiextensions.k8s.io/v1',
    'kind: CustomResourceDefinition',
    'metadata: { name: routes.gateway.example }',
    'spec:',
    '  group: gateway.example',
    '  scope: Namespaced',
    '  names: { kind: Route, listKind: RouteList, plural: routes, singular: route }',
    '  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]',
    '',
  ].join('\n'),
  'templates/service.yaml': [
    'apiVersion: v1',
    'kind: Service',
    'metadata:',
    '  name: {{ .Release.Name }}',
    '  annotations:',
    '    namespace-of-release: {{ .Release.Namespace }}',
    '    version-of-cluster: {{ .Capabilities.KubeVersion.Version }}',
    '    has-monitoring: "{{ .Capabilities.APIVersions.Has "monitoring.example/v1" }}"',
    'spec:',
    '  type: {{ .Values.type }}',
    '  ports: [{ name: web, port: {{ .Values.ports.web }} }]',
    '',
  ].join('\n'),
  'templates/account.yaml':
    'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: gateway, namespace: {{ .Release.Namespace }} }\n',
  'templates/hooks.yaml': ['test', 'pre-delete', 'post-rollback', 'pre-install,pre-delete', 'pre-install']
    .map((hook, index) => hookObject(`hook-${index}`, hook))
    .join('---\n'),
  'templates/tests/test-connection.yaml': hookObject('test-connection', 'test'),
};

function hookObject(name: string, hook: string): string {
  return [
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata:',
    `  name: ${name}`,
    `  annotations: { helm.sh/hook: "${hook}" }`,
    '',
  ].join('\n');
}
