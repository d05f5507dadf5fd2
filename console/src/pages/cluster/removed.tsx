import { Button, Skeleton, Stack, Table, Text } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { clusterPath, paths } from '../../../../src/contract/paths.ts';
import type { ReceiptView } from '../../../../src/contract/views.ts';
import { request } from '../../data/api.ts';
import { isMissing } from '../../data/cluster.ts';
import { Command } from '../../parts/command.tsx';
import { FailureAlert } from '../../parts/failure.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { exactTime } from '../../parts/time.ts';
import { t, textOfName } from '../../texts/index.ts';
import classes from './cluster.module.css';
import { NotRegistered } from './not-registered.tsx';

/** What stands at the address of a cluster that is gone. */
export function Removed({ name }: { readonly name: string }) {
  const receipt = useQuery({
    queryKey: ['receipt', name],
    queryFn: ({ signal }) => request<ReceiptView>(clusterPath(paths.clusterReceipt, name), { signal }),
  });
  if (isMissing(receipt.error)) return <NotRegistered name={name} />;
  if (receipt.data === undefined) {
    return (
      <Page title={name}>
        {receipt.error === null ? <Skeleton height={300} /> : <FailureAlert error={receipt.error} />}
      </Page>
    );
  }
  return <Receipt receipt={receipt.data} />;
}

/** The last receipt of a name, also where a cluster is registered by the name again. */
export function ReceiptPage() {
  const { name } = useParams({ from: '/shell/clusters/$name/receipt' });
  return <Removed name={name} />;
}

function Receipt({ receipt }: { readonly receipt: ReceiptView }) {
  const { cluster: name, created, removed, left, lost = [], lostTotal = 0, remaining } = receipt;
  const print = (
    <Button
      variant="default"
      leftSection={<IconPrinter size={16} aria-hidden />}
      onClick={() => window.print()}
      data-screen-only
    >
      {t('receipt.print')}
    </Button>
  );
  return (
    <Page title={t('receipt.title', { name })} actions={print}>
      <div className={classes.stack}>
        <Summary receipt={receipt} />
        {remaining.length > 0 && (
          <Panel title={t('receipt.remaining', { count: remaining.length })}>
            <Stack>
              {remaining.map((object) => (
                <div key={textOfObject(object)}>
                  <Text size="sm" fw={600} className="wrap">
                    {textOfObject(object)}
                  </Text>
                  <Text size="sm" c="dimmed" mb={4} className="wrap">
                    {object.reason}
                  </Text>
                  {object.command !== '' && <Command text={object.command} label={t('receipt.command')} />}
                </div>
              ))}
            </Stack>
          </Panel>
        )}
        <ObjectList title={t('receipt.lost', { count: lostTotal })} objects={lost} />
        <ObjectList title={t('receipt.left', { count: left.length })} objects={left} />
        <ObjectList title={t('receipt.removed', { count: removed.length })} objects={removed} isFolded />
        <ObjectList title={t('receipt.created', { count: created.length })} objects={created} isFolded />
      </div>
    </Page>
  );
}

function Summary({ receipt }: { readonly receipt: ReceiptView }) {
  const { outcome, requestedBy, requestedAt, completedAt, forced, apiServer, commit } = receipt;
  const isComplete = outcome === 'Complete';
  return (
    <Panel title={t('receipt.summary')}>
      <dl className={classes.facts}>
        <dt>{t('receipt.outcome')}</dt>
        <dd className={isComplete ? 'tone-ok' : 'tone-warn'}>
          <strong>{textOfName('outcome', outcome)}</strong>
        </dd>
        <dt>{t('receipt.requested')}</dt>
        <dd>
          {exactTime(requestedAt)} · {requestedBy}
          {forced && ` · ${t('receipt.forced')}`}
        </dd>
        <dt>{t('receipt.completed')}</dt>
        <dd>{exactTime(completedAt)}</dd>
        <dt>{t('fact.address')}</dt>
        <dd className="mono">{apiServer}</dd>
        <dt>{t('receipt.commit')}</dt>
        <dd className="mono">{commit}</dd>
      </dl>
    </Panel>
  );
}

interface ObjectReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly reason?: string;
}

interface ObjectListProps {
  readonly title: string;
  readonly objects: readonly ObjectReference[];
  readonly isFolded?: boolean;
}

function ObjectList({ title, objects, isFolded = false }: ObjectListProps) {
  if (objects.length === 0) return null;
  const rows = (
    <Table>
      <Table.Tbody>
        {objects.map((object) => (
          <Table.Tr key={textOfObject(object)}>
            <Table.Td className="wrap">{textOfObject(object)}</Table.Td>
            {object.reason !== undefined && <Table.Td className="wrap dim">{object.reason}</Table.Td>}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
  return <Panel title={title}>{isFolded ? <Folded>{rows}</Folded> : rows}</Panel>;
}

function Folded({ children }: { readonly children: ReactNode }) {
  return (
    <details>
      <summary>{t('receipt.show')}</summary>
      {children}
    </details>
  );
}

/** `Deployment argocd/argocd-server` */
export function textOfObject({ kind, namespace, name }: ObjectReference): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}
