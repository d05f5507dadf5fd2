import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../base/defined.ts';
import { makePrivateDirectory } from '../../base/files/files.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { RenderSettings } from '../../render/facts.ts';
import { readMirror } from '../../render/mirror.ts';
import { Renderer } from '../../render/renderer.ts';
import { SourceLoader } from '../../render/sources.ts';
import { trustedAuthorities } from '../configuration/authorities.ts';
import { dataPaths } from '../configuration/data-paths.ts';
import { proxyOf } from '../configuration/proxies.ts';
import { oauthSettings } from '../configuration/oauth.ts';
import { locateHelm } from './helm.ts';
import type { StoreOptions } from './stores.ts';
import { injectorAddress } from './workload-auth.ts';

/** What renders components: API and controllers share it, so that a source is loaded and parsed once. */
export interface Rendering {
  readonly renderer: Renderer;
  readonly settings: RenderSettings;
}

/** The manifests of the components that clusters get by default are parsed meanwhile. */
export async function openRendering(
  { configuration, opened }: Pick<StoreOptions, 'configuration' | 'opened'>,
  catalog: Catalog,
): Promise<Rendering> {
  const oauth = await oauthSettings(configuration);
  const authorities = await trustedAuthorities('catalog.caFile', configuration.catalog.caFile);
  const { sources: directory, temporary } = dataPaths(configuration.dataDirectory);
  await rm(temporary, { recursive: true, force: true }); // what a server that was killed has left
  await makePrivateDirectory(temporary);
  const sources = new SourceLoader({
    directory,
    proxy: await proxyOf(configuration, 'catalog'),
    ...defined({ certificateAuthorities: authorities }),
    ...(configuration.catalog.mirror === '' ? {} : { mirror: readMirror(configuration.catalog.mirror) }),
  });
  opened.defer(() => sources.close());
  const renderer = new Renderer({
    sources,
    helm: () => locateHelm(configuration.helm.path),
    parsedDirectory: join(directory, 'parsed'),
    temporaryDirectory: temporary,
  });
  opened.defer(() => renderer.close());
  void renderer.prepare(catalog.defaults());
  return { renderer, settings: { vault: { address: injectorAddress(configuration) }, ...defined({ oauth }) } };
}
