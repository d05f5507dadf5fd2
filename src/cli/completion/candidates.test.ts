import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Terminal } from '../output/terminal.ts';
import { buildProgram } from '../program.ts';
import { textsIn } from '../texts/all-texts.ts';
import { candidates, FILES } from './candidates.ts';

const invocation = {
  version: '1',
  language: 'en',
  texts: textsIn('en'),
  environment: {},
  terminal: new Terminal({}),
} as const;
const program = await buildProgram(invocation);
const dynamic = {
  clusters: async () => ['edge-1', 'edge-2', 'core'],
  contexts: async () => ['prod', 'test'],
  kubeconfigContexts: async (file: string | undefined) => [`of-${file ?? 'usual'}`],
};

async function found(...words: readonly string[]): Promise<readonly string[]> {
  return (await candidates(program, words, dynamic)).map((line) => line.replace(/\t.*/, ''));
}

describe('completion', () => {
  it('of commands, below commands and never of hidden ones', async () => {
    assert.deepEqual(await found('de'), ['delete', 'describe']);
    assert.deepEqual(await found('config', 'u'), ['use-context']);
    assert.ok(!(await found('')).some((name) => name.startsWith('_')));
  });

  it('of kinds and of names that were not given yet, also after options', async () => {
    assert.deepEqual(await found('get', 'cl'), ['cluster']);
    assert.deepEqual(await found('delete', '-y', 'cluster', 'edge-1', ''), ['edge-2', 'core']);
    assert.deepEqual(await found('logs', '-f', 'c'), ['core']);
    assert.deepEqual(await found('delete', 'cluster/e'), ['cluster/edge-1', 'cluster/edge-2']);
    assert.deepEqual(await found('wait', 'cls/c'), ['cls/core']);
    assert.deepEqual(await found('get', 'product/'), []);
    assert.deepEqual(await found('cluster', 'add', 'x', '--host-cluster', 'co'), ['core']);
  });

  it('of options, with those of the program, and of their values', async () => {
    assert.deepEqual(await found('delete', '--ig'), ['--ignore-not-found']);
    assert.ok((await found('get', '--')).includes('--use-context'));
    assert.deepEqual(await found('apply', '--progress', 'l'), ['live', 'lines']);
    assert.deepEqual(await found('get', 'clusters', '-o', 'js'), ['json', 'jsonpath=']);
    assert.deepEqual(await found('--use-context', 'p'), ['prod']);
    assert.deepEqual(await found('cluster', 'add', 'x', '--kubeconfig', 'k', '--context', ''), ['of-k']);
    assert.deepEqual(await found('completion', 'z'), ['zsh']);
  });

  it('leaves names of files to the shell', async () => {
    assert.deepEqual(await found('apply', '-f', 'x'), [FILES]);
    assert.deepEqual(await found('cluster', 'add', 'x', '--kubeconfig', ''), [FILES]);
  });
});
