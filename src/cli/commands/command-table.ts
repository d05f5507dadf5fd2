import type { Command } from 'commander';
import type { Invocation } from '../invocation/invocation.ts';

/** Makes a command. */
export type MakeCommand = (invocation: Invocation) => Command;

/** Commands by name. The modules of a command are loaded when it is asked for: a call needs those of one command. */
export type CommandTable = Readonly<Record<string, () => Promise<MakeCommand>>>;
