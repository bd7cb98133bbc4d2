import type * as z from 'zod';
import { expect, expectTypeOf, test } from 'vitest';
import { liveStartSchema } from '../../../sdk/live/client-message.ts';
import type { LiveStart } from '../../../sdk/live/live-start.ts';

test('what clients write is what the server reads', () => {
  type Read = z.input<typeof liveStartSchema>;
  expectTypeOf<keyof LiveStart>().toEqualTypeOf<keyof Read>();
  // Its lists may be read-only, and what a preset file holds is looked at one by one: neither is a matter of its type.
  type Lists = 'tasks' | 'voices' | 'preset';
  expectTypeOf<Omit<LiveStart, Lists>>().toExtend<Omit<Read, Lists>>();
  expectTypeOf<NonNullable<LiveStart['tasks']>[number]>().toEqualTypeOf<NonNullable<Read['tasks']>[number]>();
  const start: LiveStart = {
    type: 'start',
    audio: { encoding: 'mulaw', sampleRate: 8_000 },
    tasks: ['diarize'],
  };
  expect(liveStartSchema.parse(start)).toMatchObject({ ...start, audio: { ...start.audio, channels: 1 } });
});
