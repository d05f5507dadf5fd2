import { errors } from '../error-text.ts';

/** Errors of the catalog and of rendering components. Part of the one catalogue. */
export const componentErrors = errors({
  CatalogInvalid: {
    status: 500,
    next: 'stalled',
    en: 'the catalogue file {file} is not valid: {problem:message}',
    zh: '目录文件 {file} 无效：{problem:message}',
    action: 'CorrectCatalogueFile',
  },
  ComponentUnknown: {
    status: 400,
    next: 'stalled',
    en: 'the catalogue has no component {component}',
    zh: '目录中没有组件 {component}',
    action: 'ChooseComponent',
  },
  SourceUnavailable: {
    status: 502,
    next: 'transient',
    en: 'the source of {component} could not be fetched: {problem:message}',
    zh: '无法取得 {component} 的来源：{problem:message}',
    action: 'CheckSourceAddress',
  },
  SourceDigestMismatch: {
    status: 502,
    next: 'stalled',
    en: 'the source of {component} has another content than {promise:message}',
    zh: '{component} 的来源与{promise:message}的内容不符',
    action: 'InvestigateSource',
  },
  SourceLockDamaged: {
    status: 500,
    next: 'stalled',
    en: 'the lock file {file} is damaged',
    zh: '锁文件 {file} 已损坏',
    action: 'RestoreSourceLock',
  },
  SourceInvalid: {
    status: 502,
    next: 'stalled',
    en: 'the source of {component} is not what it should be: {problem:message}',
    zh: '{component} 的来源不符合要求：{problem:message}',
    action: 'CheckCatalogueAddress',
  },
  PatchUnmatched: {
    status: 500,
    next: 'stalled',
    en: 'a patch of {component} finds no {target} in its source',
    zh: '{component} 的补丁在其来源中找不到 {target}',
    action: 'AdaptPatch',
  },
  FactInvalid: {
    status: 500,
    next: 'stalled',
    en: 'the catalogue needs {fact} as a number for {component}, which it is not',
    zh: '目录需要 {component} 的 {fact} 是数字，但它不是',
    action: 'CorrectSetting',
  },
  FactUnknown: {
    status: 500,
    next: 'stalled',
    en: 'the catalogue uses {fact} for {component}, which is not known here',
    zh: '目录为 {component} 使用的 {fact} 在这里不认识',
    action: 'CorrectFactName',
  },
  HelmFailed: {
    status: 502,
    next: 'stalled',
    en: 'helm could not render {component}: {problem:message}',
    zh: 'helm 无法渲染 {component}：{problem:message}',
    action: 'CheckChart',
  },
  ChartNotReproducible: {
    status: 502,
    next: 'stalled',
    en: 'two renderings of the chart of {component} with the same values differ',
    zh: '{component} 的 chart 用同样的 values 渲染两次，结果不同',
    action: 'PinChartValues',
  },
  HelmMissing: {
    status: 500,
    next: 'stalled',
    en: 'helm is needed to render {component} and was not found',
    zh: '渲染 {component} 需要 helm，但没有找到',
    action: 'InstallHelm',
  },
});
