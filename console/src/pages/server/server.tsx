import { Skeleton, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { View } from '../../../../src/contract/views.ts';
import { serverQuery } from '../../data/server.ts';
import { CopyButton } from '../../parts/command.tsx';
import { FailureAlert } from '../../parts/failure.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Remedy } from '../../parts/remedy.tsx';
import { t } from '../../texts/index.ts';
import classes from '../cluster/cluster.module.css';

type Server = View<'server'>;

const TONES = { ok: 'tone-ok', degraded: 'tone-warn', failed: 'tone-bad', off: 'tone-idle' } as const;

/** How the server is set up, and how its parts are. */
export function ServerPage() {
  const server = useQuery({ ...serverQuery, refetchInterval: 10_000 });
  return (
    <Page title={t('nav.server')} actions={<TokensLink />}>
      {server.error !== null && <FailureAlert error={server.error} />}
      {server.data === undefined && server.error === null && <Skeleton height={360} radius={12} />}
      {server.data !== undefined && (
        <div className={classes.columns}>
          <Parts server={server.data} />
          <Setup server={server.data} />
        </div>
      )}
    </Page>
  );
}

function TokensLink() {
  return (
    <Link to="/server/tokens" className="small">
      {t('tokens.link')}
    </Link>
  );
}

function Parts({ server: { ready, parts, missing_safeguards: missing = [] } }: { readonly server: Server }) {
  return (
    <Panel title={t('server.parts')}>
      <Text size="sm" fw={600} mb="xs" className={ready ? 'tone-ok' : 'tone-bad'}>
        {t(ready ? 'server.ready' : 'server.notReady')}
      </Text>
      <Table>
        <Table.Tbody>
          {parts.map(({ name, state, reason, message = '', action, remedy }) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              <Table.Td className={TONES[state]}>{t(`state.${state}`)}</Table.Td>
              <Table.Td className="wrap">
                {reason !== '' && <strong>{reason}</strong>} {message}
                <Remedy action={action} text={remedy} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {missing.map((safeguard) => (
        <Text key={safeguard} size="sm" mt="sm" className="tone-warn wrap">
          {t(`safeguard.${safeguard}`)}
        </Text>
      ))}
    </Panel>
  );
}

function Setup({ server }: { readonly server: Server }) {
  const facts = [
    [t('server.version'), server.version],
    [t('server.installation'), server.installation],
    [t('server.identity'), server.identity_provider],
    [t('server.storage'), server.storage],
    [t('server.secrets'), server.secret_store],
    [t('server.tls'), server.tls],
    [t('server.remote'), t(server.remote ? 'server.remoteYes' : 'server.remoteNo')],
    [t('server.catalogue'), server.catalog_files.join(', ')],
    ...Object.entries(server.limits).map(([name, value]) => [name, String(value)] as const),
  ] as const;
  const report = JSON.stringify({ ...server, browser: navigator.userAgent }, undefined, 2);
  return (
    <Panel title={t('server.setup')} aside={<CopyButton text={report} label={t('server.bugReport')} />}>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <Fact key={name} name={name} value={value} />
        ))}
      </dl>
    </Panel>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="wrap">{value}</dd>
    </>
  );
}
