import { writeFileAtomically } from '../../base/files/files.ts';
import { trustedAuthorities } from './authorities.ts';
import type { Configuration } from './configuration.ts';
import { dataPaths } from './data-paths.ts';

/**
 * Environment by which git trusts `git.caFile`. The file replaces git's default authorities, so it
 * contains those too; it is written at each start.
 * @throws NautesError `ConfigurationInvalid`
 */
export async function gitTrust({ git, dataDirectory }: Configuration): Promise<Readonly<Record<string, string>>> {
  const authorities = await trustedAuthorities('git.caFile', git.caFile);
  if (authorities === undefined) return {};
  const file = dataPaths(dataDirectory).gitAuthorities;
  await writeFileAtomically(file, authorities.map((certificate) => `${certificate.trim()}\n`).join(''), 0o644);
  return { GIT_SSL_CAINFO: file };
}
