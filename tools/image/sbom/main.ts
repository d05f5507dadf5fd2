/**
 * Prints the bill of materials of the image that it runs in.
 *
 *     node main.ts --lock FILE --dpkg FILE --node VERSION --helm VERSION
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { imageSbom } from './sbom.ts';

const text = { type: 'string', default: '' } as const;
const { values } = parseArgs({ options: { lock: text, dpkg: text, node: text, helm: text } });
const release = readFileSync('/etc/os-release', 'utf8');
const valueOf = (name: string): string => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(release)?.[1] ?? '';

const sbom = imageSbom({
  lock: readFileSync(values.lock, 'utf8'),
  dpkgStatus: readFileSync(values.dpkg, 'utf8'),
  distribution: `${valueOf('ID')}-${valueOf('VERSION_ID')}`,
  node: values.node,
  helm: values.helm,
  created: Number(process.env['SOURCE_DATE_EPOCH'] ?? 0),
});
process.stdout.write(sbom);
