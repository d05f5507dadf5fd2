import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Terminal } from './output/terminal.ts';
import { buildProgram } from './program.ts';
import { textsIn } from './texts/all-texts.ts';

const texts = textsIn('en');
const invocation = { version: '1', language: 'en', texts, environment: {}, terminal: new Terminal({}) } as const;

async function commandsFor(...words: readonly string[]): Promise<readonly string[]> {
  return (await buildProgram(invocation, words)).commands.map((command) => command.name());
}

describe('the program', () => {
  it('has one command, of the same name, for a call that begins with the name of one', async () => {
    for (const name of await commandsFor()) assert.deepEqual(await commandsFor(name, '--help'), [name]);
  });

  it('has one command for a call that names one behind options of the program and their values', async () => {
    assert.deepEqual(await commandsFor('-s', 'wait', '--token', 'sync', '--lang=zh', 'get', 'cluster'), ['get']);
  });

  it('has all commands for a call without the name of one', async () => {
    const all = await commandsFor();
    assert.ok(all.includes('get') && all.includes('server'));
    assert.deepEqual(await commandsFor('--help'), all);
    assert.deepEqual(await commandsFor('gett'), all);
  });
});
