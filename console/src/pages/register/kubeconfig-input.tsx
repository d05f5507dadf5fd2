import { Alert, Button, FileButton, Group, Radio, Stack, Text, Textarea } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { type DragEvent, useState } from 'react';
import {
  contextsOf,
  type Kubeconfig,
  type KubeconfigContext,
  MAXIMUM_KUBECONFIG_LENGTH,
  NoKubeconfig,
  readKubeconfig,
} from '../../kubeconfig/contexts.ts';
import { dayOf } from '../../parts/time.ts';
import { type PlainTextId, t } from '../../texts/index.ts';
import classes from './register.module.css';

export interface ChosenContext {
  readonly kubeconfig: Kubeconfig;
  readonly context: KubeconfigContext;
}

export interface KubeconfigInputProps {
  readonly chosen: ChosenContext | undefined;
  readonly onChoose: (chosen: ChosenContext | undefined) => void;
  /** What leaving it out means; absent where it is needed. */
  readonly hint?: string;
}

/** Takes a kubeconfig and lets one of its contexts be chosen. The text stays in this page's memory. */
export function KubeconfigInput({ chosen, onChoose, hint }: KubeconfigInputProps) {
  const [kubeconfig, setKubeconfig] = useState<Kubeconfig>();
  const [problem, setProblem] = useState<NoKubeconfig['why']>();
  const take = (text: string) => {
    if (text.trim() === '') return;
    try {
      const read = readKubeconfig(text);
      setKubeconfig(read);
      setProblem(undefined);
      const usable = contextsOf(read).find((context) => context.problem === undefined);
      onChoose(usable && { kubeconfig: read, context: usable });
    } catch (error) {
      if (!(error instanceof NoKubeconfig)) throw error;
      setProblem(error.why);
    }
  };
  if (kubeconfig === undefined) return <Drop onText={take} problem={problem} hint={hint} />;
  return (
    <Stack gap="sm">
      <Radio.Group
        label={t('kubeconfig.contexts')}
        description={t('kubeconfig.onlyChosen')}
        value={chosen?.context.name ?? ''}
        onChange={(name) => {
          const context = contextsOf(kubeconfig).find((each) => each.name === name);
          if (context !== undefined) onChoose({ kubeconfig, context });
        }}
      >
        <Stack gap="sm" mt="sm">
          {contextsOf(kubeconfig).map((context) => (
            <Radio
              key={context.name}
              value={context.name}
              disabled={context.problem !== undefined}
              label={<span className="wrap">{context.name}</span>}
              description={<ContextFacts context={context} />}
            />
          ))}
        </Stack>
      </Radio.Group>
      <div>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            setKubeconfig(undefined);
            onChoose(undefined);
          }}
        >
          {t('kubeconfig.other')}
        </Button>
      </div>
    </Stack>
  );
}

function ContextFacts({
  context: { server, user, expires, problem, detail = '' },
}: {
  readonly context: KubeconfigContext;
}) {
  const isEnded = expires !== '' && Date.parse(expires) <= Date.now();
  const end = expires === '' || isEnded ? [] : [t('kubeconfig.until', { time: dayOf(expires) })];
  const facts = [server, user, ...end];
  return (
    <span className="wrap">
      {facts.filter(Boolean).join(' · ')}
      {isEnded && <span className="tone-warn"> · {t('kubeconfig.ended', { time: dayOf(expires) })}</span>}
      {problem !== undefined && (
        <span className="tone-warn">
          {facts.some(Boolean) && ' · '}
          {t(`problem.${problem}`, { detail })}
        </span>
      )}
    </span>
  );
}

interface DropProps {
  readonly onText: (text: string) => void;
  readonly problem: NoKubeconfig['why'] | undefined;
  readonly hint: string | undefined;
}

function Drop({ onText, problem, hint }: DropProps) {
  const [isOver, setOver] = useState(false);
  const read = async (file: File | null | undefined) => {
    if (!file) return;
    onText(
      file.size > 4 * MAXIMUM_KUBECONFIG_LENGTH
        ? ' '.repeat(4).padEnd(MAXIMUM_KUBECONFIG_LENGTH + 1, 'x')
        : await file.text(),
    );
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void read(event.dataTransfer.files[0]);
  };
  const failed: PlainTextId | undefined = problem && `kubeconfig.${problem}`;
  return (
    <Stack gap="sm">
      <div
        className={classes.drop}
        data-over={isOver}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Group justify="center" gap="sm">
          <Text size="sm">{t('kubeconfig.drop')}</Text>
          <FileButton onChange={(file) => void read(file)}>
            {(props) => (
              <Button {...props} variant="light" leftSection={<IconFileUpload size={16} aria-hidden />}>
                {t('kubeconfig.choose')}
              </Button>
            )}
          </FileButton>
        </Group>
      </div>
      <Textarea
        label={t('kubeconfig.paste')}
        autoComplete="off"
        spellCheck={false}
        rows={2}
        description={hint}
        onChange={(event) => onText(event.currentTarget.value)}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 } }}
      />
      {failed !== undefined && (
        <Alert color="red" role="alert">
          {t(failed)}
        </Alert>
      )}
    </Stack>
  );
}
