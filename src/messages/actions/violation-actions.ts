import { actionTexts } from '../action-texts.ts';

/** What to do about a field. */
export const violationActions = actionTexts({
  ChooseOtherName: { en: 'Choose another name.', zh: '请换一个名称。' },
  GiveAddress: { en: 'Give the address as https://host:port.', zh: '请按 https://主机:端口 的形式给出地址。' },
  UseDomainCharacters: {
    en: 'Use lower case letters, digits, "-" and ".".',
    zh: '请使用小写字母、数字、"-" 和 "."。',
  },
  LeaveEmpty: { en: 'Leave it empty.', zh: '请留空。' },
  LeaveOut: { en: 'Leave it out.', zh: '请去掉它。' },
  LeaveOutDependant: {
    en: 'Leave {category} out as well, or keep {missing}.',
    zh: '请同时排除 {category}，或保留 {missing}。',
  },
  LeaveOutUnneeded: { en: 'Leave out what is not needed.', zh: '请去掉不需要的内容。' },
  GiveOneOfBoth: { en: 'Give one of the two.', zh: '请只给出其中一个。' },
  GiveField: { en: 'Give {field}.', zh: '请给出 {field}。' },
  GiveOneOf: { en: 'Give {values:message}.', zh: '请给出 {values:message}。' },
  CorrectIt: { en: 'Correct it.', zh: '请改正。' },
  ShortenIt: { en: 'Shorten it.', zh: '请缩短。' },
  SendCluster: {
    api: { en: 'Send the cluster as JSON.', zh: '请以 JSON 发送集群。' },
    cli: { en: 'Describe the cluster.', zh: '请描述该集群。' },
    console: { en: 'Describe the cluster.', zh: '请描述该集群。' },
  },
  SendJson: {
    api: {
      en: 'Send JSON: in line {line}, column {column} {expected:message} is expected.',
      zh: '请发送 JSON：第 {line} 行第 {column} 列应为 {expected:message}。',
    },
    cli: {
      en: 'Correct line {line}, column {column}: {expected:message} is expected.',
      zh: '请改正第 {line} 行第 {column} 列：应为 {expected:message}。',
    },
    console: {
      en: 'Correct line {line}, column {column}: {expected:message} is expected.',
      zh: '请改正第 {line} 行第 {column} 列：应为 {expected:message}。',
    },
  },
  SendContentType: {
    api: { en: 'Send "Content-Type: application/json".', zh: '请发送 "Content-Type: application/json"。' },
    cli: { en: 'Use a client of this version.', zh: '请使用此版本的客户端。' },
    console: { en: 'Reload the page.', zh: '请重新加载页面。' },
  },
  FilterByFields: { en: 'Use "=" with one of {fields:list}.', zh: '请用“=”和 {fields:list} 之一。' },
});
