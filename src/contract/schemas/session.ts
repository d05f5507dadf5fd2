import { Type } from 'typebox';
import { CallerReply } from './replies.ts';

/** The body of a login. */
export const SessionBody = Type.Object(
  { token: Type.String({ description: 'The token that the session stands for: at most 2048 characters.' }) },
  { $id: 'SessionBody' },
);

export const SessionReply = Type.Object(
  {
    caller: Type.Union([CallerReply, Type.Null()], { description: 'Whose session it is; `null` without one.' }),
    expires_at: Type.Optional(
      Type.String({
        description: 'When the session ends, RFC 3339. It ends before when its token is revoked.',
      }),
    ),
  },
  { $id: 'Session' },
);
