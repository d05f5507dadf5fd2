import { defined } from '../../../base/defined.ts';
import type { Configuration } from '../../../server/configuration/configuration.ts';
import type { ConfigurationSources } from '../../../server/configuration/load.ts';

/** Which server a command is about, as its options say. */
export interface ServerOptions {
  readonly config?: string;
  readonly dataDir?: string;
}

/**
 * The configuration of that server. Its modules are loaded here: most commands do without them.
 * @throws NautesError `ConfigurationInvalid`
 */
export async function serverConfiguration(
  { config, dataDir }: ServerOptions,
  overrides: ConfigurationSources['overrides'] = {},
): Promise<Configuration> {
  const { loadConfiguration } = await import('../../../server/configuration/load.ts');
  return await loadConfiguration({
    ...defined({ file: config }),
    environment: process.env,
    overrides: { ...overrides, ...defined({ dataDirectory: dataDir }) },
  });
}
