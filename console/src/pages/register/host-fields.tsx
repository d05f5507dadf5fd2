import { Alert, Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useRef } from 'react';
import { clusterPath, paths } from '../../../../src/contract/paths.ts';
import type { FleetRowView, View } from '../../../../src/contract/views.ts';
import { request } from '../../data/api.ts';
import { useFleet } from '../../data/fleet.ts';
import { kindOf } from '../../data/fleet-view.ts';
import { FailureAlert } from '../../parts/failure.tsx';
import { t, textOfName } from '../../texts/index.ts';
import type { ClusterDraft } from './cluster-draft.ts';

/** Free ports that are offered. */
const OFFERED = 5;
const MAXIMUM_PORT_DIGITS = 5;

export interface HostFieldsProps {
  readonly draft: ClusterDraft;
  readonly onChange: (changes: Partial<ClusterDraft>) => void;
  /** What is wrong with the host; absent when nothing is. */
  readonly problem: string | undefined;
}

type NodePorts = View<'nodePorts'>;

/** The host of a virtual cluster and its port there, of which free ones are offered; the address follows from both. */
export function HostFields({ draft, onChange, problem }: HostFieldsProps) {
  const { rows = [] } = useFleet();
  const hosts = rows
    .filter((row) => kindOf(row) === 'host' && row.phase !== 'Deleting')
    .toSorted((one, other) => Number(other.phase === 'Ready') - Number(one.phase === 'Ready'));
  const host = hosts.find(({ name }) => name === draft.host);
  const choose = (name: string, nodePort: string) => {
    const server = hosts.find((row) => row.name === name)?.api_server ?? '';
    const hostname = URL.canParse(server) ? new URL(server).hostname : '';
    const address = hostname === '' ? draft.address : `https://${hostname}${nodePort === '' ? '' : `:${nodePort}`}`;
    onChange({ host: name, nodePort, address });
  };
  if (hosts.length === 0) {
    return (
      <Alert color="gray">
        {t('form.noHost')} <Link to="/register">{t('register.physical')}</Link>
      </Alert>
    );
  }
  return (
    <>
      <NativeSelect
        label={t('form.hostCluster')}
        value={draft.host}
        error={problem}
        onChange={(event) => choose(event.currentTarget.value, '')}
        data={[
          { value: '', label: '' },
          ...hosts.map(({ name, phase }) => ({ value: name, label: `${name} · ${textOfName('phase', phase)}` })),
        ]}
      />
      {host !== undefined && host.phase !== 'Ready' && <NotReady host={host} />}
      <NodePort
        key={draft.host}
        host={draft.host}
        nodePort={draft.nodePort}
        onChoose={(nodePort) => choose(draft.host, nodePort)}
      />
    </>
  );
}

/** A host that is not ready can be chosen; the virtual cluster waits for it. */
function NotReady({ host: { name, message } }: { readonly host: FleetRowView }) {
  return (
    <Alert color="yellow" title={t('form.hostWaits', { host: name })}>
      <span className="wrap">{message}</span>
    </Alert>
  );
}

interface NodePortProps {
  readonly host: string;
  readonly nodePort: string;
  readonly onChoose: (nodePort: string) => void;
}

function NodePort({ host, nodePort, onChoose }: NodePortProps) {
  const ports = useQuery({
    queryKey: ['node-ports', host],
    queryFn: ({ signal }) =>
      request<NodePorts>(`${clusterPath(paths.clusterNodePorts, host)}?count=${OFFERED}`, { signal }),
    enabled: host !== '',
    retry: false,
    staleTime: 10_000,
  });
  const first = ports.data?.free[0];
  /** At once, not with the next render: what is typed while the ports arrive stays. */
  const isTyped = useRef(false);
  const offer = useEffectEvent((port: number) => {
    if (nodePort === '' && !isTyped.current) onChoose(String(port));
  });
  useEffect(() => {
    if (first !== undefined) offer(first); // once: a field that was emptied stays empty
  }, [first]);
  return (
    <Stack gap={6}>
      <TextInput
        label={t('form.nodePort')}
        description={ports.data && t('form.nodePortRange', ports.data.range)}
        inputMode="numeric"
        value={nodePort}
        error={ports.data && portProblem(ports.data, nodePort)}
        onChange={(event) => {
          isTyped.current = true;
          onChoose(event.currentTarget.value.replace(/\D/g, '').slice(0, MAXIMUM_PORT_DIGITS));
        }}
      />
      {ports.error !== null && <FailureAlert error={ports.error} onRetry={() => void ports.refetch()} />}
      {ports.data !== undefined && <Offer ports={ports.data} nodePort={nodePort} onChoose={onChoose} />}
    </Stack>
  );
}

function portProblem({ range: { first, last }, taken }: NodePorts, nodePort: string): string | undefined {
  if (nodePort === '') return undefined;
  const port = Number(nodePort);
  if (port < first || port > last) return t('form.nodePortOutside', { first, last });
  const other = taken.find((one) => one.port === port);
  return other && t('form.nodePortTaken', { by: other.by });
}

interface OfferProps extends Omit<NodePortProps, 'host'> {
  readonly ports: NodePorts;
}

function Offer({ ports: { free, taken }, nodePort, onChoose }: OfferProps) {
  return (
    <>
      <Group gap="xs" role="group" aria-label={t('form.nodePortFree')}>
        <Text size="xs" c="dimmed">
          {t('form.nodePortFree')}
        </Text>
        {free.map((port) => (
          <Button
            key={port}
            size="compact-xs"
            variant={String(port) === nodePort ? 'filled' : 'light'}
            aria-pressed={String(port) === nodePort}
            onClick={() => onChoose(String(port))}
          >
            {port}
          </Button>
        ))}
      </Group>
      {taken.length > 0 && (
        <details>
          <summary>
            <Text component="span" size="xs">
              {t('form.nodePortsTaken', { count: taken.length })}
            </Text>
          </summary>
          <ul>
            {taken.map(({ port, by }) => (
              <li key={port}>
                <Text size="xs" component="span" className="wrap">
                  {port}: {by}
                </Text>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
