import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Command } from 'commander';
import { displayWidth } from './output/display-width.ts';
import { Terminal } from './output/terminal.ts';
import { wordsOf } from './help.ts';
import { allCommands, buildProgram } from './program.ts';
import { examples } from './texts/examples.ts';
import { textsIn } from './texts/all-texts.ts';

const texts = textsIn('en');
const invocation = { version: '1', language: 'en', texts, environment: {}, terminal: new Terminal({}) } as const;

async function commandsFor(...words: readonly string[]): Promise<readonly string[]> {
  return (await buildProgram(invocation, words.length === 0 ? undefined : words)).commands.map((command) =>
    command.name(),
  );
}

/** The options of each call of ours in the line are options of its command or of the program. */
function assertOptions(program: Command, line: string): void {
  for (const [, call = ''] of line.matchAll(/nautes ([^|>)]*)/g)) {
    const words = call.split(' -- ')[0]?.split(' ') ?? [];
    const named = allCommands(program).filter((one) => one !== program && `${call} `.startsWith(`${wordsOf(one)} `));
    const command = named.toSorted((left, right) => wordsOf(right).length - wordsOf(left).length)[0];
    assert.ok(command, line);
    const known = [...command.options, ...program.options].flatMap(({ short, long }) => [short, long]);
    for (const word of words.filter((one) => /^--?[a-z]/.test(one)))
      assert.ok(known.includes(word), `${line}: ${word}`);
  }
}

describe('the program', () => {
  it('has one command, of the same name, for a call that begins with the name of one', async () => {
    for (const name of await commandsFor()) assert.deepEqual(await commandsFor(name, '--help'), [name]);
  });

  it('has one command for a call that names one behind options of the program and their values', async () => {
    assert.deepEqual(await commandsFor('-s', 'wait', '--token', 'sync', '--lang=zh', 'get', 'cluster'), ['get']);
  });

  it('has examples in the help of every command, with options that there are', async () => {
    const program = await buildProgram(invocation);
    for (const command of allCommands(program)) {
      if (command === program || wordsOf(command).startsWith('__')) continue;
      const words = wordsOf(command);
      const shown = examples[words] ?? [];
      assert.ok(shown.length > 0, words);
      assert.ok(
        shown.some((line) => line.includes(`nautes ${words}`)),
        words,
      );
      for (const line of shown) assertOptions(program, line);
    }
    assert.match(program.commands[0]?.helpInformation() ?? '', /^Usage: /);
  });

  it('has no line of more than 80 columns in any help', async () => {
    for (const language of ['en', 'zh'] as const) {
      const program = await buildProgram({ ...invocation, language, texts: textsIn(language) });
      for (const command of allCommands(program)) {
        let text = '';
        command.configureOutput({ writeOut: (part) => void (text += part), getOutHelpWidth: () => 80 });
        command.outputHelp();
        assert.deepEqual(
          text.split('\n').filter((line) => displayWidth(line) > 80),
          [],
          `${language} ${wordsOf(command)}`,
        );
      }
    }
  });

  it('lists in its help what the commands are, without loading them', async () => {
    const whole = await buildProgram(invocation);
    const outline = await buildProgram(invocation, ['--help']);
    assert.equal(outline.helpInformation(), whole.helpInformation());
    assert.ok(whole.commands.some(({ options }) => options.length > 0));
    assert.ok(outline.commands.every(({ options }) => options.length === 0));
  });

  it('has all commands for a call without the name of one', async () => {
    const all = await commandsFor();
    assert.ok(all.includes('get') && all.includes('server'));
    assert.deepEqual(await commandsFor('--help'), all);
    assert.deepEqual(await commandsFor('gett'), all);
  });
});
