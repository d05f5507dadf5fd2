import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { TOOL_PACKAGE } from '../../src/server/compose/helm.ts';
import { helmPath, Kubectl, kubectlPath } from './kubectl.ts';

describe('kubectl and helm', () => {
  it('are installed from the package in whose folder the server looks', async () => {
    const manifest: unknown = JSON.parse(await readFile(join(import.meta.dirname, 'package.json'), 'utf8'));
    assert.deepEqual((manifest as { dependencies: unknown }).dependencies, {
      [TOOL_PACKAGE.name]: TOOL_PACKAGE.version,
    });
  });

  it('are programs that run here', async () => {
    const kubectl = await run(await kubectlPath(), ['version', '--client']);
    assert.match(kubectl.stdout.toString(), /^Client Version: v1\./);
    const helm = await run(await helmPath(), ['version', '--short']);
    assert.match(helm.stdout.toString(), /^v\d+\./);
  });

  it('read the kubeconfig that they were given and no other', async () => {
    await using kubectl = await Kubectl.open('apiVersion: v1\nkind: Config\ncurrent-context: a-name-of-this-test\n');
    assert.equal((await kubectl.output(['config', 'current-context'])).trim(), 'a-name-of-this-test');
  });

  it('report why a command failed', async () => {
    await using kubectl = await Kubectl.open('apiVersion: v1\nkind: Config\n');
    await assert.rejects(kubectl.output(['config', 'use-context', 'nowhere']), /ended with 1: .*nowhere/);
  });
});
