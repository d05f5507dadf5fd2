import { texts } from '../text.ts';

/** What the conditions and events of a cluster say, whatever the stage. */
export const conditions = texts({
  Ready: { en: 'everything is as declared', zh: '一切与声明一致' },
  Registered: { en: 'the registration is being carried out', zh: '正在执行注册' },
  Pending: { en: 'the cluster has just been registered', zh: '集群刚刚登记' },
  NotYetKnown: { en: 'being worked on, or next in turn', zh: '处理中，或即将处理' },
  InProgress: { en: '{stage:message} is being worked on', zh: '正在处理“{stage:message}”' },
  'InProgress.change': { en: 'a change of its file is being carried out', zh: '正在执行其文件的改动' },
  WaitingForEarlierStage: { en: 'waits for {stage:message}: {reason}', zh: '等待“{stage:message}”（{reason}）' },
  'WaitingForOffboarding.ownName': {
    en: 'the earlier registration of this name is off-boarded first',
    zh: '正在先移除同名的旧注册',
  },
  HeldBack: {
    en: 'not looked at since the server started at {since}: it was being worked on when the server ended abnormally{times:message}, and may be the cause; {next:message}',
    zh: '自服务器于 {since} 启动以来未检查：服务器异常结束时正在处理该集群{times:message}，它可能是原因；{next:message}',
  },
  'HeldBack.times': { en: ', {count} times in a row', zh: '（连续 {count} 次）' },
  'HeldBack.until': { en: 'it is tried at {until}', zh: '将于 {until} 尝试' },
  'HeldBack.turn': {
    en: 'it is tried after the other clusters that were being worked on then',
    zh: '当时在处理的其他集群尝试之后轮到它',
  },
  Paused: {
    en: 'paused{by:message}{until:message}: nothing is repaired, changed or upgraded{reason:message}',
    zh: '已暂停{by:message}{until:message}：不修复、不改动、不升级{reason:message}',
  },
  'Paused.by': { en: ' by {by}', zh: '（{by}）' },
  'Paused.until': { en: ' until {until}', zh: '，至 {until}' },
  'Paused.reason': { en: ' ({reason})', zh: '（{reason}）' },
  'Paused.notInstalled': {
    en: 'not installed; waits for the end of the pause',
    zh: '尚未安装；等待暂停结束',
  },
  'Paused.components': {
    en: 'waits for the end of the pause: {names:list}',
    zh: '等待暂停结束：{names:list}',
  },
  'Paused.reply': { en: 'Successfully paused {name} cluster', zh: '集群 {name} 已暂停' },
  'Resumed.reply': { en: 'Successfully resumed {name} cluster', zh: '集群 {name} 已恢复' },
  'Ready.paused': {
    en: 'all components are healthy; paused, so differences from what is declared stay',
    zh: '所有组件都健康；已暂停，与声明的差异会保留',
  },
  PauseEnded: {
    en: 'the pause has ended: repairs and changes are carried out again',
    zh: '暂停已结束：恢复修复和改动',
  },
  SyncRequested: { en: 'check requested by {caller}', zh: '{caller} 请求立即检查' },
  'SyncRequested.reply': { en: 'cluster {name} is being checked', zh: '正在检查集群 {name}' },
  RemovalForced: { en: '{caller} asked not to wait for the cluster', zh: '{caller} 要求不再等待集群' },
  RemovalConfirmed: { en: '{caller} confirmed the removal', zh: '{caller} 确认了清除' },
  RemovalHeld: {
    en: 'its file vanished from the repository together with many others, or with the history; nothing of the cluster is removed',
    zh: '它的文件与许多别的文件一起，或随同历史，从仓库中消失了；集群上没有移除任何内容',
  },
  'Offboarding.successorWaits': {
    en: '{progress:message}; the new registration of this name waits for it',
    zh: '{progress:message}；同名的新注册在等它',
  },
});
