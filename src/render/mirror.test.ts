import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NautesError } from '../errors/errors.ts';
import { mirroredLocation, readMirror } from './mirror.ts';

describe('readMirror', () => {
  it('accepts a directory, also relative to the working directory', () => {
    assert.deepEqual(readMirror('/srv/mirror'), { kind: 'directory', path: '/srv/mirror' });
    assert.deepEqual(readMirror('mirror'), { kind: 'directory', path: resolve('mirror') });
  });

  it('accepts an https URL, and http on loopback only', () => {
    assert.deepEqual(readMirror('https://m.example/a/'), { kind: 'url', url: 'https://m.example/a' });
    for (const host of ['127.0.0.1:8080', 'localhost', '[::1]:8080']) {
      assert.deepEqual(readMirror(`http://${host}/a`), { kind: 'url', url: `http://${host}/a` });
    }
  });

  it('rejects everything else', () => {
    const refused = [
      'http://m.example',
      'http://127.evil.example',
      'ftp://m.example',
      'https://u@m.example',
      'https://',
    ];
    for (const setting of [...refused, 'https://m.example/?a', 'https://m.example/#a']) {
      assert.throws(
        () => readMirror(setting),
        (error) => error instanceof NautesError && error.reason === 'ConfigurationInvalid',
        setting,
      );
    }
  });
});

describe('mirroredLocation', () => {
  it('is different for two sources with the same file name', () => {
    const mirror = readMirror('/srv/mirror');
    const cd = mirroredLocation(mirror, 'https://raw.example/argo-cd/install.yaml');
    const rollouts = mirroredLocation(mirror, 'https://raw.example/argo-rollouts/install.yaml');
    assert.equal(cd, '/srv/mirror/raw.example/argo-cd/install.yaml');
    assert.equal(rollouts, '/srv/mirror/raw.example/argo-rollouts/install.yaml');
  });

  it('is below the mirror for every location, and different for different ones', () => {
    const mirror = readMirror('/srv/mirror');
    const host = fc.constantFrom('a.example', 'b.example', 'a.example:8443', '[::1]');
    const segment = fc.constantFrom('a', 'b', '..', '.', '%2e%2e', '%2F', '\\', 'install.yaml');
    const address = fc
      .tuple(host, fc.array(segment, { maxLength: 5 }))
      .map(([at, path]) => `https://${at}/${path.join('/')}`);
    const locations = fc.uniqueArray(address, { maxLength: 4, selector: normalized });
    fc.assert(
      fc.property(locations, (distinct) => {
        const places = distinct.map((one) => mirroredLocation(mirror, one));
        for (const place of places) assert.ok(place.startsWith('/srv/mirror/'), place);
        assert.equal(new Set(places).size, places.length);
      }),
    );
    assert.equal(mirroredLocation(mirror, 'https://a.example/../../%2e%2e/etc/x'), '/srv/mirror/a.example/etc/x');
  });
});

/** Locations as a file system sees them: repeated and trailing slashes are ignored. */
function normalized(location: string): string {
  const { host, pathname } = new URL(location);
  return `${host}${pathname}`.replace(/\/+/g, '/').replace(/\/$/, '');
}
