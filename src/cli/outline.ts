import { Command } from 'commander';
import type { HelpTexts } from './texts/texts.ts';

type Description = { [K in keyof HelpTexts]: HelpTexts[K] extends string ? K : never }[keyof HelpTexts];

/** Description and arguments of each command, as the list of commands shows them: what the commands do is not loaded. */
export const outlines: Readonly<Record<string, readonly [description: Description, ...args: readonly string[]]>> = {
  cluster: ['cluster'],
  apply: ['apply'],
  plan: ['plan'],
  diff: ['diff'],
  remove: ['remove'],
  delete: ['delete', '[kind]', '[names...]'],
  rotate: ['rotate', '[names...]'],
  pause: ['pause', '[names...]'],
  resume: ['resume', '[names...]'],
  sync: ['sync', '[names...]'],
  wait: ['wait', '[names...]'],
  get: ['get', '[kind]', '[names...]'],
  describe: ['describe', '[names...]'],
  events: ['events', '[name...]'],
  logs: ['logs', '<name...>'],
  kubeconfig: ['virtualKubeconfig', '<name...>'],
  history: ['history', '<name...>'],
  receipt: ['receipt', '<name...>'],
  receipts: ['receipts', '[name...]'],
  objects: ['objects', '<name...>'],
  repairs: ['repairs', '<name...>'],
  'node-ports': ['nodePorts', '<name...>'],
  summary: ['summary'],
  catalog: ['catalog'],
  login: ['login', '<server>', '[command...]'],
  tokens: ['tokens'],
  config: ['config'],
  console: ['console'],
  doctor: ['doctor'],
  server: ['server'],
  token: ['tokenCommand'],
  ca: ['ca'],
  secrets: ['secrets'],
  storage: ['storage'],
  vault: ['vault'],
  sandbox: ['sandbox'],
  completion: ['completion', '<shell>'],
  version: ['version'],
};

/** The command as the list shows it; it does nothing. */
export function outlineOf(name: string, help: HelpTexts): Command {
  const [description, ...args] = outlines[name] ?? ['program'];
  const command = new Command(name).description(help[description]);
  for (const argument of args) command.argument(argument);
  return command;
}
