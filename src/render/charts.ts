import { NautesError } from '../errors/errors.ts';
import { message } from '../messages/message.ts';
import { parseYaml } from '../base/yaml.ts';
import type { ChartSource } from '../catalog/definition.ts';
import { archiveLocation, isRemote } from '../catalog/source-location.ts';
import { isRecord } from '../kube-objects/kube-object.ts';
import type { SourceContent, SourceLoader } from './sources.ts';

/**
 * The chart's archive: a file, a URL, or the URL in the index of its repository. A mirror has it below the repository
 * under the name that `helm pull` uses and needs no index; neither does a cached archive.
 */
export function loadChart(
  chart: ChartSource,
  component: string,
  sources: SourceLoader,
  signal: AbortSignal,
): Promise<SourceContent> {
  const source = { location: archiveLocation(chart), sha256: chart.sha256, component };
  const hasIndex = isRemote(chart.repository) && !chart.repository.endsWith('.tgz');
  if (!hasIndex) return sources.load(source, signal);
  const address = (shared: AbortSignal): Promise<string> => archiveAddress(chart, component, sources, shared);
  return sources.load({ ...source, address }, signal);
}

/** The first URL in the repository's index for the version (Helm chart repository format). */
async function archiveAddress(
  { chart, repository, version }: ChartSource,
  component: string,
  sources: SourceLoader,
  signal: AbortSignal,
): Promise<string> {
  const base = repository.replace(/\/+$/, '');
  const index = readIndex(await sources.loadVolatile(`${base}/index.yaml`, component, signal), base, component);
  const entries: unknown = isRecord(index) && isRecord(index['entries']) ? index['entries'][chart] : undefined;
  const entry: unknown = Array.isArray(entries)
    ? entries.find((candidate) => isRecord(candidate) && candidate['version'] === version)
    : undefined;
  const urls: unknown = isRecord(entry) ? entry['urls'] : undefined;
  const url: unknown = Array.isArray(urls) ? urls[0] : undefined;
  if (typeof url !== 'string' || !URL.canParse(url, `${base}/`)) {
    const problem = message('SourceInvalid.chartMissing', { repository: base, chart, version });
    throw new NautesError('SourceInvalid', { component, problem });
  }
  const address = new URL(url, `${base}/`);
  if (address.protocol === 'https:') return address.href;
  const problem = message('SourceInvalid.chartAddress', { repository: base, chart });
  throw new NautesError('SourceInvalid', { component, problem });
}

function readIndex(content: Buffer, repository: string, component: string): unknown {
  try {
    return parseYaml(content.toString());
  } catch (error) {
    const problem = message('SourceInvalid.index', { repository });
    throw new NautesError('SourceInvalid', { component, problem }, { cause: error });
  }
}
