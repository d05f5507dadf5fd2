import { texts } from '../text.ts';

/** Why the source of a component cannot be used, and why helm failed. */
export const sourceTexts = texts({
  'SourceUnavailable.late': { en: 'it takes too long', zh: '它用的时间太长' },
  'SourceUnavailable.status': { en: 'HTTP {status}', zh: 'HTTP 状态码 {status}' },
  'SourceUnavailable.redirects': { en: 'it redirects too often', zh: '它的重定向次数太多' },
  'SourceUnavailable.redirectInvalid': {
    en: 'it redirects to what is no address',
    zh: '它重定向到的不是地址',
  },
  'SourceUnavailable.redirectInsecure': { en: 'it redirects away from https', zh: '它重定向到 https 以外的协议' },
  'SourceUnavailable.redirectInternal': { en: 'it redirects to an internal address', zh: '它重定向到内部地址' },
  'SourceUnavailable.fileMissing': { en: 'there is no file {path}', zh: '没有文件 {path}' },
  'SourceInvalid.tooLarge': { en: 'it is larger than {maximum} bytes', zh: '它超过 {maximum} 字节' },
  'SourceInvalid.chartMissing': {
    en: '{repository} has no {chart} {version}',
    zh: '{repository} 没有 {chart} {version}',
  },
  'SourceInvalid.chartAddress': {
    en: '{repository} names no https address for {chart}',
    zh: '{repository} 没有给出 {chart} 的 https 地址',
  },
  'SourceInvalid.index': { en: 'the index of {repository} is no YAML', zh: '{repository} 的索引不是 YAML' },
  'SourceInvalid.ownObjects': {
    en: "the catalogue's own objects: {problem:message}",
    zh: '目录自带的对象：{problem:message}',
  },
  'SourceDigestMismatch.catalogue': { en: 'the catalogue promises', zh: '目录承诺' },
  'SourceDigestMismatch.lock': { en: '{file} has recorded', zh: ' {file} 记录' },
  'HelmFailed.late': { en: 'it takes too long', zh: '它用的时间太长' },
  'HelmFailed.notRun': { en: 'it cannot be run or prints too much', zh: '它无法运行，或输出太多' },
  'HelmFailed.silent': { en: 'it does not say why', zh: '它没有给出原因' },
});
