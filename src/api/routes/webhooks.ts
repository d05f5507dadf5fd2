import { message, render } from '../../messages/message.ts';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NautesError } from '../../errors/errors.ts';
import type { Secret } from '../../base/secret.ts';
import { exceededJsonLimit } from '../../base/network/json-shape.ts';
import { codecError } from '../decode/codec-error.ts';
import { operations } from '../../contract/operations.ts';
import { pageNotFound, sendTexts } from '../http/replies.ts';
import { languageOf, type Route } from '../http/route.ts';
import { HookReply } from '../../contract/schemas/replies.ts';
import type { TokenGuard } from '../http/token-guard.ts';
import { bodyOf } from './clusters.ts';

/** A push as its hook tells of it; whoever has the secret can say anything, so nothing of it is believed. */
export interface AnnouncedPush {
  /** Full path of the project. */
  readonly project: string;
  readonly projectId: string;
  readonly reference: string;
  /** The last commit. */
  readonly commit: string;
}

/** What takes the hooks. */
export interface WebhookReceiver {
  /** @throws NautesError when it cannot be read */
  secret(): Promise<Secret>;
  /** Says what follows from the push. */
  pushed(push: AnnouncedPush): 'looking' | 'known' | 'elsewhere';
}

/** Push hooks of Git servers. They need no token; their secret is checked before their body is read where it can be. */
export function webhookRoutes(receiver: WebhookReceiver | undefined, guard: TokenGuard): readonly Route[] {
  if (receiver === undefined) {
    const absent: Route['handle'] = async (_request, reply) => pageNotFound(reply);
    return [
      { operation: operations.receiveGitLabHook, handle: absent },
      { operation: operations.receiveGiteaHook, handle: absent },
    ];
  }
  return [
    {
      operation: operations.receiveGitLabHook,
      before: (request) => requireGitLabToken(receiver, guard, request),
      handle: async (request, reply) =>
        answer(receiver, headerOf(request, 'x-gitlab-event') === 'Push Hook', request, reply),
    },
    {
      operation: operations.receiveGiteaHook,
      before: async (request) => {
        if (!/^[0-9a-f]{64}$/.test(headerOf(request, 'x-gitea-signature'))) throw new NautesError('WebhookRefused');
      },
      handle: async (request, reply) => {
        await requireGiteaSignature(receiver, guard, request);
        return answer(receiver, headerOf(request, 'x-gitea-event') === 'push', request, reply);
      },
    },
  ];
}

async function requireGitLabToken(
  receiver: WebhookReceiver,
  guard: TokenGuard,
  request: FastifyRequest,
): Promise<void> {
  const token = headerOf(request, 'x-gitlab-token');
  if (token === '') throw new NautesError('WebhookRefused');
  await settled(guard, request.ip, token, async () => isEqual(token, (await receiver.secret()).reveal()));
}

async function requireGiteaSignature(
  receiver: WebhookReceiver,
  guard: TokenGuard,
  request: FastifyRequest,
): Promise<void> {
  const signature = headerOf(request, 'x-gitea-signature');
  await settled(guard, request.ip, signature, async () => {
    const secret = (await receiver.secret()).reveal();
    return isEqual(signature, createHmac('sha256', secret).update(bodyOf(request)).digest('hex'));
  });
}

/** Wrong secrets are guesses as wrong tokens are. */
async function settled(guard: TokenGuard, address: string, key: string, check: () => Promise<boolean>): Promise<void> {
  const settle = guard.admit(address, `webhook ${key}`);
  let isRight: boolean | undefined;
  try {
    isRight = await check();
  } finally {
    settle(isRight === undefined ? 'undecided' : isRight ? 'accepted' : 'unknown');
  }
  if (!isRight) throw new NautesError('WebhookRefused');
}

/** In a time that says nothing of either text. */
function isEqual(one: string, other: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

function answer(
  receiver: WebhookReceiver,
  isPush: boolean,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const push = readPush(bodyOf(request));
  const language = languageOf(request);
  const said = isPush ? message(`Webhook.${receiver.pushed(push)}`) : message('Webhook.noPush');
  return sendTexts(reply, language, 200, HookReply, { message: render(said, language) });
}

/** Of the body of a hook; that of a push of GitLab with 20 commits has 500 values in 5 levels. */
const PUSH_LIMITS = { depth: 32, values: 100_000 };

/** The fields of both servers; those that are missing are empty. @throws Codec */
function readPush(body: Buffer): AnnouncedPush {
  if (exceededJsonLimit(body, PUSH_LIMITS) !== undefined) throw codecError(message('Codec.notJson'));
  let payload: unknown;
  try {
    payload = JSON.parse(body.toString('utf8'));
  } catch {
    throw codecError(message('Codec.notJson'));
  }
  const project = memberOf(payload, 'project') ?? memberOf(payload, 'repository');
  return {
    project: textOf(memberOf(project, 'path_with_namespace') ?? memberOf(project, 'full_name')),
    projectId: textOf(memberOf(project, 'id')),
    reference: textOf(memberOf(payload, 'ref')),
    commit: textOf(memberOf(payload, 'after')),
  };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 1000) : '';
}

function headerOf(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}
