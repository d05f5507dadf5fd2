import { Alert, Button, Checkbox, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type SubmitEvent, useState } from 'react';
import { clusterPath, paths } from '../../../../src/contract/paths.ts';
import type { ClusterView, PlanView } from '../../../../src/contract/views.ts';
import { ApiFailure, request } from '../../data/api.ts';
import { catalogQuery } from '../../data/cluster.ts';
import { changesBetween } from '../../data/registration-changes.ts';
import { reduceKubeconfig, suggestedName } from '../../kubeconfig/contexts.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { FoldedCommand } from '../../parts/command.tsx';
import { FailureAlert } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { t } from '../../texts/index.ts';
import { bodyOf, type ClusterDraft, commandOf } from './cluster-draft.ts';
import { ComponentChoices } from './component-choices.tsx';
import { Conflict } from './conflict.tsx';
import { HostFields } from './host-fields.tsx';
import { type ChosenContext, KubeconfigInput } from './kubeconfig-input.tsx';
import { PlanResult, type PlanResultProps } from './plan-result.tsx';
import classes from './register.module.css';

export interface ClusterFormProps {
  readonly initial: ClusterDraft;
  /** What is registered, when it is changed. */
  readonly before?: ClusterView;
  /** What is registered now, where the form is to follow it. */
  readonly current?: ClusterView;
}

interface Checked {
  readonly plan: PlanView;
  /** The request that was checked. */
  readonly asked: string;
}

const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** Describes a cluster, shows what a save would do, and saves it. */
export function ClusterForm({ initial, before: first, current }: ClusterFormProps) {
  const [before, setBefore] = useState(first);
  const [draft, setDraft] = useState(initial);
  const [chosen, setChosen] = useState<ChosenContext>();
  const [isTouched, setTouched] = useState(false);
  const isNew = before === undefined;
  const saving = useSaving(draft, chosen, before);
  const problems = problemsOf(draft, isNew && chosen === undefined);
  const change = (changes: Partial<ClusterDraft>) => setDraft((previous) => ({ ...previous, ...changes }));
  const begin = (next: ClusterDraft) => {
    setBefore(current);
    setDraft(next);
    saving.forget();
  };
  const moved = saving.isSaved ? [] : changesBetween(before, current);
  const choose = (next: ChosenContext | undefined) => {
    setChosen(next);
    if (next !== undefined) setDraft((previous) => withContext(previous, next, isNew));
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTouched(true);
    if (problems.size === 0) saving.check.mutate(draft);
  };
  const remedy: RemedyHandler = (apply) => {
    const next = apply(draft);
    setDraft(next);
    saving.check.mutate(next);
  };
  return (
    <form noValidate onSubmit={submit} className={classes.columns}>
      <div className={classes.stack}>
        {!draft.isVirtual && (
          <Panel title={t('kubeconfig.title')}>
            <KubeconfigInput chosen={chosen} onChoose={choose} {...(!isNew && { hint: t('kubeconfig.kept') })} />
            {isTouched && problems.has('kubeconfig') && (
              <Text size="sm" mt="xs" role="alert" className="tone-bad">
                {t('form.required')}
              </Text>
            )}
          </Panel>
        )}
        <Panel title={t('cluster.about')}>
          <Fields draft={draft} onChange={change} problems={isTouched ? problems : NO_PROBLEMS} isNew={isNew} />
        </Panel>
      </div>
      <Panel title={t('plan.title')}>
        <Stack>
          <Outcome saving={saving} onRemedy={remedy} isMoved={moved.length > 0} />
          <Conflict draft={draft} before={before} current={current} changes={moved} onBegin={begin} />
          <Group>
            <Button type="submit" variant={saving.canSave ? 'default' : 'filled'} loading={saving.check.isPending}>
              {t('form.check')}
            </Button>
            <ActionButton
              disabled={!saving.canSave || moved.length > 0}
              loading={saving.save.isPending}
              onClick={() => saving.save.mutate()}
            >
              {isNew ? t('form.register') : t('form.save')}
            </ActionButton>
          </Group>
          <FoldedCommand text={commandOf(draft, chosen?.context.name ?? '')} label={t('form.command')} />
        </Stack>
      </Panel>
    </form>
  );
}

/** The plan of what the form holds, and its save, which stands only on a plan of the same. */
function useSaving(draft: ClusterDraft, chosen: ChosenContext | undefined, before: ClusterView | undefined) {
  const [checked, setChecked] = useState<Checked>();
  const client = useQueryClient();
  const navigate = useNavigate();
  const kubeconfig = chosen === undefined ? '' : reduceKubeconfig(chosen.kubeconfig, chosen.context.name);
  const body = bodyOf(draft, kubeconfig, before);
  const query = queryOf(draft);
  const askedFor = (of: ClusterDraft): string => JSON.stringify([of.name, queryOf(of), bodyOf(of, kubeconfig, before)]);
  const asked = askedFor(draft);
  const check = useMutation({
    mutationFn: (of: ClusterDraft) =>
      request<PlanView>(`${clusterPath(paths.clusterPlan, of.name)}${queryOf(of)}`, {
        method: 'POST',
        body: bodyOf(of, kubeconfig, before),
      }),
    onSuccess: (plan, of) => setChecked({ plan, asked: askedFor(of) }),
  });
  const save = useMutation({
    mutationFn: () => {
      const generation = checked?.plan.generation ?? '';
      const headers: Readonly<Record<string, string>> = generation === '' ? {} : { 'if-match': `"${generation}"` };
      return request<unknown>(`${clusterPath(paths.cluster, draft.name)}${query}`, { method: 'POST', body, headers });
    },
    onError: () => client.invalidateQueries({ queryKey: ['cluster', draft.name] }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['cluster', draft.name] });
      await navigate({ to: '/clusters/$name', params: { name: draft.name } });
    },
  });
  const isCurrent = checked?.asked === asked;
  const isBlocked = checked?.plan.findings.some(({ blocking }) => blocking) !== false;
  const forget = () => {
    setChecked(undefined);
    check.reset();
    save.reset();
  };
  const isSaved = save.isPending || save.isSuccess;
  return { check, save, forget, isSaved, plan: checked?.plan, isCurrent, canSave: isCurrent && !isBlocked };
}

type RemedyHandler = PlanResultProps['onRemedy'];

interface OutcomeProps {
  readonly saving: ReturnType<typeof useSaving>;
  readonly onRemedy: RemedyHandler;
  /** Whether the form is told apart from what stands now, with what to do. */
  readonly isMoved: boolean;
}

function Outcome({ saving: { check, save, plan, isCurrent }, onRemedy, isMoved }: OutcomeProps) {
  return (
    <>
      {plan === undefined && (
        <Text size="sm" c="dimmed">
          {t('plan.none')}
        </Text>
      )}
      {check.error !== null && <FailureAlert error={check.error} />}
      {plan !== undefined && !isCurrent && <Alert color="yellow">{t('plan.stale')}</Alert>}
      {plan !== undefined && <PlanResult plan={plan} onRemedy={onRemedy} />}
      {save.error !== null && !isMoved && <SaveFailure error={save.error} />}
    </>
  );
}

/** Name and address follow from the context where nothing else is given. */
function withContext(draft: ClusterDraft, { context: { name, server } }: ChosenContext, isNew: boolean): ClusterDraft {
  return {
    ...draft,
    name: draft.name === '' ? suggestedName(name) : draft.name,
    address: isNew || draft.address === '' ? server : draft.address,
  };
}

/** A conflict is no failure of the form: the plan has to be made again. */
function SaveFailure({ error }: { readonly error: unknown }) {
  if (error instanceof ApiFailure && error.status === 412) return <Alert color="yellow">{t('plan.conflict')}</Alert>;
  return <FailureAlert error={error} />;
}

function queryOf({ takeOver, skipCheck }: ClusterDraft): string {
  const query = new URLSearchParams({
    ...(takeOver && { take_over: 'true' }),
    ...(skipCheck && { insecure_skip_check: 'true' }),
  }).toString();
  return query === '' ? '' : `?${query}`;
}

type Problems = ReadonlyMap<string, string>;

const NO_PROBLEMS: Problems = new Map();

function problemsOf({ name, address, isVirtual, host }: ClusterDraft, needsKubeconfig: boolean): Problems {
  const problems = new Map<string, string>();
  if (!NAME.test(name)) problems.set('name', name === '' ? t('form.required') : t('form.badName'));
  if (address.trim() === '') problems.set('address', t('form.required'));
  if (isVirtual && host === '') problems.set('host', t('form.required'));
  if (!isVirtual && needsKubeconfig) problems.set('kubeconfig', t('form.required'));
  return problems;
}

interface FieldsProps {
  readonly draft: ClusterDraft;
  readonly onChange: (changes: Partial<ClusterDraft>) => void;
  readonly problems: Problems;
  readonly isNew: boolean;
}

function Fields({ draft, onChange, problems, isNew }: FieldsProps) {
  const { data: catalog } = useQuery(catalogQuery);
  const uses = draft.isVirtual ? (['deployment', 'pipeline'] as const) : (['deployment', 'pipeline', 'host'] as const);
  return (
    <Stack>
      {draft.isVirtual && <HostFields draft={draft} onChange={onChange} problem={problems.get('host')} />}
      <TextInput
        label={t('form.name')}
        description={t('form.nameHelp')}
        value={draft.name}
        disabled={!isNew}
        autoComplete="off"
        spellCheck={false}
        error={problems.get('name')}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <Radio.Group
        label={t('form.usage')}
        value={draft.use}
        onChange={(value) => onChange({ use: uses.find((each) => each === value) ?? 'deployment' })}
      >
        <Stack gap={8} mt={6}>
          {uses.map((value) => (
            <Radio key={value} value={value} label={t(`form.${value}`)} />
          ))}
        </Stack>
      </Radio.Group>
      <TextInput
        label={t('form.address')}
        description={t('form.addressHelp')}
        value={draft.address}
        autoComplete="off"
        spellCheck={false}
        error={problems.get('address')}
        onChange={(event) => onChange({ address: event.currentTarget.value })}
      />
      <details open={Object.values(draft.choices).some((choice) => choice !== 'install')}>
        <summary>
          <Text component="span" size="sm">
            {t('form.more')}
          </Text>
        </summary>
        <Stack mt="sm">
          <TextInput
            label={t('form.domain')}
            description={t('form.domainHelp')}
            value={draft.domain}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => onChange({ domain: event.currentTarget.value })}
          />
          <div>{catalog && <ComponentChoices catalog={catalog} draft={draft} onChange={onChange} />}</div>
          <Checkbox
            label={t('form.takeOver')}
            checked={draft.takeOver}
            onChange={(event) => onChange({ takeOver: event.currentTarget.checked })}
          />
          <Checkbox
            label={t('form.skipCheck')}
            checked={draft.skipCheck}
            onChange={(event) => onChange({ skipCheck: event.currentTarget.checked })}
          />
        </Stack>
      </details>
    </Stack>
  );
}
