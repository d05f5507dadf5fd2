import { texts } from '../text.ts';

/** What Git repositories and Git servers are refused for, and why they cannot be used. */
export const gitTexts = texts({
  'ConfigRepoMoved.to': { en: ' to {location}', zh: '到 {location}' },
  'ConfigRepoInvalid.notCommit': { en: 'its branch {branch} is not a commit', zh: '它的分支 {branch} 不是提交' },
  'ConfigRepoInvalid.branchGone': { en: 'its branch main is gone', zh: '它的 main 分支不存在了' },
  'ConfigRepoInvalid.objectMissing': {
    en: 'object {id} is missing or not a {type}',
    zh: '对象 {id} 不存在，或不是 {type}',
  },
  'ConfigRepoInvalid.notBare': {
    en: '{directory} is not a bare repository with SHA-1 ids',
    zh: '{directory} 不是使用 SHA-1 的裸仓库',
  },
  'ConfigRepoInvalid.notDirectory': { en: '{path} is not a directory', zh: '{path} 不是目录' },
  'ConfigRepoUnavailable.branchNotMoved': { en: 'its branch main cannot be moved', zh: '它的 main 分支无法移动' },
  'ConfigRepoUnavailable.processEnded': { en: 'git cat-file has ended', zh: 'git cat-file 已退出' },
  'ConfigRepoUnavailable.queueFull': { en: 'too many changes wait already', zh: '等待中的改动太多' },
  'ConfigRepoUnavailable.outrun': { en: 'others push to it all the time', zh: '别人一直在向它推送' },
  'ConfigRepoUnavailable.tookTooLong': { en: 'it took too long', zh: '它用的时间太长' },
  'ConfigRepoUnavailable.directory': {
    en: 'its data directory cannot be used ({code})',
    zh: '它的数据目录不能使用（{code}）',
  },
  'ConfigRepoUnavailable.noCommit': { en: 'it sent no commit', zh: '它没有发来提交' },
  'ConfigRepoUnavailable.failed': { en: '{problem}', zh: '{problem}' },
  'GitUnusable.notStarted': { en: 'it cannot be started', zh: '它无法启动' },
  'GitUnusable.version': { en: 'its version is {version}', zh: '它的版本是 {version}' },
  'remote.tooManyReferences': { en: 'it has too many references', zh: '它的引用太多' },
  'remote.saysTooMuch': { en: 'it says too much', zh: '它发来的话太多' },
  'remote.tooMuchMemory': {
    en: 'what it sends needs more memory than git may have',
    zh: '它发来的内容需要的内存超过 git 的限额',
  },
  'remote.tooLarge': { en: 'it sends more than is taken', zh: '它发来的内容超过限额' },
  'remote.notGit': { en: 'it does not speak the protocol of Git', zh: '它不使用 Git 的协议' },
  'remote.notSha1': { en: 'it does not speak the protocol of Git with SHA-1 ids', zh: '它不使用 SHA-1 的 Git 协议' },
  'remote.noReport': { en: 'it did not report what became of the push', zh: '它没有报告推送的结果' },
  'remote.reportsNothing': { en: 'it does not report what becomes of a push', zh: '它不报告推送的结果' },
  'remote.endedWithoutReport': { en: 'it ended without a report', zh: '它没有报告就结束了' },
  'remote.answerNotGit': { en: 'what it answers is not the protocol of Git', zh: '它的应答不是 Git 的协议' },
  'remote.answerCut': { en: 'its answer ends too early', zh: '它的应答中途结束' },
  'remote.noReason': { en: 'it gives no reason', zh: '它没有给出原因' },
  'remote.endedWithoutReason': { en: 'the connection ended without a reason', zh: '连接中断，没有给出原因' },
  'remote.status': { en: 'it answered {status}', zh: '它应答 {status}' },
});
