import { message } from '../../messages/message.ts';
import { Secret } from '../../base/secret.ts';
import { object, field as documentField, text as documentText } from '../document-field.ts';
import { FieldProblem, type FieldType } from '../field.ts';
import { field, optionalField, requestField, shownField } from '../fields/build.ts';
import { type ItemType, listsByName } from '../fields/lists-field.ts';
import { choice, text } from '../fields/text-field.ts';
import { asMembers, asText } from '../fields/values.ts';
import { categoryListField } from './category-list-field.ts';
import { componentsField } from './components-field.ts';
import { clusterNameProblem } from './names.ts';
import { pauseField } from './pause-field.ts';
import { nodePortField } from './node-port-field.ts';

/** A cluster-scoped kind of Kubernetes. */
export interface ClusterResource {
  readonly kind: string;
  readonly group: string;
}

/** `https://host[:port][/path]`; slashes at the end are removed. */
function decodeAddress(written: string, place: string): string {
  const address = written.replace(/\/+$/, '');
  if (!/^https:\/\/[^/?#@\\\s]+(?:\/[^/?#\\\s]+)*$/.test(address) || !URL.canParse(address)) {
    throw new FieldProblem(message('file.addressForm', { place }));
  }
  return address;
}

function decodeHost(written: string, place: string): string {
  if (clusterNameProblem(written) !== undefined) throw new FieldProblem(message('file.notClusterName', { place }));
  return written;
}

const product: ItemType<string> = {
  schema: { type: 'string' },
  document: documentText,
  plural: message('items.products'),
  draft: (given) => (typeof given === 'string' ? given : undefined),
  decode: asText,
};

const clusterResource: ItemType<ClusterResource> = {
  schema: {
    type: 'object',
    properties: { kind: { type: 'string' }, group: { type: 'string' } },
    required: ['kind', 'group'],
  },
  document: object(documentField('kind', documentText), documentField('group', documentText)),
  plural: message('items.clusterResources'),
  draft: (given) => {
    if (typeof given !== 'object' || given === null) return undefined;
    const { kind, group } = given as { readonly kind?: unknown; readonly group?: unknown };
    return typeof kind === 'string' && typeof group === 'string' ? { kind, group } : undefined;
  },
  decode: (written, place) => {
    const members = asMembers(written, place);
    return {
      kind: asText(members['kind'], `${place} kind`),
      group: asText(members['group'] ?? '', `${place} group`),
    };
  },
};

const kubeconfig: FieldType<string, Secret | undefined, string> = {
  ...text(),
  draft: (given) => ({
    draft: typeof given === 'string' && given !== '' ? new Secret(given) : undefined,
    violations: [],
  }),
  complete: () => ({ value: undefined }),
};

/** The name of another cluster; absent in replies while there is none. */
const original: FieldType<string, string, string | undefined> = {
  ...text({ decode: decodeHost }),
  show: (name) => name,
};

/**
 * The fields of a cluster. Everything that concerns one field alone is here; rules between fields and with
 * other clusters are in the registry.
 */
export const clusterFields = {
  apiServer: field(text({ isRequired: true, decode: decodeAddress }), {
    text: {
      en: 'address of its API server as the Nautes server reaches it, `https://host[:port][/path]`',
      zh: 'Nautes 服务器访问它的 API server 时用的地址，`https://host[:port][/path]`',
    },
    flag: {
      syntax: '--address <url>',
      text: {
        en: 'address of its API server as the Nautes server reaches it (default: that of the kubeconfig)',
        zh: 'Nautes 服务器访问它的 API server 时用的地址（默认：kubeconfig 中的地址）',
      },
    },
  }),
  clusterKind: field(choice(['kubernetes'], { isRequired: true }), {
    text: { en: '`kubernetes`', zh: '`kubernetes`' },
  }),
  clusterType: field(choice(['physical', 'virtual'], { isEnum: true }), {
    text: { en: 'physical, or virtual on a host cluster', zh: '物理集群，或宿主集群上的虚拟集群' },
    filter: 'whole',
    flag: { syntax: '--type <type>', choices: ['physical', 'virtual'], default: 'physical' },
  }),
  usage: field(choice(['host', 'worker'], { isEnum: true }), {
    text: {
      en: 'what it is for: a host carries virtual clusters, a worker runs applications',
      zh: '用途：host 承载虚拟集群，worker 运行应用',
    },
    filter: 'whole',
    flag: { syntax: '--usage <usage>', choices: ['worker', 'host'], default: 'worker' },
  }),
  hostCluster: optionalField(text({ decode: decodeHost }), {
    text: { en: 'host of a virtual cluster', zh: '虚拟集群的宿主集群' },
    flag: { syntax: '--host-cluster <name>' },
  }),
  vclusterNodePort: optionalField(nodePortField, {
    text: {
      en: 'node port of its API server on the host; virtual clusters',
      zh: '其 API server 在宿主集群上的节点端口；虚拟集群',
    },
    at: ['vcluster', 'httpsNodePort'],
    file: { annotation: 'cluster.nautes.io/vcluster-node-port' },
  }),
  kubeconfig: requestField(kubeconfig, {
    text: {
      en: 'YAML or base64 of it; physical clusters; left out: the stored credential stays',
      zh: 'YAML 或其 base64；物理集群；省略则保留已存的凭据',
    },
  }),
  workerType: optionalField(choice(['deployment', 'pipeline']), {
    text: { en: 'what a worker runs (default: deployment)', zh: '工作集群运行什么（默认：deployment）' },
    default: ({ usage }) => (usage === 'worker' ? 'deployment' : ''),
    filter: 'whole',
    flag: { syntax: '--worker-type <type>', choices: ['deployment', 'pipeline'] },
  }),
  primaryDomain: field(text(), {
    text: { en: 'domain of its gateway (default: from the address)', zh: '其网关的域名（默认：由地址得出）' },
    empty: '',
    flag: { syntax: '--primary-domain <domain>' },
  }),
  reservedNamespacesAllowedProducts: field(listsByName(product), {
    text: {
      en: 'namespace of a component to the products that may use it',
      zh: '组件的命名空间到可以使用它的产品',
    },
    empty: {},
  }),
  productAllowedClusterResources: field(listsByName(clusterResource), {
    text: {
      en: 'product to the cluster-scoped kinds it may create',
      zh: '产品到它可以创建的集群级资源类型',
    },
    empty: {},
  }),
  paused: shownField(pauseField, {
    text: { en: 'maintenance: it is checked and not changed', zh: '维护：只检查，不改动' },
    file: { annotation: 'cluster.nautes.io/paused' },
  }),
  components: field(componentsField, {
    text: { en: 'components by what they are for', zh: '按用途列出的组件' },
    at: ['componentsList'],
    empty: {},
  }),
  cloneOf: optionalField(original, {
    text: {
      en: 'cluster of which this one is a copy (a restored backup, cloned machines): both have the same identity; left out: as registered',
      zh: '本集群是哪个集群的副本（恢复的备份、克隆的机器）：两者身份相同；省略则保持已登记的',
    },
    file: { annotation: 'cluster.nautes.io/clone-of' },
    isOmitted: true,
    flag: {
      syntax: '--clone-of <name>',
      text: {
        en: 'it is a copy of this registered cluster, and another one (a restored backup, cloned machines)',
        zh: '它是该已注册集群的副本，是另一个集群（恢复的备份、克隆的机器）',
      },
    },
  }),
  withoutComponents: optionalField(categoryListField, {
    text: {
      en: 'categories of which the cluster gets no component; left out: as registered',
      zh: '集群不安装其组件的类别；省略则保持已登记的',
    },
    file: { annotation: 'cluster.nautes.io/without-components' },
    isOmitted: true,
    flag: {
      syntax: '--without <categories>',
      isList: true,
      text: {
        en: 'leave the components of these categories out, e.g. deployment,gateway',
        zh: '不安装这些类别的组件，例如 deployment,gateway',
      },
    },
  }),
  adoptComponents: optionalField(categoryListField, {
    text: {
      en: 'categories whose component takes over what others have installed; left out: as registered',
      zh: '其组件接管他人已安装内容的类别；省略则保持已登记的',
    },
    file: { annotation: 'cluster.nautes.io/adopt-components' },
    isOmitted: true,
    flag: {
      syntax: '--adopt <categories>',
      isList: true,
      text: {
        en: 'let the components of these categories take over what others have installed, e.g. gateway',
        zh: '让这些类别的组件接管他人已安装的内容，例如 gateway',
      },
    },
  }),
};
