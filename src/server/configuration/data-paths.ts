import { join } from 'node:path';

/** Paths below the data directory. */
export function dataPaths(dataDirectory: string): Readonly<Record<DataPath, string>> {
  return {
    repository: join(dataDirectory, 'config-repo.git'),
    secrets: join(dataDirectory, 'secrets'),
    sealingKey: join(dataDirectory, 'sealing.key'),
    sessionKey: join(dataDirectory, 'console-session.key'),
    tokens: join(dataDirectory, 'tokens'),
    installation: join(dataDirectory, 'installation.json'),
    runs: join(dataDirectory, 'runs'),
    status: join(dataDirectory, 'status.db'),
    sources: join(dataDirectory, 'sources'),
    gitAuthorities: join(dataDirectory, 'git-authorities.pem'),
    temporary: join(dataDirectory, 'temporary'),
    authority: join(dataDirectory, 'ca.pem'),
    authorityKey: join(dataDirectory, 'ca.key'),
  };
}

type DataPath =
  | 'repository'
  | 'secrets'
  | 'sealingKey'
  | 'sessionKey'
  | 'tokens'
  | 'installation'
  | 'runs'
  | 'status'
  | 'sources'
  | 'gitAuthorities'
  | 'temporary'
  | 'authority'
  | 'authorityKey';
