import { Command, CommanderError } from 'commander';
import { VERSION } from '../server/version.ts';
import { sandboxCommand } from './sandbox-command.ts';
import { caCommand } from './ca-command.ts';
import { serverCommand } from './server-command.ts';
import { reportFailure } from './failure.ts';
import { tokenCommand } from './token-command.ts';

/** Exit codes: 0 done, 1 failed, 2 usage. */
const USAGE_CODE = 2;

const program = new Command('nautes')
  .description('Registers Kubernetes clusters as runtime environments, the GitOps way')
  .version(VERSION, '-V, --version', 'print the version')
  .helpOption('-h, --help', 'print this help')
  .showHelpAfterError('(nautes --help lists the commands)')
  .exitOverride();
program.addCommand(serverCommand()).addCommand(tokenCommand()).addCommand(caCommand()).addCommand(sandboxCommand());
for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
  command.exitOverride();
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE_CODE;
  else process.exitCode = reportFailure(error);
}
