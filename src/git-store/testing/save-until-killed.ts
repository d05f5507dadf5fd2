/**
 * Saves widgets until it is killed: `node save-until-killed.ts DIRECTORY PREFIX [REMOTE]`.
 * Prints the name of each after its save was answered.
 */
import { silentLogger } from '../../base/logger.ts';
import { openGitStore } from '../open-git-store.ts';
import { noAbort, save, usualOptions } from './fixtures.ts';

const [directory = '', prefix = '', url = ''] = process.argv.slice(2);
const repository = await openGitStore(
  {
    directory,
    fetchIntervalMilliseconds: 60_000,
    committer: { name: 'Nautes', email: 'nautes@example.org' },
    ...usualOptions,
    logger: silentLogger,
    ...(url !== '' && { remote: { url } }),
  },
  noAbort,
);

async function caller(id: number): Promise<never> {
  for (let index = 0; ; index += 1) {
    const name = `${prefix}-${id}-${index}`;
    await save(repository, name);
    process.stdout.write(`${name}\n`);
  }
}

await Promise.all([caller(0), caller(1), caller(2)]);
