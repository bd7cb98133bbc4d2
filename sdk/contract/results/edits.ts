import * as z from 'zod';
import {
  MAX_EDIT_NAME_LENGTH,
  MAX_EDIT_TEXT_LENGTH,
  MAX_EDITS,
  type Edit,
} from '../../../core/result/edit.ts';

const index = z.int().min(0);
const speaker = z.string().min(1).max(MAX_EDIT_NAME_LENGTH);

/** One change that a reader makes to a result; see `Edit`. */
const editSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('rename'), speaker, name: z.string().max(MAX_EDIT_NAME_LENGTH) }),
  z.strictObject({ op: z.literal('merge'), from: speaker, into: speaker }),
  z.strictObject({
    op: z.literal('assign'),
    utterance: index,
    from: index.exactOptional(),
    to: index.exactOptional(),
    speaker,
  }),
  z.strictObject({
    op: z.literal('text'),
    utterance: index,
    from: index,
    to: index,
    text: z.string().max(MAX_EDIT_TEXT_LENGTH),
  }),
  z.strictObject({ op: z.literal('split'), utterance: index, word: index }),
  z.strictObject({ op: z.literal('join'), utterance: index }),
]) satisfies z.ZodType<Edit>;

/** The edits of one recording, in the order in which they were made. */
export const editListSchema = z.strictObject({ edits: z.array(editSchema).max(MAX_EDITS) });
