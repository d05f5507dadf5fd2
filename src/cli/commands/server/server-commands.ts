import type { CommandTable } from '../command-table.ts';

/** The commands of those who run a server. The bundled client has {@link ./no-server-commands.ts} in their place. */
export const serverCommands: CommandTable = {
  server: async () => (await import('./server-command.ts')).serverCommand,
  token: async () => (await import('./token-command.ts')).tokenCommand,
  ca: async () => (await import('./ca-command.ts')).caCommand,
  secrets: async () => (await import('./secrets-command.ts')).secretsCommand,
  storage: async () => (await import('./storage-command.ts')).storageCommand,
  vault: async () => (await import('./vault-command.ts')).vaultCommand,
  sandbox: async () => (await import('./sandbox-command.ts')).sandboxCommand,
};
