/** The bill of materials of the image (CycloneDX 1.5). It imports nothing of ours: the Containerfile runs it by itself. */
import { createHash } from 'node:crypto';

export interface SbomSources {
  /** Text of `package-lock.json`. `npm sbom --omit dev` leaves out what packages of development need as well. */
  readonly lock: string;
  /** Text of `/var/lib/dpkg/status`. */
  readonly dpkgStatus: string;
  /** `ID` and `VERSION_ID` of os-release, such as `debian-13`. */
  readonly distribution: string;
  /** Such as `v24.19.0`. */
  readonly node: string;
  /** Such as `v4.1.4`. */
  readonly helm: string;
  /** Seconds since 1970 (`SOURCE_DATE_EPOCH`): the same sources give the same bytes. */
  readonly created: number;
}

interface Component {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly cpe?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: readonly { readonly expression: string }[];
}

interface LockFile {
  readonly version: string;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
}

/** The packages of npm and of Debian, Node and helm, as JSON text. */
export function imageSbom(sources: SbomSources): string {
  const lock = JSON.parse(sources.lock) as LockFile; // npm's
  const { version } = lock;
  const content = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      timestamp: new Date(sources.created * 1000).toISOString(),
      component: part('application', 'nautes', version, `pkg:npm/nautes@${version}`),
    },
    components: [...npmPackages(lock), ...runtimes(sources), ...debianPackages(sources)],
  };
  return `${JSON.stringify({ ...content, serialNumber: serialNumber(content) }, undefined, 2)}\n`;
}

/** Those of production. */
function npmPackages({ packages }: LockFile): Component[] {
  const production = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  return production.map(([path, { version = '', integrity = '', license }]) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    const [, digest = ''] = /^sha512-(\S+)$/.exec(integrity) ?? [];
    const hashes = [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }];
    return {
      ...part('library', name, version, purl),
      'bom-ref': path, // a package can be there twice
      ...(digest === '' ? {} : { hashes }),
      ...(license === undefined ? {} : { licenses: [{ expression: license }] }),
    };
  });
}

function runtimes({ node, helm }: SbomSources): Component[] {
  const version = node.replace(/^v/, '');
  return [
    {
      ...part('application', 'node', version, `pkg:generic/node@${version}`),
      cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
    },
    {
      ...part('application', 'helm', helm, `pkg:golang/helm.sh/helm/v4@${helm}`),
      cpe: `cpe:2.3:a:helm:helm:${helm.replace(/^v/, '')}:*:*:*:*:*:*:*`,
    },
  ];
}

function debianPackages({ dpkgStatus, distribution }: SbomSources): Component[] {
  return dpkgStatus.split(/\n\n+/).flatMap((paragraph) => {
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1] ?? '';
    const [name, version] = [field('Package'), field('Version')];
    if (name === '' || !field('Status').endsWith(' installed')) return [];
    const qualifiers = `arch=${field('Architecture')}&distro=${distribution}`;
    const [purlName, purlVersion] = [encodeURIComponent(name), encodeURIComponent(version)];
    return [part('library', name, version, `pkg:deb/debian/${purlName}@${purlVersion}?${qualifiers}`)];
  });
}

function part(type: string, name: string, version: string, purl: string): Component {
  return { 'bom-ref': purl, type, name, version, purl };
}

/** A name-based UUID of the content. */
function serialNumber(content: object): string {
  const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`];
  return `urn:uuid:${[...parts, hash.slice(20, 32)].join('-')}`;
}
