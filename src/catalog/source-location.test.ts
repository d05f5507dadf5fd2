import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { archiveLocation, resolveLocation, sourceLocation } from './source-location.ts';

describe('resolveLocation', () => {
  it('takes a path relative to the catalogue file', () => {
    assert.equal(resolveLocation('argocd.yaml', '/etc/nautes/catalog.yaml'), '/etc/nautes/argocd.yaml');
    assert.equal(resolveLocation('../m/argocd.yaml', '/etc/nautes/catalog.yaml'), '/etc/m/argocd.yaml');
    assert.equal(resolveLocation('/srv/argocd.yaml', '/etc/nautes/catalog.yaml'), '/srv/argocd.yaml');
  });

  it('normalises an https URL', () => {
    assert.equal(resolveLocation('HTTPS://Example.org/a/../b.yaml', '/c.yaml'), 'https://example.org/b.yaml');
  });

  it('refuses other schemes, secrets and queries', () => {
    for (const [location, problem] of [
      ['http://example.org/a.yaml', /neither a path nor an https URL/],
      ['oci://ghcr.io/traefik/helm/traefik', /neither a path nor an https URL/],
      ['file:///etc/passwd', /neither a path nor an https URL/],
      ['https://user:secret@example.org/a', /example\.org holds a user or password/],
      ['https://example.org/a?token=1', /must not have/],
      ['https://example.org/a#b', /must not have/],
      ['https://', /is no URL/],
    ] as const) {
      assert.throws(() => resolveLocation(location, '/c.yaml'), problem);
    }
  });

  it('does not quote a rejected password', () => {
    assert.throws(
      () => resolveLocation('https://user:hunter2@example.org/a', '/c.yaml'),
      (error: Error) => !error.message.includes('hunter2'),
    );
  });
});

describe('archiveLocation', () => {
  const chart = { chart: 'traefik', version: '41.3.0', release: 'traefik', repository: 'https://example.org/charts/' };

  it('is below the repository under the name that helm pull uses', () => {
    assert.equal(archiveLocation(chart), 'https://example.org/charts/traefik-41.3.0.tgz');
    assert.equal(archiveLocation({ ...chart, repository: '/srv/charts' }), '/srv/charts/traefik-41.3.0.tgz');
    assert.equal(sourceLocation(chart), 'https://example.org/charts/traefik-41.3.0.tgz');
  });

  it('is the repository when that is an archive', () => {
    assert.equal(archiveLocation({ ...chart, repository: '/srv/mine.tgz' }), '/srv/mine.tgz');
  });
});
