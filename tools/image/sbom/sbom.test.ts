import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { imageSbom } from './sbom.ts';

describe('the bill of materials', () => {
  const lock = JSON.stringify({
    version: '1.2.3',
    packages: {
      '': { version: '1.2.3' },
      'node_modules/@scope/one': {
        version: '2.0.0',
        integrity: `sha512-${Buffer.alloc(64).toString('base64')}`,
        license: 'MIT',
      },
      'node_modules/@scope/one/node_modules/two': { version: '3.0.0' },
      'node_modules/tool': { version: '4.0.0', dev: true },
    },
  });
  const dpkgStatus = `Package: libstdc++6
Status: install ok installed
Architecture: amd64
Version: 12.2.0-14+deb12u1

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1
`;
  const sources = { lock, dpkgStatus, distribution: 'debian-12', node: 'v24.1.0', helm: 'v4.1.4', created: 86_400 };

  it('names packages of production, of Debian, Node and helm by their package URLs', () => {
    const { components, metadata } = JSON.parse(imageSbom(sources)) as {
      readonly components: readonly { readonly purl: string }[];
      readonly metadata: { readonly timestamp: string };
    };
    assert.deepEqual(
      components.map(({ purl }) => purl),
      [
        'pkg:npm/%40scope/one@2.0.0',
        'pkg:npm/two@3.0.0',
        'pkg:generic/node@24.1.0',
        'pkg:golang/helm.sh/helm/v4@v4.1.4',
        'pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64&distro=debian-12',
      ],
    );
    assert.equal(metadata.timestamp, '1970-01-02T00:00:00.000Z');
  });

  it('is the same text for the same sources, and has another number for others', () => {
    assert.equal(imageSbom(sources), imageSbom(sources));
    const number = (text: string) => (JSON.parse(text) as { readonly serialNumber: string }).serialNumber;
    assert.notEqual(number(imageSbom(sources)), number(imageSbom({ ...sources, node: 'v24.2.0' })));
    assert.match(number(imageSbom(sources)), /^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
});
