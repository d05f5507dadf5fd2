import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useSyncExternalStore } from 'react';
import { queryClient } from '../data/query-client.ts';
import { cssVariables, theme } from '../style/theme.ts';
import { language, onLanguage } from './language.ts';
import { router } from './router.tsx';

const colorScheme = localStorageColorSchemeManager({ key: 'nautes.appearance' });

/** The whole console. Another language begins it again, with the texts of the server in that language. */
export function App({ nonce }: { readonly nonce: string }) {
  const shown = useSyncExternalStore(onLanguage, language);
  useEffect(() => () => void queryClient.resetQueries(), [shown]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorScheme}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queryClient}>
        <Notifications position="top-right" autoClose={5000} />
        <RouterProvider key={shown} router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
