import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { COMMAND, CommandLine } from '../harness/command-line.ts';
import { RecordingServer } from '../harness/recording-server.ts';
import { clusterView } from '../harness/views.ts';
import { waitUntil } from '../harness/wait-until.ts';

/** What each shell offers after these words, by its own means; the words end with the unfinished one. */
const asking: Readonly<Record<string, (words: string) => readonly string[]>> = {
  bash: (words) => [
    '-c',
    `source <(nautes completion bash); COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _nautes_complete; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ],
  zsh: (words) => [
    '-f',
    '-c',
    `compdef() { :; }; _describe() { print -l -- "\${(P)2[@]}"; }; _files() { print files; }; source <(nautes completion zsh); words=(${words}); CURRENT=$#words; _nautes`,
  ],
  fish: (words) => ['-N', '-c', `nautes completion fish | source; complete -C "${words.replaceAll("''", '')}"`],
};

describe('completion in a shell', () => {
  for (const [shell, ask] of Object.entries(asking)) {
    const skip = spawnSync(shell, ['--version']).status === 0 ? false : `there is no ${shell}`;

    it(`${shell} offers commands, options, names of clusters and files`, { skip }, async () => {
      const answer = (_: unknown, response: { end(text: string): void }): boolean => {
        response.end(JSON.stringify({ items: [clusterView({ name: 'edge-1' }), clusterView({ name: 'core' })] }));
        return true;
      };
      await using server = await RecordingServer.start({ answer });
      await using user = await CommandLine.open({ API_SERVER: server.url, GIT_TOKEN: 't' });
      const bin = join(user.home, 'bin');
      await mkdir(bin);
      await symlink(COMMAND, join(bin, 'nautes'));
      await writeFile(join(user.home, 'cluster.yaml'), '');
      const environment = { ...user.environment, PATH: `${bin}:${user.environment['PATH'] ?? ''}` };
      const offered = async (words: string): Promise<readonly string[]> => {
        const { stdout, stderr } = await run(shell, ask(words), { environment, directory: user.home });
        const lines = stdout.toString().split('\n').filter(Boolean);
        return lines.length > 0 ? lines.map((line) => line.replace(/[\t:].*/, '')) : [stderr];
      };
      assert.deepEqual(await offered('nautes desc'), ['describe']);
      // On a busy machine the answer can be later than a user waits for it: then there are none.
      const names = await waitUntil('names of clusters are offered', async () => {
        const found = await offered("nautes delete cluster ''");
        return found.includes('core') && found;
      });
      assert.deepEqual(names.toSorted(), ['core', 'edge-1']);
      assert.ok((await offered('nautes get --out')).includes('--output'));
      const files = await offered('nautes apply -f clu');
      assert.ok(files.includes('cluster.yaml') || files.includes('files'), files.join());
    });
  }

  it('PowerShell gets a script that registers a completer', async () => {
    await using user = await CommandLine.open();
    const { code, stdout } = await user.run('completion', 'powershell');
    assert.equal(code, 0);
    assert.match(stdout, /^Register-ArgumentCompleter -Native -CommandName nautes/m);
  });
});
