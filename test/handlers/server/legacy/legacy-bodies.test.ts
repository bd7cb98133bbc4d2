/** What the replies of the older systems look like, byte for byte, for the contents that their READMEs document. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PythonFloat, pythonJson } from '../../../../core/formats/writing/python-json.ts';
import type { TranscriptResult } from '../../../../core/result/result.ts';
import type { DeskJob } from '../../../../handlers/server/desk/desk-job.ts';
import { fileNameOf, jobIdOf } from '../../../../handlers/server/legacy/exact-transcription/task-names.ts';
import { taskView } from '../../../../handlers/server/legacy/exact-transcription/task-view.ts';
import { flaskRedirect } from '../../../../handlers/server/legacy/exact-transcription/flask-replies.ts';
import { conversationOf } from '../../../../handlers/server/legacy/nemo-flask/conversation.ts';
import { nemoStatus } from '../../../../handlers/server/legacy/nemo-flask/index.ts';
import { fastApiReply, flaskReply } from '../../../../handlers/server/legacy/python-replies.ts';
import { newId } from '../../../../handlers/server/desk/random-ids.ts';
import { MISSING, sharedPath } from '../../../support/shared.ts';

const path = sharedPath('data/server-golden/legacy.json');
const golden =
  path === undefined
    ? {}
    : (JSON.parse(readFileSync(path, 'utf8')) as Record<string, { status: number; body: string }>);

const ready = { isReady: true, isClosing: false };

function transcript(said: readonly (readonly [string, number, number, string])[]): TranscriptResult {
  const utterances = said.map(([speaker, startSeconds, endSeconds, text]) => ({
    speaker,
    startSeconds,
    endSeconds,
    text,
    words: [],
  }));
  return {
    schemaVersion: 1,
    durationSeconds: 10,
    models: [],
    provider: 'cpu',
    timings: {},
    warnings: [],
    speakers: [],
    turns: [],
    exclusiveTurns: [],
    language: 'en',
    utterances,
    words: [],
    pauses: [],
  };
}

const conversation = transcript([
  ['SPEAKER_00', 0, 2.5, 'Hello, how are you doing today?'],
  ['SPEAKER_01', 3, 5.8, "I'm doing great, thanks for asking!"],
]);
const asTheCodeSaid = transcript([
  ['SPEAKER_00', 0, 2.5, 'hello how are you doing today'],
  ['SPEAKER_01', 3, 5.8, "i'm doing great thanks for asking"],
]);

const GOLDEN_ID = '0b5e0c1e-0000-4000-8000-000000000000';
const ID = 'job_Xwx7HpptTD-LKh0OfGtaSQ';

const job: DeskJob = {
  id: ID,
  owner: 'local',
  task: 'transcribe',
  state: 'queued',
  createdAtMs: 0,
  work: '',
  attempts: 0,
  recordings: [],
};
const progress = {
  schemaVersion: 1,
  type: 'progress',
  index: 0,
  stage: 'transcribe',
  done: 7.5,
  total: 100,
} as const;
const pending = taskView(job, undefined, 'meeting');
const working = taskView({ ...job, state: 'running' }, progress, 'meeting');
const done = taskView({ ...job, state: 'completed' }, undefined, 'meeting');
const failure = {
  schemaVersion: 1,
  code: 'corrupt_audio',
  message: 'The audio is damaged.',
  retryable: false,
  requestId: null,
  details: {},
} as const;
const failed = taskView({ ...job, state: 'failed', error: failure }, undefined, 'meeting');

const said = (view: typeof done): Response => flaskReply({ state: view.state, info: view.info });
const streamed = [pending, working, done]
  .map((view) => `data: ${pythonJson(view, { isAscii: true })}\n\n`)
  .join('');

const float = (value: number): PythonFloat => new PythonFloat(value);

/** The replies that need no recording; test/handlers/server/legacy/legacy-routes.test.ts has those of a server. */
const CASES: Readonly<Record<string, () => Response>> = {
  '000 GET /status': () => nemoStatus(ready),
  '000 POST /diarize (documented)': () =>
    flaskReply({ conversation: conversationOf(conversation, 'objects') }),
  '000 POST /diarize (as the code answers)': () =>
    flaskReply({ conversation: conversationOf(asTheCodeSaid, 'text') }),
  '002 POST / (README version, done)': () => flaskRedirect('/download'),
  '002 POST /upload': () => flaskReply({ task_id: ID }, 202),
  '002 GET /status/ID pending': () => said(pending),
  '002 GET /status/ID progress': () => said(working),
  '002 GET /status/ID success': () => said(done),
  '002 GET /status/ID failure': () => said(failed),
  '002 GET /stream-progress/ID': () => new Response(streamed),
  '001 POST /embedding': () =>
    fastApiReply({ embedding: [0.123, -0.456, 0.789].map(float), normalized: true }),
};

describe.skipIf(path === undefined)(`bodies of the older systems (${MISSING} otherwise)`, () => {
  it.each(Object.entries(CASES))('%s', async (name, reply) => {
    const { status, body } = golden[name]!;
    const given = reply();
    expect(given.status).toBe(status);
    expect((await given.text()).replaceAll(ID, GOLDEN_ID)).toBe(body);
  });
});

describe('tasks of Exact_Transcription', () => {
  it('have files that name their job and no other', () => {
    expect(fileNameOf(ID)).toBe('5f0c7b1e9a6d4c3f8b2a1d0e7c6b5a49_transcript.txt');
    for (let i = 0; i < 50; i += 1) {
      const id = newId('job');
      expect(jobIdOf(fileNameOf(id))).toBe(id);
    }
    for (const name of [
      '../../etc/passwd',
      'transcript_0b5e0c1e.txt',
      `${'a'.repeat(32)}_transcript.txt\0`,
      '',
    ]) {
      expect(jobIdOf(name)).toBeUndefined();
    }
  });

  it('stay failed, and never go back in percent while a stage goes on', () => {
    expect(failed).toMatchObject({ state: 'FAILURE', info: { percent: -1, result_filename: null } });
    const percents = [0, 10, 50, 99, 100].map(
      (value) => taskView({ ...job, state: 'running' }, { ...progress, done: value }, 'm').info.percent,
    );
    expect(percents).toEqual([18, 25, 54, 89, 90]);
    expect(taskView({ ...job, state: 'running' }, { ...progress, total: null }, 'm').info.percent).toBe(18);
  });
});

describe('JSON as Python writes it', () => {
  it('is ASCII and sorted where Flask wrote it, and UTF-8 in the order of its keys where FastAPI did', async () => {
    const value = { b: 'Zoë 👋\n', a: float(2), c: [1, null, true] };
    expect(await flaskReply(value).text()).toBe(
      String.raw`{"a":2.0,"b":"Zo\u00eb \ud83d\udc4b\n","c":[1,null,true]}` + '\n',
    );
    expect(await fastApiReply(value).text()).toBe('{"b":"Zoë 👋\\n","a":2.0,"c":[1,null,true]}');
  });
});

describe('conversations of the NeMo service', () => {
  it('are empty for silence as objects, and say so as text', () => {
    expect(conversationOf(transcript([]), 'objects')).toEqual([]);
    expect(conversationOf(transcript([]), 'text')).toEqual(['No distinct speech was found in the audio.']);
  });
  it('keep the names of voices', () => {
    expect(conversationOf(transcript([['Ana', 0.484, 41.2, 'hi']]), 'text')).toEqual([
      'Ana: (0.48-41.20s) hi',
    ]);
  });
});
