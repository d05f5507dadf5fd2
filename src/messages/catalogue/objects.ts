import { texts } from '../text.ts';

/** What is said of the objects that we have on a cluster. */
export const objects = texts({
  'ObjectImmutable.unnamed': { en: 'a field that is fixed at creation', zh: '一个创建后不能更改的字段' },
  DriftRepaired: { en: '{object}: {fields:list} set back', zh: '{object}：已把 {fields:list} 改回' },
  'DriftRepaired.by': {
    en: '{object}: {fields:list} set back (changed by {manager})',
    zh: '{object}：已把 {fields:list} 改回（由 {manager} 改动）',
  },
  'DriftRepaired.recreated': {
    en: '{object}: had been deleted and was made again',
    zh: '{object}：被删除过，已重新创建',
  },
  ObjectAdopted: {
    en: '{object} of {owner:message} is taken over; changed: {fields:list}',
    zh: '已接管 {owner:message} 的 {object}；改动：{fields:list}',
  },
  'ObjectAdopted.unchanged': {
    en: '{object} of {owner:message} is taken over; nothing but our labels is changed',
    zh: '已接管 {owner:message} 的 {object}；除我们的标签外没有改动',
  },
  WebhookRemoved: {
    en: '{object} is removed: nothing is behind it, and it refused what would bring that back; it comes back last',
    zh: '已移除 {object}：它背后没有程序，并且拒绝了能恢复它的内容；最后会重新创建',
  },
  'WebhookRemoved.earlier': {
    en: '{object} was left by an earlier registration and is removed',
    zh: '{object} 是之前的注册留下的，已移除',
  },
  ForeignObjects: { en: '{objects:list}', zh: '{objects:list}' },
  'ForeignObjects.more': { en: '{objects:list} and {more} more', zh: '{objects:list} 及另外 {more} 个' },
  Alternatives: { en: 'the catalogue has {names:list}', zh: '目录中有 {names:list}' },
  NoAlternatives: { en: 'the catalogue has no other', zh: '目录中没有别的' },
  'Owner.nautes': { en: 'Nautes, registration {incarnation}', zh: 'Nautes 的注册 {incarnation}' },
  'Owner.helm': { en: 'Helm release {namespace}/{release}', zh: 'Helm 发布 {namespace}/{release}' },
  'Owner.argocd': { en: 'Argo CD application {name}', zh: 'Argo CD 应用 {name}' },
  'Owner.flux': { en: 'Flux resource {name}', zh: 'Flux 资源 {name}' },
  'Owner.addon': { en: 'k3s or Rancher add-on {name}', zh: 'k3s 或 Rancher 附加组件 {name}' },
  'Owner.operator': { en: 'Operator Lifecycle Manager, {name}', zh: 'Operator Lifecycle Manager 的 {name}' },
  'Owner.manager': { en: 'field manager {manager}', zh: '字段管理者 {manager}' },
  'Owner.unknown': { en: 'an unknown manager', zh: '未知的管理者' },
  ObjectPruned: { en: '{object} is no longer wanted and is removed', zh: '不再需要 {object}，已移除' },
  ObjectLeft: { en: '{object} is left: {why:message}', zh: '保留 {object}：{why:message}' },
  'ObjectLeft.formerComponent': {
    en: '{object} of a former component is left: {why:message}',
    zh: '保留以前组件的 {object}：{why:message}',
  },
});
