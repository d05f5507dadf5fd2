import { Type } from 'typebox';
import { CallerReply } from './replies.ts';

/** The body of a login: one of both. */
export const SessionBody = Type.Object(
  {
    token: Type.Optional(
      Type.String({ description: 'The token that the session stands for: at most 2048 characters.' }),
    ),
    link: Type.Optional(Type.String({ description: 'The code of a login link instead of a token.' })),
  },
  { $id: 'SessionBody' },
);

export const LoginLinkReply = Type.Object(
  {
    path: Type.String({
      description:
        'Path of the page that logs in with the link. Its code is in the fragment, which browsers send to no server.',
    }),
    expires_at: Type.String({ description: 'Until when it can be used, RFC 3339.' }),
  },
  { $id: 'LoginLink' },
);

export const OAuthStartQuery = Type.Object({
  next: Type.Optional(Type.String({ description: 'Path of the console to come back to; left out: its first page.' })),
});

export const OAuthCallbackQuery = Type.Object({
  code: Type.Optional(Type.String({ description: 'What the login is proved with.' })),
  state: Type.Optional(Type.String({ description: 'What the login was begun with.' })),
  error: Type.Optional(Type.String({ description: 'Why there is no code.' })),
  error_description: Type.Optional(Type.String({ description: 'The same in words; not read.' })),
});

export const SessionReply = Type.Object(
  {
    caller: Type.Union([CallerReply, Type.Null()], { description: 'Whose session it is; `null` without one.' }),
    oauth: Type.Optional(
      Type.Object(
        { provider: Type.Enum(['gitlab', 'gitea']), url: Type.String({ description: 'Path where the login begins.' }) },
        { description: 'Login by GitLab or Gitea; absent where that is not configured.' },
      ),
    ),
    expires_at: Type.Optional(
      Type.String({
        description: 'When the session ends, RFC 3339. It ends before when its token is revoked.',
      }),
    ),
  },
  { $id: 'Session' },
);
