import { notifications } from '@mantine/notifications';
import { t } from '../texts/index.ts';

export function notifyDone(message: string): void {
  notifications.show({ message, color: 'teal', closeButtonProps: { 'aria-label': t('close') } });
}

export function notifyFailed(error: unknown): void {
  notifications.show({
    title: t('action.failed'),
    message: error instanceof Error ? error.message : String(error),
    color: 'red',
    autoClose: false,
    closeButtonProps: { 'aria-label': t('close') },
  });
}
