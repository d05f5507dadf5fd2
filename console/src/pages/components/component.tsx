import { Anchor, Skeleton, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { paths } from '../../../../src/contract/paths.ts';
import type { View } from '../../../../src/contract/views.ts';
import { request } from '../../data/api.ts';
import { type Catalog, catalogQuery } from '../../data/cluster.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { FailureAlert } from '../../parts/failure.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Phase } from '../../parts/phase.tsx';
import { count } from '../../parts/time.ts';
import { t } from '../../texts/index.ts';
import classes from '../cluster/cluster.module.css';

type Item = View<'fleetComponents'>['items'][number];
type Definition = Catalog['components'][number];

/** Clusters of a version that are named at once. */
const NAMED = 100;
/** How often it is read again, in milliseconds. */
const REFRESH = 10_000;

/** One component across all clusters: versions, where it is not ready and why, and what the catalogue says of it. */
export function ComponentPage() {
  const { component: name } = useParams({ from: '/shell/components/$component' });
  const found = useQuery({
    queryKey: ['fleet-components', name],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ component: name }).toString();
      return request<View<'fleetComponents'>>(`${paths.fleetComponents}?${query}`, { signal });
    },
    refetchInterval: REFRESH,
  });
  const { data: catalog } = useQuery(catalogQuery);
  const definition = catalog?.components.find((component) => component.name === name);
  const item = found.data?.items[0];
  return (
    <Page title={name}>
      {found.error !== null && <FailureAlert error={found.error} onRetry={() => void found.refetch()} />}
      {found.data === undefined && found.error === null && <Skeleton height={360} radius={12} />}
      {found.data !== undefined && item === undefined && <Unknown name={name} />}
      {item !== undefined && (
        <div className={classes.columns}>
          <div className={classes.stack}>
            <Failing item={item} />
            <Versions item={item} />
          </div>
          {definition === undefined ? <NotInCatalogue /> : <About definition={definition} />}
        </div>
      )}
    </Page>
  );
}

function Unknown({ name }: { readonly name: string }) {
  return (
    <Text>
      {t('componentPage.unknown', { name })} <Link to="/components">{t('componentPage.all')}</Link>
    </Text>
  );
}

function Failing({ item: { name, failing = [], versions } }: { readonly item: Item }) {
  const total = versions.reduce((sum, { not_ready: notReady }) => sum + notReady, 0);
  return (
    <Panel title={t('componentPage.failing', { count: count(total) })}>
      {failing.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('componentPage.allReady')}
        </Text>
      ) : (
        <DataTable
          minWidth={560}
          verticalSpacing="sm"
          columns={['column.name', 'component.state', 'component.version', 'filter.reason']}
        >
          {failing.map(({ cluster, version, phase, reason, message }) => (
            <Table.Tr key={cluster}>
              <Table.Td>
                <Link to="/clusters/$name/components" params={{ name: cluster }}>
                  {cluster}
                </Link>
              </Table.Td>
              <Table.Td>
                <Phase phase={phase} />
              </Table.Td>
              <Table.Td>{version}</Table.Td>
              <Table.Td className="wrap">
                {reason !== '' && <strong>{reason}</strong>} {message}
              </Table.Td>
            </Table.Tr>
          ))}
        </DataTable>
      )}
      {total > failing.length && (
        <Text size="sm" mt="xs">
          <Link to="/clusters" search={{ component: name }}>
            {t('overview.more', { count: count(total - failing.length) })}
          </Link>
        </Text>
      )}
    </Panel>
  );
}

function Versions({ item: { version: current, versions } }: { readonly item: Item }) {
  return (
    <Panel title={t('matrix.versions')}>
      {versions.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('matrix.none')}
        </Text>
      )}
      {versions.map(({ version, clusters, not_ready: notReady, names = [] }) => (
        <details key={version} open={versions.length === 1 && names.length <= NAMED}>
          <summary>
            <Text component="span" size="sm" fw={600} className={version === current ? '' : 'tone-warn'}>
              {version}
            </Text>{' '}
            <Text component="span" size="sm" c="dimmed">
              {t('componentPage.clusters', { count: count(clusters), notReady: count(notReady) })}
              {version !== current && current !== '' && ` · ${t('componentPage.outdated', { version: current })}`}
            </Text>
          </summary>
          <ul className={classes.names}>
            {names.slice(0, NAMED).map((name) => (
              <li key={name}>
                <Link to="/clusters/$name" params={{ name }}>
                  {name}
                </Link>
              </li>
            ))}
            {names.length > NAMED && <li>{t('overview.more', { count: count(names.length - NAMED) })}</li>}
          </ul>
        </details>
      ))}
    </Panel>
  );
}

function NotInCatalogue() {
  return (
    <Panel title={t('matrix.catalogue')}>
      <Text size="sm" c="dimmed">
        {t('componentPage.gone')}
      </Text>
    </Panel>
  );
}

/** What the catalogue says: where it comes from, what it waits for, and the settings that a cluster can give. */
function About({ definition }: { readonly definition: Definition }) {
  const { category, namespace, version, description, requires, after, sources, advisories, additions } = definition;
  const waitsFor = [...requires, ...after.map((name) => (name === '*' ? t('componentPage.allOthers') : name))];
  return (
    <div className={classes.stack}>
      <Panel title={t('matrix.catalogue')}>
        <Text size="sm" mb="sm">
          {description}
        </Text>
        {advisories.map((advisory) => (
          <Text key={advisory} size="sm" mb="xs" className="tone-warn wrap">
            {advisory}
          </Text>
        ))}
        <dl className={classes.facts}>
          <Fact name={t('component.version')}>{version}</Fact>
          <Fact name={t('component.category')}>{category}</Fact>
          <Fact name={t('component.namespace')}>{namespace}</Fact>
          <Fact name={t('componentPage.waits')}>{waitsFor.join(', ') || t('none')}</Fact>
          <Fact name={t('matrix.sources')}>
            {sources.map(({ location, chart = '', version: chartVersion = '', sha256 }) => (
              <div key={`${location} ${chart}`}>
                <Source location={location} />
                {chart !== '' && ` · ${chart} ${chartVersion}`}
                {sha256 !== '' && <div className="mono dim">sha256:{sha256}</div>}
              </div>
            ))}
          </Fact>
        </dl>
      </Panel>
      {additions.length > 0 && (
        <Panel title={t('form.settings')}>
          <dl className={classes.facts}>
            {additions.map(({ name, description: about, default: standard = '' }) => (
              <Fact key={name} name={name}>
                {about} {standard !== '' && <span className="mono dim">({standard})</span>}
              </Fact>
            ))}
          </dl>
          <Text size="xs" c="dimmed" mt="sm">
            {t('componentPage.settings')}
          </Text>
        </Panel>
      )}
    </div>
  );
}

function Source({ location }: { readonly location: string }) {
  if (!/^https?:\/\//.test(location)) return <span className="mono wrap">{location}</span>;
  return (
    <Anchor href={location} target="_blank" rel="noreferrer noopener" size="sm" className="wrap">
      {location}
    </Anchor>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="wrap">{children}</dd>
    </>
  );
}
