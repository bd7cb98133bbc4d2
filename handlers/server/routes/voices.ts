import { Hono } from 'hono';
import { InvalidInputError } from '../../../core/errors.ts';
import { voiceName } from '../../../core/verification/voices/voice-name.ts';
import { SCHEMA_VERSION } from '../../../sdk/contract/index.ts';
import { readForm } from '../http/read-form.ts';
import type { ServerContext, ServerEnvironment } from '../server-context.ts';
import { enrollUpload, factsOf } from '../voices/enroll-upload.ts';
import { findVoice, listVoices, unknownVoice } from '../voices/stored-voices.ts';

/** `/v1/voices`: people who agreed to be recognised. Vectors are told only to those who ask for them. */
export function voiceRoutes(context: ServerContext): Hono<ServerEnvironment> {
  const { voices, desk, spool, limits } = context;
  const routes = new Hono<ServerEnvironment>();

  routes.get('/', async (c) => {
    const facts = await Promise.all((await listVoices(voices)).map((voice) => factsOf(voice, context)));
    return c.json({ schemaVersion: SCHEMA_VERSION, voices: facts });
  });

  routes.get('/:name', async (c) => {
    const voice = await findVoice(voices, c.req.param('name'));
    const wantsVector = c.req.query('include') === 'embedding';
    return c.json({
      schemaVersion: SCHEMA_VERSION,
      ...(await factsOf(voice, context)),
      ...(wantsVector ? { embedding: Array.from(voice.vector) } : {}),
    });
  });

  routes.put('/:name', async (c) => {
    const name = voiceName(c.req.param('name'));
    desk.checkRoom();
    if (!/^multipart\/form-data/i.test(c.req.header('content-type') ?? '')) {
      throw new InvalidInputError(
        'invalid_option',
        'Expected a form (multipart/form-data) with recordings of one person as file.',
        { details: { option: 'file' } },
      );
    }
    const form = await readForm(c.req.raw, spool, limits);
    try {
      const enrolment = {
        name,
        owner: c.get('caller').id,
        requestId: c.get('requestId'),
        signal: c.req.raw.signal,
      };
      const { isNew, reply } = await enrollUpload(form, enrolment, context);
      return c.json({ schemaVersion: SCHEMA_VERSION, ...reply }, isNew ? 201 : 200, {
        location: `/v1/voices/${encodeURIComponent(name)}`,
      });
    } finally {
      await form.dispose();
    }
  });

  routes.delete('/:name', async (c) => {
    const name = c.req.param('name');
    if (!(await voices.remove(name))) throw unknownVoice(name);
    return c.body(null, 204);
  });
  return routes;
}
