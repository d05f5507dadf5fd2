import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { CommandBed } from '../harness/command-bed.ts';
import { COMMAND } from '../harness/command-line.ts';
import { applyAll, k3sTraefik } from '../harness/foreign-objects.ts';

const DOCS = join(import.meta.dirname, '../../docs');

/** Each begins with what the ones before have made. `sh` blocks are tried; `console` blocks need what is not here. */
const GUIDES = [
  'own-components',
  'distributions',
  'argocd-login',
  'virtual-kubeconfig',
  'renew-a-credential',
  'what-to-do-when',
] as const;

/** The clusters of the guides, by the names of their kubeconfigs. */
const CLUSTERS = ['edge-1', 'edge-2', 'edge-3', 'host'] as const;

/** What a block is to print, by a piece of it. */
const EXPECTED: Readonly<Record<string, RegExp>> = {
  'login.url': /^https:\/\/argocd\.edge-3\.\S+:30443$/m,
  passwordCommand: /argocd-initial-admin-secret/,
  forwardCommand: /port-forward/,
  'nautes catalog': /^traefik /m,
  expiresAt: /^\d{4}-\d\d-\d\dT/m,
};

async function blocksOf(guide: string, language: 'en' | 'zh'): Promise<readonly string[]> {
  const folder = language === 'en' ? 'guides' : 'zh-CN/guides';
  const text = await readFile(join(DOCS, folder, `${guide}.md`), 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
}

describe('the guides by task, from top to bottom', () => {
  let bed: CommandBed;

  before(async () => {
    bed = await CommandBed.open(CLUSTERS.length);
    applyAll(bed.cluster(0), k3sTraefik);
    applyAll(bed.cluster(1), k3sTraefik);
    for (const [index, name] of CLUSTERS.entries())
      await copyFile(bed.kubeconfig(index), join(bed.user.home, `${name}.kubeconfig`));
    await mkdir(join(bed.user.home, 'bin'));
    await symlink(COMMAND, join(bed.user.home, 'bin/nautes'));
    bed.user.environment['PATH'] = `${join(bed.user.home, 'bin')}:${bed.user.environment['PATH'] ?? ''}`;
  });
  after(() => bed?.[Symbol.asyncDispose]());

  for (const guide of GUIDES) {
    it(`${guide}: its commands do what it says, and are the same in both languages`, async () => {
      const blocks = await blocksOf(guide, 'en');
      assert.deepEqual(await blocksOf(guide, 'zh'), blocks);
      assert.notEqual(blocks.length, 0);
      for (const block of blocks) {
        const { code, stdout, stderr } = await run('bash', ['-e', '-c', block], {
          environment: bed.user.environment,
          directory: bed.user.home,
          signal: AbortSignal.timeout(300_000),
        });
        const said = `${block}${stdout.toString()}${stderr}`;
        if (block.includes('# refused')) assert.match(stderr, /ComponentForeign|--without gateway/, said);
        // Where something is wrong, `nautes doctor` says so with its code.
        else if (!block.includes('nautes doctor')) assert.equal(code, 0, said);
        for (const [piece, expected] of Object.entries(EXPECTED))
          if (block.includes(piece)) assert.match(stdout.toString(), expected, said);
      }
    });
  }
});
