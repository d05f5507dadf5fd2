import {
  Alert,
  Button,
  Group,
  Modal,
  NativeSelect,
  SimpleGrid,
  Skeleton,
  Stack,
  Table,
  Text,
  TextInput,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { fillPath, paths } from '../../../../src/contract/paths.ts';
import type { View } from '../../../../src/contract/views.ts';
import { ApiFailure, request } from '../../data/api.ts';
import { sessionQuery, useMayChange } from '../../data/session.ts';
import { quoted } from '../../data/shell.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { Ago } from '../../parts/ago.tsx';
import { Command } from '../../parts/command.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { FailureAlert } from '../../parts/failure.tsx';
import { notifyDone } from '../../parts/notify.ts';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { dayOf } from '../../parts/time.ts';
import { t, textOfName } from '../../texts/index.ts';
import classes from '../cluster/cluster.module.css';

type Token = View<'tokens'>['items'][number];

const KEY = ['tokens'] as const;

/** The access tokens of the installation: who has one, until when, and the end of one. */
export function TokensPage() {
  const mayChange = useMayChange();
  const tokens = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => request<View<'tokens'>>(paths.tokens, { signal }),
    enabled: mayChange,
    retry: false,
  });
  return (
    <Page title={t('tokens.title')}>
      {!mayChange && <Alert color="gray">{t('tokens.readers')}</Alert>}
      {tokens.error !== null && <Failure error={tokens.error} />}
      {mayChange && tokens.data === undefined && tokens.error === null && <Skeleton height={240} radius={12} />}
      {tokens.data !== undefined && (
        <div className={classes.stack}>
          <Tokens {...tokens.data} />
          <NewToken />
        </div>
      )}
    </Page>
  );
}

/** Where callers have tokens of GitLab or Gitea there is nothing to list: that is no failure. */
function Failure({ error }: { readonly error: Error }) {
  if (error instanceof ApiFailure && error.reason === 'TOKENS_ELSEWHERE')
    return <Alert color="gray">{error.message}</Alert>;
  return <FailureAlert error={error} />;
}

function Tokens({ items, unreadable }: View<'tokens'>) {
  const [revoking, setRevoking] = useState<string>();
  return (
    <Panel title={t('tokens.title')}>
      <Text size="sm" c="dimmed" mb="xs">
        {t('tokens.about')}
      </Text>
      <DataTable
        minWidth={720}
        columns={['tokens.name', 'tokens.role', 'tokens.created', 'tokens.expires', 'tokens.used', 'tokens.actions']}
      >
        {items.map((token) => (
          <Row key={token.name} token={token} onRevoke={() => setRevoking(token.name)} />
        ))}
      </DataTable>
      {unreadable.length > 0 && (
        <Alert color="yellow" mt="sm">
          {t('tokens.unreadable', { names: unreadable.join(', ') })}
        </Alert>
      )}
      {revoking !== undefined && <RevokeDialog name={revoking} onClose={() => setRevoking(undefined)} />}
    </Panel>
  );
}

function Row({ token, onRevoke }: { readonly token: Token; readonly onRevoke: () => void }) {
  const { name, role, created_at: created, expires_at: end, last_used_at: used = '' } = token;
  const { data: session } = useQuery(sessionQuery);
  const isOwn = session?.caller?.name === name;
  const isOver = end !== '' && Date.parse(end) <= Date.now();
  return (
    <Table.Tr>
      <Table.Td className="wrap">
        <Text size="sm" fw={600}>
          {name}
        </Text>
        {isOwn && (
          <Text size="xs" c="dimmed">
            {t('tokens.own')}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{textOfName('role', role)}</Table.Td>
      <Table.Td>{dayOf(created)}</Table.Td>
      <Table.Td className={isOver ? 'tone-warn' : ''}>{end === '' ? t('tokens.never') : <Ago time={end} />}</Table.Td>
      <Table.Td>{used === '' ? <span className="dim">{t('tokens.unused')}</span> : dayOf(used)}</Table.Td>
      <Table.Td>
        <ActionButton
          size="compact-sm"
          variant="light"
          color="red"
          onClick={onRevoke}
          aria-label={t('tokens.revokeOne', { name })}
        >
          {t('tokens.revoke')}
        </ActionButton>
      </Table.Td>
    </Table.Tr>
  );
}

function RevokeDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const client = useQueryClient();
  const { data: session } = useQuery(sessionQuery);
  const isOwn = session?.caller?.name === name;
  const revoke = useMutation({
    mutationFn: () => request<unknown>(fillPath(paths.token, { token_name: name }), { method: 'DELETE' }),
    onSuccess: async () => {
      notifyDone(t('tokens.revoked', { name }));
      onClose();
      await client.invalidateQueries({ queryKey: KEY });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('tokens.revokeOne', { name })}
      closeButtonProps={{ 'aria-label': t('close') }}
      centered
    >
      <Stack>
        <Text size="sm">{t('tokens.revokeAbout', { name })}</Text>
        {isOwn && <Alert color="yellow">{t('tokens.revokeOwn')}</Alert>}
        {revoke.error !== null && <FailureAlert error={revoke.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <Button color="red" loading={revoke.isPending} onClick={() => revoke.mutate()}>
            {t('tokens.revoke')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

const ENDS = { never: '', day: '1d', month: '30d', year: '365d' } as const;
const ends = ['day', 'month', 'year', 'never'] as const;

/** The command that makes a token: no token makes others, so this is left to those who run the server. */
function NewToken() {
  const [name, setName] = useState('');
  const [role, setRole] = useState<'reader' | 'maintainer'>('reader');
  const [end, setEnd] = useState<keyof typeof ENDS>('month');
  const expires = ENDS[end] === '' ? '' : ` --expires ${ENDS[end]}`;
  const given = name.trim() === '' ? 'NAME' : quoted(name.trim());
  return (
    <Panel title={t('tokens.new')}>
      <Text size="sm" c="dimmed">
        {t('tokens.newAbout')}
      </Text>
      <Stack mt="sm">
        <TextInput
          label={t('tokens.name')}
          description={t('tokens.nameHelp')}
          value={name}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <NativeSelect
            label={t('tokens.role')}
            value={role}
            onChange={(event) => setRole(event.currentTarget.value === 'maintainer' ? 'maintainer' : 'reader')}
            data={(['reader', 'maintainer'] as const).map((value) => ({ value, label: t(`role.${value}`) }))}
          />
          <NativeSelect
            label={t('tokens.expires')}
            value={end}
            onChange={(event) => setEnd(ends.find((each) => each === event.currentTarget.value) ?? 'month')}
            data={ends.map((value) => ({ value, label: t(`tokens.${value}`) }))}
          />
        </SimpleGrid>
        <Command text={`nautes token create --name ${given} --role ${role}${expires}`} label={t('tokens.command')} />
        <Text size="xs" c="dimmed">
          {t('tokens.shownOnce')}
        </Text>
      </Stack>
    </Panel>
  );
}
