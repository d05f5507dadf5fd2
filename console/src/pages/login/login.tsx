import { Alert, Button, Code, Divider, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Navigate, useNavigate, useSearch } from '@tanstack/react-router';
import { type SubmitEvent, useEffect, useState } from 'react';
import { takeLoginLink } from '../../app/login-link.ts';
import { LanguageSwitch } from '../../app/language-switch.tsx';
import mark from '../../assets/mark.svg';
import { queryClient } from '../../data/query-client.ts';
import { type Credential, sessionQuery, signIn } from '../../data/session.ts';
import { FailureAlert } from '../../parts/failure.tsx';
import { t } from '../../texts/index.ts';
import classes from './login.module.css';

/** Takes a token once; the browser then has a cookie that scripts cannot read. */
export function LoginPage() {
  const { next = '/', ended = false, failed } = useSearch({ from: '/login' });
  const session = useQuery({ ...sessionQuery, refetchOnMount: 'always' });
  const oauth = session.data?.oauth;
  useEffect(() => {
    document.title = `${t('login.title')} · ${t('product')}`;
  }, []);
  if (session.data?.caller) return <Navigate to={next} replace />;
  return (
    <main className={classes.page}>
      <div className={classes.brand}>
        <img src={mark} width={36} height={36} alt="" />
        {t('product')}
      </div>
      <div className={classes.card}>
        <Stack gap="md">
          <div>
            <Title order={1} size="h2">
              {t('login.title')}
            </Title>
            <Text size="sm" c="dimmed" mt={4}>
              {t('login.about')}
            </Text>
          </div>
          {ended && <Alert color="blue">{t('login.ended')}</Alert>}
          {failed !== undefined && (
            <Alert role="alert" color="red">
              {t('login.failed', { reason: failed })}
            </Alert>
          )}
          {!window.isSecureContext && <Alert color="yellow">{t('login.plainHttp')}</Alert>}
          {oauth !== undefined && (
            <>
              <Button component="a" size="md" href={startOf(oauth.url, next)}>
                {t('login.with', { host: oauth.provider === 'gitlab' ? 'GitLab' : 'Gitea' })}
              </Button>
              <Divider label={t('login.or')} labelPosition="center" />
            </>
          )}
          <LoginForm next={next} />
        </Stack>
      </div>
      <div className={classes.language}>
        <LanguageSwitch />
      </div>
    </main>
  );
}

/** Comes back to the page that was asked for. */
function startOf(url: string, next: string): string {
  return `${url}?${new URLSearchParams({ next: next === '/' ? '/console' : `/console${next}` }).toString()}`;
}

/** Signs in and leads to the page that was asked for; with the link that the page was opened with, at once. */
function useLogin(next: string) {
  const navigate = useNavigate();
  const [failure, setFailure] = useState<unknown>();
  const [isSending, setSending] = useState(false);
  const begin = async (credential: Credential) => {
    setFailure(undefined);
    setSending(true);
    try {
      queryClient.setQueryData(sessionQuery.queryKey, await signIn(credential));
      await navigate({ to: next, replace: true });
    } catch (error) {
      setFailure(error);
    } finally {
      setSending(false);
    }
  };
  useEffect(() => {
    const link = takeLoginLink();
    if (link !== undefined) void begin({ link });
  });
  return { failure, isSending, begin };
}

function LoginForm({ next }: { readonly next: string }) {
  const { failure, isSending, begin } = useLogin(next);
  const [token, setToken] = useState('');
  const [isMissing, setMissing] = useState(false);
  const submit = async () => {
    setMissing(token.trim() === '');
    if (token.trim() !== '') await begin({ token: token.trim() });
  };
  return (
    <form
      noValidate
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack gap="md">
        {/* Password managers keep a token under a name. */}
        <input type="text" name="username" autoComplete="username" value="nautes" readOnly hidden />
        <PasswordInput
          label={t('login.token')}
          name="token"
          size="md"
          autoFocus
          autoComplete="current-password"
          spellCheck={false}
          value={token}
          error={isMissing ? t('login.empty') : undefined}
          onChange={(event) => setToken(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
        />
        {failure !== undefined && <FailureAlert error={failure} />}
        <Button type="submit" size="md" loading={isSending}>
          {t('login.submit')}
        </Button>
        <details>
          <summary>
            <Text component="span" size="sm" c="dimmed">
              {t('login.help')}
            </Text>
          </summary>
          <Text size="sm" c="dimmed" mt="xs">
            {t('login.helpCommand')}
          </Text>
          <Code block mt={6}>
            {'nautes token create --name YOU --role maintainer'}
          </Code>
        </details>
      </Stack>
    </form>
  );
}
