import { texts } from '../text.ts';

/** Why a file of the tenant configuration repository cannot be read. Nothing of its content is said. */
export const files = texts({
  'file.mustBe': { en: '{place} must be {wanted:message}', zh: '{place} 应为{wanted:message}' },
  'file.tooMany': {
    en: '{place} has {count} entries, at most {maximum} are possible',
    zh: '{place} 有 {count} 项，最多 {maximum} 项',
  },
  'file.holdsLists': { en: '{place} must hold lists', zh: '{place} 应由列表组成' },
  'file.addressForm': {
    en: '{place} must have the form https://host[:port][/path]',
    zh: '{place} 应写成 https://主机[:端口][/路径]',
  },
  'file.notClusterName': { en: '{place} is not a cluster name', zh: '{place} 不是集群名称' },
  'file.notPort': { en: '{place} is not a port', zh: '{place} 不是端口' },
  'file.notComponentName': { en: '{place} is not the name of a component', zh: '{place} 不是组件的名称' },
  'file.notNamespace': { en: '{place} is not the name of a namespace', zh: '{place} 不是命名空间的名称' },
  'file.password': { en: '{place} must not contain a password', zh: '{place} 不能含有密码' },
  'file.notIdentifier': { en: '{place} is not an identifier', zh: '{place} 不是标识符' },
  'file.tooLarge': { en: 'it is larger than {maximum} bytes', zh: '它超过 {maximum} 字节' },
  'file.value': { en: '{place} must be {value}', zh: '{place} 应为 {value}' },
  'file.name': {
    en: 'metadata.name must be the name of the file without .yaml',
    zh: 'metadata.name 应为不带 .yaml 的文件名',
  },
  'file.notYaml': { en: 'it is not YAML: {problem:message}', zh: '它不是 YAML：{problem:message}' },
  'file.mode': { en: 'it is {mode:message}, not a file', zh: '它是{mode:message}，不是文件' },
  'mode.directory': { en: 'a directory', zh: '目录' },
  'mode.symlink': { en: 'a symbolic link', zh: '符号链接' },
  'mode.file': { en: 'a file', zh: '文件' },
  'mode.submodule': { en: 'a submodule', zh: '子模块' },
  'file.contentMissing': { en: 'its content is missing in the repository', zh: '仓库中缺少它的内容' },
  'file.lfs': {
    en: 'it is a pointer of Git LFS; take these files out of LFS (.gitattributes) and commit their content',
    zh: '它是 Git LFS 的指针；请把这些文件移出 LFS（.gitattributes）并提交其内容',
  },
  'file.notUtf8': { en: 'it is not UTF-8', zh: '它不是 UTF-8' },
  'name.product': {
    en: 'the name of a product is "product-" and the id of its group',
    zh: '产品的名称是“product-”加上其组的 id',
  },
  'DataDirectoryExposed.owner': { en: 'belongs to user {uid}', zh: '属于用户 {uid}' },
  'DataDirectoryExposed.writable': { en: 'can be written by other users', zh: '可以被其他用户写入' },
});
