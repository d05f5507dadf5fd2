import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ErrorReason } from '../messages/errors/index.ts';
import { NautesError } from '../errors/errors.ts';
import { sha256 } from '../base/hash.ts';
import { readMirror } from './mirror.ts';
import { type SourceContent, SourceLoader, type SourceLoaderOptions, type SourceRequest } from './sources.ts';
import { redirectTo, startFileServer, testAuthority } from './testing/file-server.ts';

const signal = new AbortController().signal;
const text = 'kind: ConfigMap\n';
const digest = sha256(text);

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nautes-sources-test-'));
});

afterEach(() => rm(directory, { recursive: true }));

function loaderWith(options: Partial<SourceLoaderOptions> = {}): SourceLoader {
  return new SourceLoader({ directory: join(directory, 'sources'), certificateAuthorities: testAuthority, ...options });
}

function load(loader: SourceLoader, location: string, promised?: string): Promise<SourceContent> {
  return loader.load({ location, component: 'argocd', sha256: promised }, signal);
}

async function fails(promise: Promise<unknown>, reason: ErrorReason, message: RegExp): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof NautesError, String(error));
    assert.equal(error.reason, reason);
    assert.match(error.message, message);
    return true;
  });
}

const lockFile = (): string => join(directory, 'sources/sources.lock.json');
const readLock = async (): Promise<unknown> => JSON.parse(await readFile(lockFile(), 'utf8')) as unknown;

describe('a file', () => {
  it('is read and verified, never recorded', async () => {
    const file = join(directory, 'a.yaml');
    await writeFile(file, text);
    const loader = loaderWith();
    assert.deepEqual(await load(loader, file), { content: Buffer.from(text), digest });
    await load(loader, file, digest);
    await fails(load(loader, file, '0'.repeat(64)), 'SourceDigestMismatch', /than the catalogue promises/);
    assert.equal((await loader.recordedDigests()).size, 0);
  });

  it('that is missing, not a regular file or too large is rejected', async () => {
    const file = join(directory, 'a.yaml');
    await writeFile(file, text);
    await fails(load(loaderWith(), join(directory, 'b.yaml')), 'SourceUnavailable', /there is no file .*b\.yaml/);
    await fails(load(loaderWith(), directory), 'SourceUnavailable', /EISDIR/);
    await fails(load(loaderWith({ maximumBytes: 3 }), file), 'SourceInvalid', /larger than 3 bytes/);
  });
});

describe('a URL', () => {
  it('with a digest in the catalogue is verified, cached and not fetched again, also after a restart', async () => {
    await using server = await startFileServer({ '/a.yaml': text });
    assert.equal((await load(loaderWith(), `${server.url}/a.yaml`, digest)).content.toString(), text);
    assert.equal((await load(loaderWith(), `${server.url}/a.yaml`, digest)).content.toString(), text);
    assert.deepEqual(server.requests, ['/a.yaml']);
    assert.deepEqual(await readdir(join(directory, 'sources')), [digest], 'nothing is recorded');
  });

  it('with another digest than in the catalogue is rejected and not cached', async () => {
    await using server = await startFileServer({ '/a.yaml': 'something else' });
    await fails(load(loaderWith(), `${server.url}/a.yaml`, digest), 'SourceDigestMismatch', /the catalogue promises/);
    await assert.rejects(readdir(join(directory, 'sources')));
  });

  it('without a digest is recorded at the first download and verified from then on', async () => {
    await using server = await startFileServer({ '/a.yaml': text });
    const location = `${server.url}/a.yaml`;
    await load(loaderWith(), location);
    assert.deepEqual(await readLock(), { [location]: digest });
    server.files.set('/a.yaml', 'changed upstream');
    assert.equal((await load(loaderWith(), location)).digest, digest, 'the kept copy serves');
    await rm(join(directory, 'sources', digest));
    await fails(load(loaderWith(), location), 'SourceDigestMismatch', /than sources\.lock\.json has recorded/);
  });

  it('is here once it was downloaded, with and without a digest in the catalogue', async () => {
    await using server = await startFileServer({ '/a.yaml': text });
    const location = `${server.url}/a.yaml`;
    const loader = loaderWith();
    assert.deepEqual([await loader.isHere(location), await loader.isHere(location, digest)], [false, false]);
    assert.deepEqual(server.requests, [], 'nothing is asked');
    await load(loader, location);
    assert.deepEqual([await loader.isHere(location), await loader.isHere(location, digest)], [true, true]);
    assert.equal(await loader.isHere(location, sha256('another')), false);
    assert.equal(await loader.isHere(join(directory, 'a.yaml')), true, 'a file');
  });

  it('whose cached copy is damaged is fetched again', async () => {
    await using server = await startFileServer({ '/a.yaml': text });
    const location = `${server.url}/a.yaml`;
    await load(loaderWith(), location);
    await writeFile(join(directory, 'sources', digest), 'dama');
    assert.equal((await load(loaderWith(), location)).content.toString(), text);
    assert.equal(await readFile(join(directory, 'sources', digest), 'utf8'), text);
    assert.equal(server.requests.length, 2);
  });

  it('is downloaded once for concurrent callers', async () => {
    await using server = await startFileServer({ '/a.yaml': text });
    const loader = loaderWith();
    const loads = Array.from({ length: 50 }, () => load(loader, `${server.url}/a.yaml`));
    for (const { content } of await Promise.all(loads)) assert.equal(content.toString(), text);
    assert.deepEqual(server.requests, ['/a.yaml']);
  });

  it('is recorded during concurrent downloads of others', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `/${index}/install.yaml`);
    await using server = await startFileServer(Object.fromEntries(names.map((name) => [name, `content of ${name}`])));
    const loader = loaderWith();
    await Promise.all(names.map((name) => load(loader, `${server.url}${name}`)));
    const expected = Object.fromEntries(names.map((name) => [`${server.url}${name}`, sha256(`content of ${name}`)]));
    assert.deepEqual(await readLock(), expected);
    assert.deepEqual(Object.fromEntries(await loader.recordedDigests()), expected);
  });

  it('is still downloaded for others when the first caller aborts', async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    await using server = await startFileServer({
      '/a.yaml': (_request, response) => {
        asked.resolve();
        void answer.promise.then(() => response.end(text));
      },
    });
    const loader = loaderWith();
    const source: SourceRequest = { location: `${server.url}/a.yaml`, component: 'argocd' };
    const first = new AbortController();
    const given = loader.load(source, first.signal);
    await asked.promise;
    const second = loader.load(source, signal);
    first.abort(new Error('given up'));
    await assert.rejects(given, /given up/);
    answer.resolve();
    assert.equal((await second).digest, digest);
    assert.equal(server.requests.length, 1);
  });

  it('is requested again after a failure', async () => {
    await using server = await startFileServer({});
    const loader = loaderWith();
    await fails(load(loader, `${server.url}/a.yaml`), 'SourceUnavailable', /HTTP 404/);
    server.files.set('/a.yaml', text);
    assert.equal((await load(loader, `${server.url}/a.yaml`)).digest, digest);
  });

  it('whose server is untrusted or unreachable is unavailable', async () => {
    await using server = await startFileServer({ '/a.yaml': text });
    const distrusting = new SourceLoader({ directory });
    await fails(load(distrusting, `${server.url}/a.yaml`), 'SourceUnavailable', /authority that is not trusted here/);
    const { url } = server;
    await server[Symbol.asyncDispose]();
    await fails(load(loaderWith(), `${url}/a.yaml`), 'SourceUnavailable', /nothing accepts connections there/);
  });
});

describe('a download', () => {
  it('that is too large is rejected, whether or not its size is announced', async () => {
    await using server = await startFileServer({
      '/announced': Buffer.alloc(2000),
      '/chunked': (_request, response) => {
        response.write(Buffer.alloc(600));
        setImmediate(() => response.end(Buffer.alloc(600)));
      },
      '/fits': Buffer.alloc(1000),
    });
    const loader = loaderWith({ maximumBytes: 1000 });
    await fails(load(loader, `${server.url}/announced`), 'SourceInvalid', /larger than 1000 bytes/);
    await fails(load(loader, `${server.url}/chunked`), 'SourceInvalid', /larger than 1000 bytes/);
    assert.equal((await load(loader, `${server.url}/fits`)).content.length, 1000);
  });

  it('that does not begin or end in time is aborted', async () => {
    await using server = await startFileServer({
      '/silent': () => {},
      '/slow': (_request, response) => response.write('a'),
    });
    const loader = loaderWith({ timeoutMilliseconds: 200 });
    await fails(load(loader, `${server.url}/silent`), 'SourceUnavailable', /it takes too long/);
    await fails(load(loader, `${server.url}/slow`), 'SourceUnavailable', /it takes too long/);
  });

  it('that is interrupted is unavailable', async () => {
    await using server = await startFileServer({
      '/broken': (_request, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('a');
        setImmediate(() => response.destroy());
      },
    });
    await fails(load(loaderWith(), `${server.url}/broken`), 'SourceUnavailable', /the connection failed/);
  });

  it('ends when the loader closes', async () => {
    await using server = await startFileServer({ '/silent': () => {} });
    const loader = loaderWith();
    const loading = load(loader, `${server.url}/silent`);
    loader.close();
    await assert.rejects(loading, { name: 'AbortError' });
  });
});

describe('a redirect', () => {
  it('is followed to https', async () => {
    await using publisher = await startFileServer({ '/asset': text });
    await using server = await startFileServer({
      '/a.yaml': redirectTo(`${publisher.url}/asset`),
      '/r': redirectTo('a.yaml'),
    });
    assert.equal((await load(loaderWith(), `${server.url}/r`)).digest, digest);
    assert.deepEqual(await readLock(), { [`${server.url}/r`]: digest }, 'recorded under the name in the catalogue');
  });

  it('away from https is rejected', async () => {
    await using plain = await startFileServer({ '/a.yaml': text }, 'http');
    await using server = await startFileServer({ '/a.yaml': redirectTo(`${plain.url}/a.yaml`) });
    await fails(load(loaderWith(), `${server.url}/a.yaml`), 'SourceUnavailable', /redirects away from https/);
    assert.deepEqual(plain.requests, []);
  });

  it('without end is aborted', async () => {
    await using server = await startFileServer({ '/a.yaml': redirectTo('/a.yaml') });
    await fails(load(loaderWith(), `${server.url}/a.yaml`), 'SourceUnavailable', /redirects too often/);
  });
});

describe('the lock file', () => {
  it('that is damaged is an error', async () => {
    await using server = await startFileServer({ '/a.yaml': text });
    for (const content of ['{', '[]', 'null', '{"https://a/b": "nothing"}', '{"https://a/b": 7}']) {
      await mkdir(dirname(lockFile()), { recursive: true });
      await writeFile(lockFile(), content);
      await fails(load(loaderWith(), `${server.url}/a.yaml`), 'SourceLockDamaged', /sources\.lock\.json is damaged/);
      assert.equal(await readFile(lockFile(), 'utf8'), content);
    }
    assert.equal((await load(loaderWith(), `${server.url}/a.yaml`, digest)).digest, digest, 'not needed for this one');
  });

  it('is applied when an operator changes it', async () => {
    await using server = await startFileServer({ '/a.yaml': text });
    const loader = loaderWith();
    await load(loader, `${server.url}/a.yaml`);
    server.files.set('/a.yaml', 'new release');
    await rm(lockFile());
    assert.equal((await load(loader, `${server.url}/a.yaml`)).content.toString(), 'new release');
  });
});

describe('a mirror', () => {
  it('in a directory replaces every remote location, by host and path', async () => {
    const mirror = join(directory, 'mirror');
    for (const [path, content] of [
      ['argo-cd', 'cd'],
      ['argo-rollouts', 'rollouts'],
    ] as const) {
      await mkdir(join(mirror, 'raw.example', path), { recursive: true });
      await writeFile(join(mirror, 'raw.example', path, 'install.yaml'), content);
    }
    const loader = loaderWith({ mirror: readMirror(mirror) });
    const contentOf = async (path: string) =>
      (await load(loader, `https://raw.example/${path}/install.yaml`)).content.toString();
    assert.deepEqual(await Promise.all([contentOf('argo-cd'), contentOf('argo-rollouts')]), ['cd', 'rollouts']);
    await fails(
      contentOf('argo-events'),
      'SourceUnavailable',
      /no file .*mirror\/raw\.example\/argo-events\/install\.yaml/,
    );
  });

  it('at a URL is used instead, also over http on loopback', async () => {
    await using server = await startFileServer({ '/copies/raw.example/a.yaml': text }, 'http');
    const loader = loaderWith({ mirror: readMirror(`${server.url}/copies/`) });
    assert.equal((await load(loader, 'https://raw.example/a.yaml', digest)).digest, digest);
    assert.deepEqual(server.requests, ['/copies/raw.example/a.yaml']);
  });

  it('is verified against the recorded digests', async () => {
    const mirror = join(directory, 'mirror');
    await using server = await startFileServer({ '/a.yaml': text });
    await load(loaderWith(), `${server.url}/a.yaml`);
    await rm(join(directory, 'sources', digest));
    await mkdir(join(mirror, server.host), { recursive: true });
    await writeFile(join(mirror, server.host, 'a.yaml'), 'another content');
    const loader = loaderWith({ mirror: readMirror(mirror) });
    await fails(load(loader, `${server.url}/a.yaml`), 'SourceDigestMismatch', /has recorded/);
  });

  it('is not used for local files', async () => {
    const file = join(directory, 'a.yaml');
    await writeFile(file, text);
    assert.equal((await load(loaderWith({ mirror: readMirror('/nowhere') }), file)).digest, digest);
  });
});
