import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { NautesProcess, type NautesProcessOptions } from '../harness/nautes-process.ts';
import { sandboxSource } from '../harness/sandbox-source.ts';
import { workerBody } from '../harness/target-cluster.ts';

/** Whether a program that needs more than a plain user's rights works here. */
function works(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] as const;
/** A root that cannot be written, as `docker run --read-only` makes it, with one directory that can. */
const READ_ONLY = ['unshare', '--mount', '--', 'sh', '-c'] as const;
const checkout = join(import.meta.dirname, '../..');

function readOnlyExcept(directory: string): string[] {
  const script = 'mount --bind "$1" "$1" && mount -o remount,bind,ro / && shift && exec "$@"';
  return [...READ_ONLY, script, 'sh', directory];
}

async function registersOne(options: NautesProcessOptions): Promise<void> {
  const source = await sandboxSource(1);
  try {
    const configuration = { catalog: { files: source.catalogFiles }, log: { level: 'warn' } };
    await using server = await NautesProcess.start({ ...options, configuration });
    const client = await server.client('maintainer', 'ada');
    const reply = await client.save('one', workerBody(await source.create()));
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    await client.waitForPhase('one', 'Ready');
  } finally {
    await source.close();
  }
}

describe('a server in poor surroundings', () => {
  it('registers a cluster without a home directory, and writes nothing beside its data directory', async () => {
    const place = await mkdtemp(join(tmpdir(), 'nautes-poor-'));
    const temporary = join(place, 'tmp');
    await mkdir(temporary);
    const home = join(place, 'there-is-no-home');
    await registersOne({ environment: { HOME: home, XDG_CACHE_HOME: home, TMPDIR: temporary } });
    assert.deepEqual(await readdir(place), ['tmp']);
    assert.deepEqual(await readdir(temporary), [], 'temporary files are gone');
    await rm(place, { recursive: true });
  });

  it('registers a cluster with a heap of 128 MB', async () => {
    await registersOne({ environment: { NODE_OPTIONS: '--max-old-space-size=128' } });
  });

  const asNobody = works(NOBODY[0], ...NOBODY.slice(1), join(checkout, 'tools/node.sh'), '--version');
  it('registers a cluster as a user who owns nothing but the data directory', {
    skip: asNobody ? false : 'setpriv does not work here',
  }, async () => {
    const place = await mkdtemp(join(tmpdir(), 'nautes-nobody-'));
    const dataDirectory = join(place, 'data');
    await mkdir(dataDirectory);
    await chmod(place, 0o755);
    await chown(dataDirectory, 65534, 65534);
    await registersOne({ dataDirectory, launcher: NOBODY, environment: { HOME: '/', TMPDIR: dataDirectory } });
    await rm(place, { recursive: true });
  });

  const mayMount = works(...([...READ_ONLY, 'mount -o remount,bind,ro /'] as [string, ...string[]]));
  it('registers a cluster below a root that cannot be written', {
    skip: mayMount ? false : 'unshare does not work here',
  }, async () => {
    const place = await mkdtemp(join(tmpdir(), 'nautes-read-only-'));
    const dataDirectory = join(place, 'data');
    await mkdir(dataDirectory);
    await registersOne({
      dataDirectory,
      launcher: readOnlyExcept(dataDirectory),
      environment: { TMPDIR: dataDirectory },
    });
    assert.deepEqual(await readdir(place), ['data']);
    await rm(place, { recursive: true });
  });
});
