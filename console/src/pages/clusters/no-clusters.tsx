import { Button, Stack, Text, Title } from '@mantine/core';
import { IconCirclePlus, IconTopologyStar3 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Command } from '../../parts/command.tsx';
import { t } from '../../texts/index.ts';
import classes from './no-clusters.module.css';

/** What stands in the place of clusters while there is none: how to begin. */
export function NoClusters() {
  const { origin } = window.location;
  return (
    <section className={classes.empty}>
      <IconTopologyStar3 size={44} stroke={1.2} aria-hidden className="tone-idle" />
      <Title order={2} mt="sm">
        {t('empty.title')}
      </Title>
      <Text c="dimmed" mt={6} maw={560}>
        {t('empty.about')}
      </Text>
      <Button
        mt="lg"
        leftSection={<IconCirclePlus size={18} aria-hidden />}
        renderRoot={(props) => <Link {...props} to="/register" />}
      >
        {t('register.title')}
      </Button>
      <Stack mt="lg" gap="lg" className={classes.ways}>
        <div>
          <Text fw={600} mb={6}>
            {t('empty.commandTitle')}
          </Text>
          <Command text={`nautes login ${origin}\nnautes cluster add NAME --wait`} label={t('empty.commandTitle')} />
        </div>
        <div>
          <Text fw={600} mb={6}>
            {t('empty.sandboxTitle')}
          </Text>
          <Command
            text={
              'nautes sandbox --dir ./clusters\nnautes cluster add one --kubeconfig ./clusters/cluster-1.kubeconfig'
            }
            label={t('empty.sandboxTitle')}
          />
        </div>
      </Stack>
    </section>
  );
}
