import { dirname, isAbsolute, join } from 'node:path';
import { type ChartSource, type ComponentSource, isChart } from './definition.ts';

/** True for locations that are fetched over the network. */
export function isRemote(location: string): boolean {
  return location.startsWith('https://');
}

/**
 * What a catalogue file says of a place as an absolute path or an https URL; paths are relative to the file.
 * @throws Error with what is wrong with it
 */
export function resolveLocation(location: string, catalogFile: string): string {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(location)) return checkedUrl(location);
  return isAbsolute(location) ? location : join(dirname(catalogFile), location);
}

/** Secrets do not belong into a catalogue, and a mirror is laid out by host and path alone. */
function checkedUrl(location: string): string {
  if (!URL.canParse(location)) throw new Error(`${location} is no URL`);
  const url = new URL(location);
  if (url.protocol !== 'https:') throw new Error(`${location} is neither a path nor an https URL`);
  if (url.username !== '' || url.password !== '') throw new Error(`a URL of ${url.host} holds a user or password`);
  if (url.search !== '' || url.hash !== '') throw new Error(`${url.host}${url.pathname} must not have "?" or "#"`);
  return url.href;
}

/** Where a chart's archive belongs: the name that `helm package` and `helm pull` give it, below its repository. */
export function archiveLocation({ chart, repository, version }: ChartSource): string {
  if (repository.endsWith('.tgz')) return repository;
  const file = `${chart}-${version}.tgz`;
  return isRemote(repository) ? `${repository.replace(/\/+$/, '')}/${file}` : join(repository, file);
}

/** The location under which a source is recorded, kept and mirrored. */
export function sourceLocation(source: ComponentSource): string {
  return isChart(source) ? archiveLocation(source) : source.manifest;
}
