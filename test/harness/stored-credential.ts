import { systemClock } from '../../src/base/clock.ts';
import type { CredentialScope, StoredCredential } from '../../src/resources/credential.ts';
import { openSealingKeys, SealedFileSecretStore } from '../../src/secrets/index.ts';
import { dataPaths } from '../../src/server/configuration/data-paths.ts';

/** The active credential of a registration as a server that has ended left it. */
export async function readStoredCredential(dataDirectory: string, scope: CredentialScope): Promise<StoredCredential> {
  const { secrets: directory, sealingKey } = dataPaths(dataDirectory);
  const { keys, source } = await openSealingKeys({ file: sealingKey, sealedDirectory: directory, environment: {} });
  const store = await SealedFileSecretStore.open({ directory, keys, keySource: source, clock: systemClock });
  const signal = AbortSignal.timeout(120_000);
  try {
    const pointer = await store.active(scope, signal);
    if (pointer === undefined) throw new Error(`no credential is active for ${scope.cluster}`);
    return await store.read(scope, pointer.version, signal);
  } finally {
    await store.close();
  }
}
