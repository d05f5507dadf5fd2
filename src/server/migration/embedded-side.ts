import { access, readdir } from 'node:fs/promises';
import { createFileOnce, readFileIfPresent, writeFileAtomically } from '../../base/files/files.ts';
import type { Logger } from '../../base/logger.ts';
import { Secret } from '../../base/secret.ts';
import { TokenFiles } from '../../identity/index.ts';
import { combineKeyTexts, SealedFileSecretStore } from '../../secrets/index.ts';
import { openSqliteState } from '../../state/index.ts';
import { hasGivenKey, sealingKeys } from '../compose/secrets.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { dataPaths } from '../configuration/data-paths.ts';
import { readInstallation, writeInstallation } from '../services/installation.ts';
import { readStorageMark, writeStorageMark } from '../services/storage-mark.ts';
import type { SideIdentity, StorageSide } from './storage-side.ts';

const MAXIMUM_KEY_BYTES = 16 * 1024;

/** The data directory, which the caller has locked. */
export function embeddedSide(configuration: Configuration, logger: Logger): StorageSide {
  const { dataDirectory } = configuration;
  const paths = dataPaths(dataDirectory);
  const opened = new AsyncDisposableStack();
  return {
    storage: 'embedded',
    place: dataDirectory,
    identity: async (): Promise<SideIdentity | undefined> => {
      const [installation, mark] = await Promise.all([
        readInstallation(paths.installation),
        readStorageMark(dataDirectory),
      ]);
      // A replica's directory knows whose it is and has no state.
      const isUsed = mark !== undefined || (await exists(paths.status));
      return installation === undefined || !isUsed ? undefined : { installation, mark };
    },
    boundTo: async () => (await readInstallation(paths.installation))?.id,
    mark: async ({ installation, mark }) => {
      // An identity without its state is never there without the mark.
      if (mark !== undefined) await writeStorageMark(dataDirectory, mark);
      await writeInstallation(paths.installation, installation);
      if (mark === undefined) await writeStorageMark(dataDirectory, mark);
    },
    replicas: () => Promise.resolve([]),
    keyText: async () => (hasGivenKey(configuration) ? undefined : await readKeyText(paths.sealingKey)),
    putKeyText: (text) => putKeyText(paths.sealingKey, text),
    keys: async () => (await sealingKeys(configuration)).keys,
    secrets: async (keys) => {
      const store = await SealedFileSecretStore.open({ directory: paths.secrets, keys, keySource: paths.sealingKey });
      opened.defer(() => store.close());
      return store;
    },
    tokens: new TokenFiles(paths.tokens),
    state: async () => {
      const state = await openSqliteState({ file: paths.status, logger });
      opened.defer(() => state.close());
      return state.copy;
    },
    close: () => opened.disposeAsync(),
  };
}

/** Whether the directory has a repository of its own. */
export async function hasRepository(dataDirectory: string): Promise<boolean> {
  const names = await readdir(dataPaths(dataDirectory).repository).catch((): string[] => []);
  return names.length > 0;
}

async function readKeyText(file: string): Promise<Secret | undefined> {
  const content = await readFileIfPresent(file, MAXIMUM_KEY_BYTES);
  return content === undefined ? undefined : new Secret(content.toString('utf8'));
}

/** Keys that the directory has besides go on opening what they have sealed. */
async function putKeyText(file: string, text: Secret): Promise<void> {
  if (await createFileOnce(file, text.reveal())) return;
  const before = await readKeyText(file);
  const after = combineKeyTexts(text, before ?? new Secret('')).reveal();
  if (before?.reveal() !== after) await writeFileAtomically(file, after);
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
