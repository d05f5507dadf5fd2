import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { NautesProcess } from '../harness/nautes-process.ts';
import { sandboxSource } from '../harness/sandbox-source.ts';
import { workerBody } from '../harness/target-cluster.ts';

describe('a server in poor surroundings', () => {
  it('registers a cluster without a home directory, and writes nothing beside its data directory', async () => {
    const source = await sandboxSource(1);
    const place = await mkdtemp(join(tmpdir(), 'nautes-poor-'));
    const temporary = join(place, 'tmp');
    await mkdir(temporary);
    const home = join(place, 'there-is-no-home');
    const server = await NautesProcess.start({
      environment: { HOME: home, XDG_CACHE_HOME: home, TMPDIR: temporary },
      configuration: { catalog: { files: source.catalogFiles }, log: { level: 'warn' } },
    });
    try {
      const client = await server.client('maintainer', 'ada');
      const reply = await client.save('one', workerBody(await source.create()));
      assert.equal(reply.status, 200, JSON.stringify(reply.body));
      await client.waitForPhase('one', 'Ready');
      assert.deepEqual(await readdir(place), ['tmp']);
    } finally {
      await server[Symbol.asyncDispose]();
      await source.close();
    }
    assert.deepEqual(await readdir(temporary), [], 'temporary files are gone');
    await rm(place, { recursive: true });
  });

  it('registers a cluster with a heap of 128 MB', async () => {
    const source = await sandboxSource(1);
    const server = await NautesProcess.start({
      environment: { NODE_OPTIONS: '--max-old-space-size=128' },
      configuration: { catalog: { files: source.catalogFiles }, log: { level: 'warn' } },
    });
    try {
      const client = await server.client('maintainer', 'ada');
      const reply = await client.save('one', workerBody(await source.create()));
      assert.equal(reply.status, 200, JSON.stringify(reply.body));
      await client.waitForPhase('one', 'Ready');
    } finally {
      await server[Symbol.asyncDispose]();
      await source.close();
    }
  });
});
