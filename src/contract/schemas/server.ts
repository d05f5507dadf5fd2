import { Type } from 'typebox';
import { remedy } from './message.ts';

const text = (description: string) => Type.String({ description });
const number = (description: string) => Type.Integer({ description });

export const NodePortsReply = Type.Object(
  {
    range: Type.Object({ first: Type.Integer(), last: Type.Integer() }, { description: 'What the cluster gives out.' }),
    free: Type.Array(Type.Integer(), { description: 'The lowest that are free, so many as were asked for.' }),
    taken: Type.Array(Type.Object({ port: Type.Integer(), by: text('For people, in the language of the reply.') })),
  },
  { $id: 'NodePorts', description: 'The cluster was asked.' },
);

export const ServerReply = Type.Object(
  {
    version: Type.String(),
    installation: text('Identity of the installation.'),
    identity_provider: Type.Enum(['local', 'gitlab', 'gitea'], { description: 'Whose tokens callers have.' }),
    storage: Type.Enum(['embedded', 'kubernetes'], { description: 'Where the state is.' }),
    secret_store: Type.Enum(['sealed', 'vault'], { description: 'Where credentials are.' }),
    tls: text('As `tls` of the configuration: `auto`, `files` or `off`; a proxy may speak TLS before it.'),
    remote: Type.Boolean({ description: 'Whether commits are pushed to a Git remote.' }),
    commit_url: text('Page of a commit on GitLab or Gitea, `{commit}` stands for its id; empty where there is none.'),
    catalog_files: Type.Array(Type.String(), { description: 'Names of the files that extend the catalogue.' }),
    missing_safeguards: Type.Optional(
      Type.Array(Type.Enum(['program_limits', 'end_with_parent']), {
        description: 'What the machine lacks that bounds child processes such as git: util-linux brings both.',
      }),
    ),
    limits: Type.Object({
      body_bytes: number('Largest body of a request.'),
      event_streams: number('Open streams of all callers.'),
      event_streams_per_caller: number('Of one caller.'),
      syncs_per_minute: number('Looks at clusters that a caller may ask for in a minute.'),
    }),
    ready: Type.Boolean({ description: 'Whether requests can be served.' }),
    parts: Type.Array(
      Type.Object({
        name: text('As in `/readyz`.'),
        state: Type.Enum(['ok', 'degraded', 'failed', 'off']),
        reason: text('Why it is not ok, where that has a name.'),
        message: Type.Optional(text('What is wrong, for people, in the language of the reply.')),
        ...remedy,
      }),
    ),
  },
  { $id: 'Server', description: 'How this server is set up, and how its parts are.' },
);

export const TokenListReply = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        name: Type.String(),
        role: Type.Enum(['maintainer', 'reader']),
        created_at: text('RFC 3339.'),
        expires_at: text('RFC 3339; empty when it does not expire.'),
        last_used_at: Type.Optional(
          text(
            'Day of the last use; with `storage: kubernetes` that which this process has seen. Absent when none is known.',
          ),
        ),
      }),
      { description: 'In the order of names.' },
    ),
    unreadable: Type.Array(Type.String(), { description: 'What is stored and cannot be understood.' }),
  },
  { $id: 'TokenList' },
);

export const TokenRevokedReply = Type.Object({ message: text('`Revoked token <name>`.') }, { $id: 'TokenRevoked' });
