import { Code, Stack, Table, Text } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import type { ComponentView } from '../../../../src/contract/views.ts';
import { useStatus } from '../../data/cluster.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Command } from '../../parts/command.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Phase } from '../../parts/phase.tsx';
import { t } from '../../texts/index.ts';
import classes from './cluster.module.css';
import { ComponentSteps } from './component-steps.tsx';

/** The components, what keeps each from being ready, and how people get into them. */
export function ClusterComponents() {
  const { name } = useParams({ from: '/shell/clusters/$name/components' });
  const { data: status } = useStatus(name);
  if (status === undefined) return null;
  const { components } = status;
  return (
    <div className={classes.stack}>
      {components.length > 0 && (
        <Panel title={t('cluster.order')}>
          <ComponentSteps components={components} />
        </Panel>
      )}
      <Panel title={t('cluster.components')}>
        {components.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('component.none')}
          </Text>
        ) : (
          <DataTable
            minWidth={640}
            verticalSpacing="sm"
            columns={[
              'component.name',
              'component.state',
              'component.version',
              'component.namespace',
              'component.objects',
            ]}
          >
            {components.map((component) => (
              <Row key={component.name} cluster={name} component={component} />
            ))}
          </DataTable>
        )}
      </Panel>
      {components.map((component) => (
        <Login key={component.name} component={component} />
      ))}
    </div>
  );
}

function Row({ cluster, component }: { readonly cluster: string; readonly component: ComponentView }) {
  const { name, category, version, namespace, phase, objects, message, advisories } = component;
  return (
    <Table.Tr>
      <Table.Td>
        <Text fw={600} size="sm" component="div">
          <Link to="/components/$component" params={{ component: name }}>
            {name}
          </Link>
        </Text>
        <Text size="xs" c="dimmed">
          {category}
        </Text>
      </Table.Td>
      <Table.Td miw={200}>
        <Phase phase={phase} />
        {phase !== 'Ready' && (
          <Text size="sm" c="dimmed" className="wrap">
            {message}
          </Text>
        )}
        {advisories.map((advisory) => (
          <Text key={advisory} size="xs" className="wrap tone-warn">
            {advisory}
          </Text>
        ))}
      </Table.Td>
      <Table.Td>{version}</Table.Td>
      <Table.Td>{namespace}</Table.Td>
      <Table.Td>
        {objects.total > 0 && (
          <Link to="/clusters/$name/objects" params={{ name: cluster }} search={{ component: name }}>
            {objects.ready}/{objects.total}
          </Link>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Login({ component: { name, login } }: { readonly component: ComponentView }) {
  if (login === undefined) return null;
  const { url, user, passwordCommand, forwardCommand, forwardUrl } = login;
  return (
    <Panel title={t('component.login', { name })}>
      <Stack gap="sm">
        {/^https?:\/\//.test(url) && (
          <a href={url} target="_blank" rel="noreferrer noopener" className="mono wrap">
            {url}
          </a>
        )}
        {user !== '' && (
          <Text size="sm">
            {t('component.user')}: <Code>{user}</Code>
          </Text>
        )}
        {passwordCommand !== '' && (
          <div>
            <Text size="sm" mb={4}>
              {t('component.password')}
            </Text>
            <Command text={passwordCommand} label={t('component.password')} />
          </div>
        )}
        {forwardCommand !== '' && (
          <div>
            <Text size="sm" mb={4}>
              {t('component.forward')} ({forwardUrl})
            </Text>
            <Command text={forwardCommand} label={t('component.forward')} />
          </div>
        )}
      </Stack>
    </Panel>
  );
}
