import { ActionIcon, Button, Group, Menu, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots, IconEdit, IconEye, IconKey, IconPlayerPause, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useState } from 'react';
import { type ClusterPath, clusterPath, paths } from '../../../../src/contract/paths.ts';
import type { StatusView } from '../../../../src/contract/views.ts';
import { request } from '../../data/api.ts';
import { type ClusterCommand, takeCommands } from '../../data/cluster-command.ts';
import { useMayChange } from '../../data/session.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { FailureAlert } from '../../parts/failure.tsx';
import { notifyDone, notifyFailed } from '../../parts/notify.ts';
import { FIRST_PAUSE, pauseBody, PauseFields } from '../../parts/pause-fields.tsx';
import { useFocusReturn } from '../../parts/use-focus-return.ts';
import { t } from '../../texts/index.ts';
import classes from './cluster.module.css';

interface ClusterProps {
  readonly name: string;
  readonly status: StatusView;
}

/** What can be done with a cluster. */
export function ClusterActions({ name, status }: ClusterProps) {
  const [isPausing, pausing] = useDisclosure(false);
  const [isRotating, rotating] = useDisclosure(false);
  const sync = usePost(name, paths.clusterSync, () => notifyDone(t('action.synced', { name })));
  const resume = usePost(name, paths.clusterResume);
  const isPaused = status.paused !== undefined;
  const isGoing = status.phase === 'Deleting';
  const run = useEffectEvent((command: ClusterCommand): void => {
    if (command === 'sync') sync.mutate(undefined);
    else if (command === 'resume') resume.mutate(undefined);
    else (command === 'pause' ? pausing : rotating).open();
  });
  useEffect(
    () => takeCommands({ name, isPaused, isBeingRemoved: isGoing, run: (command) => run(command) }),
    [name, isPaused, isGoing],
  );
  return (
    <div className={classes.actions}>
      <ActionButton
        variant="default"
        leftSection={<IconEye size={16} aria-hidden />}
        loading={sync.isPending}
        onClick={() => sync.mutate(undefined)}
      >
        {t('action.sync')}
      </ActionButton>
      {!isGoing && (
        <MoreActions
          name={name}
          isPaused={isPaused}
          onPause={pausing.open}
          onResume={() => resume.mutate(undefined)}
          onRotate={rotating.open}
        />
      )}
      {isPausing && <PauseDialog name={name} onClose={pausing.close} />}
      {isRotating && <RotateDialog name={name} onClose={rotating.close} />}
    </div>
  );
}

interface MoreProps {
  readonly name: string;
  readonly isPaused: boolean;
  readonly onPause: () => void;
  readonly onResume: () => void;
  readonly onRotate: () => void;
}

function MoreActions({ name, isPaused, onPause, onResume, onRotate }: MoreProps) {
  const mayChange = useMayChange();
  const navigate = useNavigate();
  return (
    <Menu position="bottom-end" shadow="md" width={220}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={t('action.more')}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {!mayChange && <Menu.Label>{t('readerOnly')}</Menu.Label>}
        <Menu.Item disabled={!mayChange} leftSection={<IconKey size={16} aria-hidden />} onClick={onRotate}>
          {t('credential.new')}
        </Menu.Item>
        <Menu.Item
          disabled={!mayChange}
          leftSection={<IconEdit size={16} aria-hidden />}
          onClick={() => void navigate({ to: '/clusters/$name/edit', params: { name } })}
        >
          {t('action.edit')}
        </Menu.Item>
        {isPaused ? (
          <Menu.Item disabled={!mayChange} leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={onResume}>
            {t('action.resume')}
          </Menu.Item>
        ) : (
          <Menu.Item disabled={!mayChange} leftSection={<IconPlayerPause size={16} aria-hidden />} onClick={onPause}>
            {t('action.pause')}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item
          disabled={!mayChange}
          color="red"
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={() => void navigate({ to: '/clusters/$name/delete', params: { name } })}
        >
          {t('action.delete')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** A request about the cluster, after which everything that is known of it is read again. */
function usePost(name: string, path: ClusterPath, onDone: () => void = () => {}) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: unknown) => request<unknown>(clusterPath(path, name), { method: 'POST', body: body ?? {} }),
    onSuccess: async () => {
      onDone();
      await client.invalidateQueries({ queryKey: ['cluster', name] });
    },
    onError: notifyFailed,
  });
}

interface DialogProps {
  readonly name: string;
  readonly onClose: () => void;
}

function RotateDialog({ name, onClose }: DialogProps) {
  useFocusReturn();
  const rotate = usePost(name, paths.clusterRotate, () => {
    notifyDone(t('credential.asked', { name }));
    onClose();
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('credential.new')}
      closeButtonProps={{ 'aria-label': t('close') }}
      centered
    >
      <Text size="sm">{t('credential.confirm', { name })}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button data-autofocus loading={rotate.isPending} onClick={() => rotate.mutate(undefined)}>
          {t('credential.new')}
        </Button>
      </Group>
    </Modal>
  );
}

function PauseDialog({ name, onClose }: DialogProps) {
  useFocusReturn();
  const client = useQueryClient();
  const [wanted, setWanted] = useState(FIRST_PAUSE);
  const pause = useMutation({
    mutationFn: () =>
      request<unknown>(clusterPath(paths.clusterPause, name), { method: 'POST', body: pauseBody(wanted) }),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ['cluster', name] });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('pause.title', { name })}
      closeButtonProps={{ 'aria-label': t('close') }}
      centered
    >
      <Stack>
        <Text size="sm">{t('pause.about')}</Text>
        <PauseFields pause={wanted} onChange={setWanted} />
        {pause.error !== null && <FailureAlert error={pause.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button loading={pause.isPending} onClick={() => pause.mutate()}>
            {t('action.pause')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
