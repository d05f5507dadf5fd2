import { Checkbox, List, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { clusterPath, paths } from '../../../../src/contract/paths.ts';
import type { DeletionPlanView } from '../../../../src/contract/views.ts';
import { request } from '../../data/api.ts';
import { quoted } from '../../data/shell.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { FoldedCommand } from '../../parts/command.tsx';
import { FailureAlert } from '../../parts/failure.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Remedy } from '../../parts/remedy.tsx';
import { t } from '../../texts/index.ts';
import { textOfObject } from '../cluster/removed.tsx';
import classes from './register.module.css';

/** What a deletion would do, and the deletion. */
export function DeletePage() {
  const { name } = useParams({ from: '/shell/clusters/$name/delete' });
  const [isForced, setForced] = useState(false);
  const [typed, setTyped] = useState('');
  const client = useQueryClient();
  const navigate = useNavigate();
  const path = clusterPath(paths.cluster, name);
  const plan = useQuery({
    queryKey: ['deletion', name, isForced],
    queryFn: ({ signal }) =>
      request<DeletionPlanView>(`${path}?dry_run=true&force=${isForced}`, { method: 'DELETE', signal }),
    staleTime: 0,
    placeholderData: (before) => before,
  });
  const remove = useMutation({
    mutationFn: () => request<unknown>(isForced ? `${path}?force=true` : path, { method: 'DELETE' }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['cluster', name] });
      await navigate({ to: '/clusters/$name', params: { name } });
    },
  });
  const isBlocked = plan.data?.findings.some(({ blocking }) => blocking) === true;
  return (
    <Page title={t('delete.title', { name })}>
      {plan.error !== null && <FailureAlert error={plan.error} onRetry={() => void plan.refetch()} />}
      {plan.data === undefined && plan.error === null && <Skeleton height={260} radius={12} />}
      {plan.data !== undefined && (
        <div className={classes.stack}>
          <Findings plan={plan.data} />
          <Guests names={plan.data.virtual_clusters ?? []} />
          <Consequences plan={plan.data} />
          <Stack maw={460} gap="sm">
            {(plan.data.lost.length > 0 || plan.data.reachable === false || isBlocked || isForced) && (
              <Checkbox
                label={t('delete.force')}
                checked={isForced}
                onChange={(event) => setForced(event.currentTarget.checked)}
              />
            )}
            <TextInput
              label={t('delete.type', { name })}
              value={typed}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            {remove.error !== null && <FailureAlert error={remove.error} />}
            <div>
              <ActionButton
                color="red.8"
                disabled={typed !== name || isBlocked || plan.isFetching}
                loading={remove.isPending}
                onClick={() => remove.mutate()}
              >
                {t('delete.submit', { name })}
              </ActionButton>
            </div>
            <FoldedCommand
              text={`nautes delete cluster ${quoted(name)}${isForced ? ' --force' : ''}`}
              label={t('form.command')}
            />
          </Stack>
        </div>
      )}
    </Page>
  );
}

function Findings({ plan: { findings } }: { readonly plan: DeletionPlanView }) {
  if (findings.length === 0) return null;
  return (
    <Panel title={t(findings.some(({ blocking }) => blocking) ? 'plan.blocking' : 'plan.findings')}>
      {findings.map(({ reason, message, action, remedy, blocking }) => (
        <div key={`${reason} ${message}`} className="wrap">
          <Text size="sm" className={blocking ? 'tone-bad' : 'tone-warn'}>
            {message}
          </Text>
          <Remedy action={action} text={remedy} />
        </div>
      ))}
    </Panel>
  );
}

/** The virtual clusters of a host, which have to go first. */
function Guests({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <Panel title={t('delete.guests')}>
      <List size="sm">
        {names.map((name) => (
          <List.Item key={name} className="wrap">
            <Link to="/clusters/$name" params={{ name }}>
              {name}
            </Link>
          </List.Item>
        ))}
      </List>
    </Panel>
  );
}

const SHOWN = 20;
const SECONDS_OF_MINUTE = 60;

function Consequences({ plan }: { readonly plan: DeletionPlanView }) {
  const { components, removed, lost, left, commit_removes: file = '' } = plan;
  return (
    <div className={classes.columns}>
      <Panel title={t('delete.goes')}>
        {removed.length === 0 ? (
          <Said>{t('delete.nothing')}</Said>
        ) : (
          <>
            <Text size="sm" fw={600} mb={6}>
              {t('delete.objects', { count: removed.length })}
            </Text>
            <List size="sm">
              {components.map(({ name, objects }) => (
                <List.Item key={name}>
                  {name} <span className="dim">{objects}</span>
                </List.Item>
              ))}
            </List>
          </>
        )}
        {file !== '' && <Said>{t('delete.commit', { file })}</Said>}
        {plan.reachable === false && plan.grace_seconds !== undefined && (
          <Said>{t('delete.grace', { minutes: Math.ceil(plan.grace_seconds / SECONDS_OF_MINUTE) })}</Said>
        )}
      </Panel>
      <div className={classes.stack}>
        <Panel title={t('delete.lost')}>
          {lost.length === 0 ? (
            <Said>{t('delete.nothingLost')}</Said>
          ) : (
            <div className="tone-bad">
              <Objects texts={lost.map(textOfObject)} />
            </div>
          )}
        </Panel>
        <Panel title={t('delete.stays')}>
          <Objects texts={left.map((object) => `${textOfObject(object)}: ${object.reason}`)} />
          <Said>{t('delete.staysRest')}</Said>
        </Panel>
      </div>
    </div>
  );
}

function Said({ children }: { readonly children: ReactNode }) {
  return (
    <Text size="sm" c="dimmed" className="wrap">
      {children}
    </Text>
  );
}

function Objects({ texts }: { readonly texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <List size="sm" mb={6}>
      {texts.slice(0, SHOWN).map((text) => (
        <List.Item key={text} className="wrap">
          {text}
        </List.Item>
      ))}
      {texts.length > SHOWN && <List.Item>{t('delete.more', { count: texts.length - SHOWN })}</List.Item>}
    </List>
  );
}
