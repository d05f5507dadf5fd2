import { actionTexts } from '../action-texts.ts';

/** What to do about errors of the catalog and of rendering components. */
export const componentActions = actionTexts({
  CorrectCatalogueFile: {
    en: 'Correct the file named; the form is described in docs/catalogue.md.',
    zh: '请改正该文件；格式见 docs/zh-CN/catalogue.md。',
  },
  ChooseComponent: {
    api: {
      en: 'Choose one that `GET /api/v1/catalog` lists or add it to the catalogue.',
      zh: '请从 `GET /api/v1/catalog` 列出的组件中选择，或把它加入目录。',
    },
    cli: {
      en: 'Choose one that `nautes catalog` lists, or add it to the catalogue.',
      zh: '请从 `nautes catalog` 列出的组件中选择，或把它加入目录。',
    },
    console: { en: 'Choose one of the catalogue, or add it to the catalogue.', zh: '请从目录中选择，或把它加入目录。' },
  },
  CheckSourceAddress: {
    en: 'Check the address and the network, or name a mirror with catalog.mirror.',
    zh: '请检查地址和网络，或用 catalog.mirror 指定镜像。',
  },
  InvestigateSource: {
    en: 'Find out who changed it; only then put the new SHA-256 there.',
    zh: '请查明是谁改的；之后才把新的 SHA-256 写进去。',
  },
  RestoreSourceLock: {
    en: 'Restore it from a backup, or remove it: digests are then recorded again at the next download.',
    zh: '请从备份恢复，或删除它：下次下载时会重新记录摘要。',
  },
  CheckCatalogueAddress: { en: 'Check the address in the catalogue.', zh: '请检查目录中的地址。' },
  AdaptPatch: {
    en: 'Adapt the patch in the catalogue to the version of the component.',
    zh: '请让目录中的补丁适应该组件的版本。',
  },
  CorrectSetting: { en: 'Correct the setting of the cluster, or the catalogue.', zh: '请改正集群的设置或目录。' },
  CorrectFactName: {
    en: 'Correct the name in the catalogue; docs/catalogue.md lists what there is.',
    zh: '请改正目录中的名称；docs/zh-CN/catalogue.md 列出了可用的。',
  },
  CheckChart: { en: 'Check the chart and the values in the catalogue.', zh: '请检查目录中的 chart 和 values。' },
  PinChartValues: {
    en: 'Give in its values what the chart makes up itself (passwords, certificates, dates).',
    zh: '请在 values 中给出 chart 自行生成的内容（密码、证书、日期）。',
  },
  InstallHelm: {
    en: 'Run `make setup`, or name the program with the configuration key helm.path.',
    zh: '请运行 `make setup`，或用配置键 helm.path 指定程序。',
  },
});
