import { CommanderError } from 'commander';
import { exitCodes } from './invocation/exit-codes.ts';
import { usageProblem } from './help.ts';
import { loseOutput } from './invocation/process-end.ts';
import type { Invocation } from './invocation/invocation.ts';
import { Terminal } from './output/terminal.ts';
import { shown } from './output/terminal-text.ts';
import { buildProgram } from './program.ts';
import { textsIn } from './texts/all-texts.ts';
import { chooseLanguage } from './texts/language.ts';
import { VERSION } from './version.ts';

const words = process.argv.slice(2);
const language = chooseLanguage(words, process.env);
const texts = textsIn(language);
const terminal = new Terminal(process.env);
const invocation: Invocation = { version: VERSION, language, texts, environment: process.env, terminal };

terminal.onLost('data', (error) => loseOutput(error, exitCodes.done));

async function main(): Promise<void> {
  try {
    const program = await buildProgram(invocation, words);
    await program.parseAsync();
  } catch (error) {
    process.exitCode = await codeFor(error);
  }
}

async function codeFor(error: unknown): Promise<number> {
  if (!(error instanceof CommanderError)) {
    const { reportFailure } = await import('./invocation/failure.ts'); // what succeeds needs none of its texts
    const code = reportFailure(error, terminal, texts);
    // `diff` says beforehand that 1 would mean something else.
    return code === exitCodes.failed && typeof process.exitCode === 'number' ? process.exitCode : code;
  }
  if (error.exitCode === 0) return exitCodes.done;
  const problem = usageProblem(error, texts);
  if (problem !== undefined)
    terminal.say([shown`${terminal.paint('red', 'nautes:')} ${problem}`, `        ${texts.help.helpHint}`]);
  return exitCodes.usage;
}

void main(); // not awaited here: the bundle is a CommonJS module, which starts sooner
