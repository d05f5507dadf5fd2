import { actionTexts } from '../action-texts.ts';

/** What to do about errors of the objects and rights within a cluster. */
export const objectActions = actionTexts({
  CorrectComponentSource: { en: "Correct the component's source in the catalogue.", zh: '请改正目录中该组件的来源。' },
  CheckDefinition: {
    en: 'It is tried again; check that the CRD or the Kubernetes version is the right one.',
    zh: '会自动重试；请检查 CRD 或 Kubernetes 版本是否正确。',
  },
  RepairApiService: {
    en: 'Mend or delete the APIService: kubectl get apiservices.',
    zh: '请修复或删除该 APIService：kubectl get apiservices。',
  },
  KeepDefinition: {
    en: 'Leave this component out, or choose one that works with the definition that is there: what users have made depends on it.',
    zh: '请不安装此组件，或选择能使用现有定义的组件：用户创建的对象依赖该定义。',
  },
  InspectFinalizers: {
    en: 'It is created again once it is gone; see what holds it: kubectl get {object} -o yaml (finalizers).',
    zh: '删除完后会重新创建；看是什么拖住了它：kubectl get {object} -o yaml（finalizers）。',
  },
  InspectNamespace: {
    en: 'It is created again once it is gone; see kubectl get namespace -o yaml.',
    zh: '删除完后会重新创建；见 kubectl get namespace -o yaml。',
  },
  CorrectComponent: { en: "Correct the component's source or its settings.", zh: '请改正组件的来源或设置。' },
  DeleteObject: {
    en: 'Delete it ({command}); it is created again at the next run.',
    zh: '请删除它（{command}）；下次运行时会重新创建。',
  },
  LiftProhibition: {
    en: 'Lift what forbids it (admission policy, quota, rights) or leave the component out.',
    zh: '请解除禁止它的规则（准入策略、配额、权限），或不安装此组件。',
  },
  RepairWebhook: {
    en: 'Mend or delete the webhook configuration that is named.',
    zh: '请修复或删除所指出的 webhook 配置。',
  },
  DeleteOrAdopt: {
    en: 'Delete it, or let the component take over what is there (adopt).',
    zh: '请删除它，或让组件接管现有的（adopt）。',
  },
  ResolveForeign: {
    api: {
      en: 'Leave the component out (without_components: ["{category}"]), take over what is there (adopt_components: ["{category}"]), or choose another component (components_list.{category}.name; {others:message}). In the file: annotation cluster.nautes.io/without-components or cluster.nautes.io/adopt-components with {key}, or componentsList.{key}.name.',
      zh: '可以不安装此组件（without_components: ["{category}"]）、接管现有的（adopt_components: ["{category}"]），或选择其他组件（components_list.{category}.name；{others:message}）。在文件中：注解 cluster.nautes.io/without-components 或 cluster.nautes.io/adopt-components 写上 {key}，或修改 componentsList.{key}.name。',
    },
    cli: {
      en: 'Leave the component out (--without {category}), take over what is there (--adopt {category}), or choose another component (--set {key}=<name>; {others:message}). In the file: annotation cluster.nautes.io/without-components or cluster.nautes.io/adopt-components with {key}, or componentsList.{key}.name.',
      zh: '可以不安装此组件（--without {category}）、接管现有的（--adopt {category}），或选择其他组件（--set {key}=<名称>；{others:message}）。在文件中：注解 cluster.nautes.io/without-components 或 cluster.nautes.io/adopt-components 写上 {key}，或修改 componentsList.{key}.name。',
    },
    console: {
      en: 'Leave the component out, take over what is there, or choose another component of the category {category}; {others:message}.',
      zh: '可以不安装此组件、接管现有的，或为类别 {category} 选择其他组件；{others:message}。',
    },
  },
  DropOneComponent: {
    en: 'Two components must not bring the same object: leave one of them out.',
    zh: '两个组件不能带来同一个对象：请去掉其中之一。',
  },
  SolveOtherFailures: { en: 'Mend the failures of the others.', zh: '请先解决其他对象的问题。' },
  ShareField: {
    en: 'Stop the other from setting it, or declare it as shared in the catalogue.',
    zh: '请让对方不再设置它，或在目录中声明为共享。',
  },
  UpgradeCluster: { en: 'Upgrade the cluster.', zh: '请升级集群。' },
  UseLongerCredential: { en: 'Use a credential that is valid for longer.', zh: '请使用有效期更长的凭据。' },
  ChooseNodePort: { en: 'Choose another port or remove that Service.', zh: '请换一个端口，或移除那个 Service。' },
  ChooseNodePortInRange: {
    en: 'Give node ports of that range: httpNodePort and httpsNodePort of the gateway, or https_node_port of a virtual cluster.',
    zh: '请给出该范围内的节点端口：网关的 httpNodePort 和 httpsNodePort，或虚拟集群的 https_node_port。',
  },
  AddressBehindProxy: {
    en: 'Give the address of the API server itself (Rancher: an authorized cluster endpoint), or let the proxy pass such tokens (Rancher 2.9 and later: enable ClusterProxyConfig).',
    zh: '请给出 API server 自身的地址（Rancher：authorized cluster endpoint），或让代理放行这类令牌（Rancher 2.9 及以上：启用 ClusterProxyConfig）。',
  },
});
