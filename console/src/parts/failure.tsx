import { Alert, Button, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ApiFailure } from '../data/api.ts';
import { t } from '../texts/index.ts';
import { Remedy } from './remedy.tsx';

/** Why something did not work, and what to do. */
export function FailureAlert({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const failure = error instanceof ApiFailure ? error : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      title={<span className="wrap">{message}</span>}
    >
      {failure?.violations.map(({ field, message: said }) => (
        <Text key={`${field} ${said}`} size="sm" className="wrap">
          {field === '' ? said : `${field}: ${said}`}
        </Text>
      ))}
      {failure && <Remedy action={failure.action} text={failure.remedy} />}
      {failure && failure.requestId !== '' && (
        <Text size="xs" c="dimmed" mt={4} className="mono wrap">
          {t('failure.request', { id: failure.requestId })}
        </Text>
      )}
      {onRetry && (
        <Button size="xs" variant="default" mt="sm" onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
    </Alert>
  );
}
