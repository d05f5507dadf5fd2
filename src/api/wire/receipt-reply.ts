import type { Reply } from '../../contract/reply.ts';
import type { ReceiptReply } from '../../contract/schemas/status.ts';
import { render } from '../../messages/message.ts';
import type { Language, Message } from '../../messages/text.ts';
import type { Receipt } from '../../resources/cluster/receipt.ts';

export function receiptReply(receipt: Receipt, language: Language): Reply<typeof ReceiptReply> {
  return {
    ...receipt,
    left: receipt.left.map((object) => ({ ...object, ...why(object.reason, language) })),
    remaining: receipt.remaining.map((object) => ({ ...object, ...why(object.reason, language) })),
  };
}

function why({ id, params }: Message, language: Language) {
  return { reason: render({ id, params }, language), messageId: id, params };
}
