import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sharedMissing } from '../../src/api/testing/samples.ts';
import { ApiClient } from '../harness/api-client.ts';
import { CommandBed } from '../harness/command-bed.ts';
import {
  type FileValues,
  ORIGINAL_VERSIONS,
  originalFile,
  originalRequest,
  type OriginalVersion,
} from '../harness/original-files.ts';

const CLUSTER_FILES = [
  'demo-cluster-host.yaml',
  'demo-cluster-physical-worker-deployment.yaml',
  'demo-cluster-physical-worker-pipeline.yaml',
  'demo-cluster-virtual-worker-deployment.yaml',
  'demo-cluster-virtual-worker-pipeline.yaml',
] as const;
const OTHER_FILES = ['demo-product.yaml', 'demo-deployment.yaml', 'demo-pipeline.yaml'] as const;

/** The pages that show the table, and the lines around it. */
const PAGES = ['docs/guides/from-the-original.md', 'docs/zh-CN/guides/from-the-original.md'] as const;
const BEGIN = '<!-- files of the original: written by test/cli/original-files.test.ts -->';
const END = '<!-- end -->';

/** What a save says of that moment: something takes longer than it waits, or a component is being installed just then. */
const OF_THE_MOMENT = [
  /^whether \S+ is on the cluster already could not be found out/,
  /^the host cluster \S+ cannot be asked now/,
  /^the admission webhook \S+ does not answer/,
  /^APIServices that do not answer/,
];

/** How each file went, by file and version. */
const results = new Map<string, Map<OriginalVersion, string>>();
/** What was said of all files, for the failure. */
const said: string[] = [];

function note(file: string, version: OriginalVersion, result: string): void {
  const row = results.get(file) ?? new Map<OriginalVersion, string>();
  results.set(file, row.set(version, result));
}

describe('the example files of the original’s versions', { skip: sharedMissing }, () => {
  let bed: CommandBed;
  let api: ApiClient;

  before(async () => {
    bed = await CommandBed.open(3);
    api = new ApiClient(() => bed.server.url, bed.user.environment['GIT_TOKEN'] ?? '');
  });
  after(() => bed?.[Symbol.asyncDispose]());

  function valuesFor(file: (typeof CLUSTER_FILES)[number]): FileValues {
    const index = CLUSTER_FILES.indexOf(file);
    const suffix = `s${index}`;
    if (index > 2) {
      const port = String(31456 + index);
      const apiServer = `https://${new URL(bed.cluster(0).server).hostname}:${port}`;
      return { suffix, apiServer, port, hostCluster: 'host-s0' };
    }
    return { suffix, apiServer: bed.cluster(index).server, kubeconfig: bed.cluster(index).kubeconfig() };
  }

  for (const version of ORIGINAL_VERSIONS) {
    for (const file of CLUSTER_FILES) {
      it(`${version} ${file}: accepted as its command line sends it, and as ours does, for the same registration`, async () => {
        const text = originalFile(version, file, valuesFor(file));
        const { name, body } = originalRequest(version, text);
        const saved = await api.save(name, body);
        assert.equal(saved.status, 200, JSON.stringify(saved.body));
        const warnings = (saved.body['warnings'] as readonly string[]).filter(
          (warning) => !OF_THE_MOMENT.some((pattern) => pattern.test(warning)),
        );
        said.push(...warnings.map((warning) => `${version} ${file}: ${warning}`));
        const applied = await bed.user.feed(text, 'apply', '-f', '-');
        assert.equal(applied.code, 0, applied.stderr);
        assert.equal(applied.stdout, `cluster/${name} unchanged\n`, applied.stderr);
        note(file, version, warnings.length === 0 ? 'accepted' : `accepted, ${warnings.length} warnings`);
      });
    }

    for (const file of OTHER_FILES) {
      it(`${version} ${file}: refused by ours before anything is sent, and told kind by kind to its command line`, async () => {
        const text = originalFile(version, file, { suffix: 'one', apiServer: bed.cluster(0).server });
        const host = originalFile(version, CLUSTER_FILES[0], { ...valuesFor(CLUSTER_FILES[0]), suffix: 'unsent' });
        const applied = await bed.user.feed(`${host}\n---\n${text}`, 'apply', '-f', '-');
        assert.equal(applied.code, 1);
        assert.match(applied.stderr, /does not serve \w+.* yet/);
        assert.equal((await api.request('GET', '/api/v1/clusters/host-unsent')).status, 404);
        const { name } = originalRequest(version, text);
        const sent = await api.request('POST', `/api/v1/products/${name}`, {});
        assert.deepEqual([sent.status, sent.body['reason']], [501, 'KIND_NOT_IMPLEMENTED']);
        note(file, version, 'not served');
      });
    }
  }

  it('are in the table of the guide', async () => {
    for (const page of PAGES) {
      const path = join(import.meta.dirname, '../..', page);
      const text = await readFile(path, 'utf8');
      const shown = text.slice(text.indexOf(BEGIN), text.indexOf(END));
      const wanted = `${BEGIN}\n${tableOf(page.includes('zh-CN') ? 'zh' : 'en')}`;
      if (process.env['UPDATE'] === '1')
        await writeFile(
          path,
          text.replace(shown, () => wanted),
        );
      else assert.equal(shown, wanted, `${page}: UPDATE=1 writes it; warnings:\n${said.join('\n')}`);
    }
  });
});

const WORDS = {
  en: {
    file: 'file',
    warned: (count: string) => `accepted, ${count} warnings`,
    accepted: 'accepted',
    none: 'not served: 501',
  },
  zh: { file: '文件', warned: (count: string) => `接受，${count} 条警告`, accepted: '接受', none: '不提供：501' },
} as const;

function tableOf(language: 'en' | 'zh'): string {
  const words = WORDS[language];
  const say = (result = ''): string => {
    const count = /\d+/.exec(result)?.[0];
    if (result === 'not served') return words.none;
    return count === undefined ? words.accepted : words.warned(count);
  };
  const rows = [...results].map(
    ([file, row]) => `| \`${file}\` | ${ORIGINAL_VERSIONS.map((version) => say(row.get(version))).join(' | ')} |`,
  );
  const head = `| ${words.file} | ${ORIGINAL_VERSIONS.join(' | ')} |\n|---|${'---|'.repeat(ORIGINAL_VERSIONS.length)}`;
  return `${head}\n${rows.join('\n')}\n`;
}
