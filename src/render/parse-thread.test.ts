import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParseThread } from './parse-thread.ts';

const manifest = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;
const signal = AbortSignal.timeout(120_000);

describe('the thread that parses manifests', () => {
  it('parses one text after the other, also after one that is refused', async () => {
    const thread = new ParseThread();
    const names: string[] = [];
    for (const name of ['one', 'two']) {
      const reply = await thread.parse(manifest(name), signal);
      assert.ok('json' in reply);
      names.push((JSON.parse(reply.json) as { metadata: { name: string } }[])[0]?.metadata.name ?? '');
      const refused = await thread.parse('kind: [', signal);
      assert.ok('problem' in refused);
    }
    assert.deepEqual(names, ['one', 'two']);
  });

  it('ends when it is aborted, and another one parses the next text', async () => {
    const thread = new ParseThread();
    const controller = new AbortController();
    const aborted = thread.parse(manifest('never'), controller.signal);
    controller.abort(new Error('not wanted'));
    await assert.rejects(aborted, /not wanted/);
    assert.ok('json' in (await thread.parse(manifest('one'), signal)));
  });
});
