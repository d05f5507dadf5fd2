import { texts } from '../../../src/messages/text.ts';

/** Words of deletions and their receipts. */
export const receipts = texts({
  'receipt.title': { en: 'Receipt of {name}', zh: '{name} 的回执' },
  'receipt.print': { en: 'Print', zh: '打印' },
  'receipt.summary': { en: 'The cluster has been removed', zh: '集群已清除' },
  'receipt.outcome': { en: 'Outcome', zh: '结果' },
  'receipt.requested': { en: 'Asked for', zh: '请求' },
  'receipt.completed': { en: 'Ended', zh: '结束' },
  'receipt.forced': { en: 'forced', zh: '强制' },
  'receipt.commit': { en: 'Commit', zh: '提交' },
  'receipt.remaining': { en: 'Could not be removed ({count})', zh: '未能移除（{count}）' },
  'receipt.command': { en: 'Command that removes it', zh: '移除它的命令' },
  'receipt.lost': { en: 'What users had built and lost ({count})', zh: '用户失去的内容（{count}）' },
  'receipt.left': { en: 'Left on purpose ({count})', zh: '有意保留（{count}）' },
  'receipt.removed': { en: 'Removed ({count})', zh: '已移除（{count}）' },
  'receipt.created': { en: 'Had been created ({count})', zh: '曾经创建（{count}）' },
  'receipt.show': { en: 'Show the objects', zh: '显示对象' },
  'outcome.Complete': { en: 'Complete', zh: '完整' },
  'outcome.Incomplete': { en: 'Incomplete', zh: '不完整' },
});
