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

  it('has all commands for a call that begins with an option or with no command', async () => {
    const all = await commandsFor();
    assert.ok(all.includes('get') && all.includes('server'));
    assert.deepEqual(await commandsFor('--help'), all);
    assert.deepEqual(await commandsFor('gett'), all);
  });
});
