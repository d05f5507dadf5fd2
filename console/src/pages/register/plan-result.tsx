import { Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { IconAlertTriangleFilled, IconCircleCheckFilled, IconCircleXFilled } from '@tabler/icons-react';
import type { PlanView } from '../../../../src/contract/views.ts';
import { Remedy } from '../../parts/remedy.tsx';
import { t, textOfName } from '../../texts/index.ts';
import type { ClusterDraft } from './cluster-draft.ts';
import { FieldChanges } from './field-changes.tsx';
import { type Finding, remediesOf } from './finding-remedies.ts';
import classes from './register.module.css';

export interface PlanResultProps {
  readonly plan: PlanView;
  /** Changes the form as a finding suggests, and checks again. */
  readonly onRemedy: (remedy: (draft: ClusterDraft) => ClusterDraft) => void;
}

/** What a save would do, what blocks first. */
export function PlanResult({ plan, onRemedy }: PlanResultProps) {
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
        <Findings title={t('plan.blocking')} findings={blocking} onRemedy={onRemedy} />
      )}
      {others.length > 0 && <Findings title={t('plan.findings')} findings={others} onRemedy={onRemedy} />}
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

interface FindingsProps extends Pick<PlanResultProps, 'onRemedy'> {
  readonly title: string;
  readonly findings: PlanView['findings'];
}

function Findings({ title, findings, onRemedy }: FindingsProps) {
  return (
    <div role="status">
      <Title order={3} size="h6">
        {title}
      </Title>
      {findings.map((finding) => (
        <FindingRow
          key={`${finding.reason} ${finding.field} ${finding.message}`}
          finding={finding}
          onRemedy={onRemedy}
        />
      ))}
    </div>
  );
}

function FindingRow({ finding, onRemedy }: { readonly finding: Finding } & Pick<PlanResultProps, 'onRemedy'>) {
  const { field, message, action, remedy, blocking } = finding;
  const remedies = remediesOf(finding);
  return (
    <div className={classes.finding}>
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
        {remedies.length > 0 && (
          <Group gap="xs" mt={6}>
            {remedies.map(({ label, apply }) => (
              <Button key={label} size="compact-sm" variant="light" onClick={() => onRemedy(apply)}>
                {label}
              </Button>
            ))}
          </Group>
        )}
        {remedies.map(({ label, about }) =>
          about === undefined ? null : (
            <Text key={label} size="xs" c="dimmed" mt={2}>
              <strong>{label}:</strong> {about}
            </Text>
          ),
        )}
      </div>
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

function Changes({ plan: { diff, diff_omitted: omitted = 0 } }: { readonly plan: PlanView }) {
  if (diff.length === 0) return null;
  return (
    <div>
      <Title order={3} size="h6" mb={4}>
        {t('plan.changes')}
      </Title>
      <FieldChanges changes={diff} />
      {omitted > 0 && (
        <Text size="sm" c="dimmed" mt={4}>
          {t('plan.omitted', { count: omitted })}
        </Text>
      )}
    </div>
  );
}
