import { Button, Stack, Table, Text, Title } from '@mantine/core';
import { IconAlertTriangleFilled, IconCircleCheckFilled, IconCircleXFilled } from '@tabler/icons-react';
import type { PlanView } from '../../../../src/contract/views.ts';
import { Remedy } from '../../parts/remedy.tsx';
import { t, textOfName } from '../../texts/index.ts';
import classes from './register.module.css';

export interface PlanResultProps {
  readonly plan: PlanView;
  /** Takes the value that a finding suggests. */
  readonly onSuggestion: (field: string, value: string) => void;
}

/** What a save would do, what blocks first. */
export function PlanResult({ plan, onSuggestion }: PlanResultProps) {
  const blocking = plan.findings.filter((finding) => finding.blocking);
  const others = plan.findings.filter((finding) => !finding.blocking);
  return (
    <Stack gap="md">
      {blocking.length === 0 ? (
        <Text size="sm" className="tone-ok" role="status">
          <IconCircleCheckFilled size={16} aria-hidden style={{ verticalAlign: '-3px' }} />{' '}
          {plan.changed ? t('plan.clean') : t('plan.unchanged')}
        </Text>
      ) : (
        <Findings title={t('plan.blocking')} findings={blocking} onSuggestion={onSuggestion} />
      )}
      {others.length > 0 && <Findings title={t('plan.findings')} findings={others} onSuggestion={onSuggestion} />}
      <Components plan={plan} />
      {plan.generation !== '' && <Changes plan={plan} />}
      {plan.file !== '' && (
        <details>
          <summary>{t('plan.file')}</summary>
          <pre className={classes.file} tabIndex={0} aria-label={t('plan.file')}>
            {plan.file}
          </pre>
        </details>
      )}
    </Stack>
  );
}

interface FindingsProps extends Pick<PlanResultProps, 'onSuggestion'> {
  readonly title: string;
  readonly findings: PlanView['findings'];
}

function Findings({ title, findings, onSuggestion }: FindingsProps) {
  return (
    <div role="status">
      <Title order={3} size="h6">
        {title}
      </Title>
      {findings.map(({ reason, field, message, action, remedy, suggestion, blocking }) => (
        <div key={`${reason} ${field} ${message}`} className={classes.finding}>
          {blocking ? (
            <IconCircleXFilled size={18} aria-hidden className="tone-bad" />
          ) : (
            <IconAlertTriangleFilled size={18} aria-hidden className="tone-warn" />
          )}
          <div className="wrap">
            {message}
            <div className="dim">
              <Remedy action={action} text={remedy} />
              {field !== '' && <span className="mono">{field}</span>}
            </div>
            {suggestion && (
              <Button
                size="compact-xs"
                variant="light"
                mt={4}
                onClick={() => onSuggestion(suggestion.field, suggestion.value)}
              >
                {t('plan.use', { value: suggestion.value })}
              </Button>
            )}
          </div>
        </div>
      ))}
    </div>
  );
}

function Components({ plan: { components } }: { readonly plan: PlanView }) {
  const changing = components.filter(({ action }) => action !== 'keep');
  if (changing.length === 0) return null;
  return (
    <div>
      <Title order={3} size="h6" mb={4}>
        {t('plan.components')}
      </Title>
      <Table>
        <Table.Tbody>
          {changing.map(({ name, version, action }) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              <Table.Td>{version}</Table.Td>
              <Table.Td>{textOfName('planned', action)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Changes({ plan: { diff } }: { readonly plan: PlanView }) {
  if (diff.length === 0) return null;
  return (
    <div>
      <Title order={3} size="h6" mb={4}>
        {t('plan.changes')}
      </Title>
      <Table>
        <Table.Tbody>
          {diff.map(({ field, before, after }) => (
            <Table.Tr key={field}>
              <Table.Td className="mono wrap">{field}</Table.Td>
              <Table.Td className="wrap">
                {before !== '' && <del className={classes.before}>{before}</del>}{' '}
                {after !== '' && <ins className={classes.after}>{after}</ins>}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
