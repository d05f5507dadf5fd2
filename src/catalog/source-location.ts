import { dirname, isAbsolute, join } from 'node:path';
import { message } from '../messages/message.ts';
import { type ChartSource, type ComponentSource, isChart } from './definition.ts';
import { CatalogProblem } from './problem.ts';

/** True for remote locations. */
export function isRemote(location: string): boolean {
  return location.startsWith('https://');
}

/**
 * Resolves a location of a catalogue file to an absolute path or an https URL; paths are relative to the file.
 * @throws CatalogProblem
 */
export function resolveLocation(location: string, catalogFile: string): string {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(location)) return checkedUrl(location);
  return isAbsolute(location) ? location : join(dirname(catalogFile), location);
}

/** A catalogue must not contain secrets, and a mirror is laid out by host and path alone. */
function checkedUrl(location: string): string {
  if (!URL.canParse(location)) throw new CatalogProblem(message('CatalogInvalid.notUrl', { location }));
  const url = new URL(location);
  if (url.protocol !== 'https:') throw new CatalogProblem(message('CatalogInvalid.scheme', { location }));
  if (url.username !== '' || url.password !== '') {
    throw new CatalogProblem(message('CatalogInvalid.urlCredentials', { host: url.host }));
  }
  if (url.search !== '' || url.hash !== '') {
    throw new CatalogProblem(message('CatalogInvalid.urlQuery', { location: `${url.host}${url.pathname}` }));
  }
  return url.href;
}

/** The location of a chart's archive: the name that `helm package` and `helm pull` use, below its repository. */
export function archiveLocation({ chart, repository, version }: ChartSource): string {
  if (repository.endsWith('.tgz')) return repository;
  const file = `${chart}-${version}.tgz`;
  return isRemote(repository) ? `${repository.replace(/\/+$/, '')}/${file}` : join(repository, file);
}

/** The location under which a source is recorded, cached and mirrored. */
export function sourceLocation(source: ComponentSource): string {
  return isChart(source) ? archiveLocation(source) : source.manifest;
}
