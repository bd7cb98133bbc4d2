/** What the replies of the older systems look like, byte for byte, for the contents that their READMEs document. */
import { describe, expect, it } from 'vitest';
import { PythonFloat, pythonJson } from '../../../../core/formats/writing/python-json.ts';
import type { TranscriptResult } from '../../../../core/result/result.ts';
import type { DeskJob } from '../../../../handlers/server/desk/desk-job.ts';
import { fileNameOf, jobIdOf } from '../../../../handlers/server/legacy/exact-transcription/task-names.ts';
import { taskView } from '../../../../handlers/server/legacy/exact-transcription/task-view.ts';
import {
  attachedText,
  flaskRedirect,
} from '../../../../handlers/server/legacy/exact-transcription/flask-replies.ts';
import { legacyRoutes, type LegacySystem } from '../../../../handlers/server/legacy/index.ts';
import { transcriptFileText } from '../../../../handlers/server/legacy/exact-transcription/transcript-lines.ts';
import { SSE_HEADERS } from '../../../../handlers/server/http/sse.ts';
import type { ServerContext } from '../../../../handlers/server/server-context.ts';
import { conversationOf } from '../../../../handlers/server/legacy/nemo-flask/conversation.ts';
import { nemoDiarize, nemoStatus } from '../../../../handlers/server/legacy/nemo-flask/index.ts';
import { fastApiReply, flaskReply } from '../../../../handlers/server/legacy/python-replies.ts';
import { newId } from '../../../../handlers/server/desk/random-ids.ts';
import { MISSING } from '../../../support/shared.ts';
import { ASSERTED, golden, type GoldenBody } from './golden-replies.ts';

/** For routes of which only the list is looked at, and replies that need nothing. */
const nothing = {} as ServerContext;
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

const minutes = transcript([
  ['SPEAKER_00', 0.42, 3.74, 'Good morning, shall we start with the budget for the new library?'],
]);
const downloaded = async (name: string): Promise<Response> =>
  attachedText(await transcriptFileText(minutes), name);

const float = (value: number): PythonFloat => new PythonFloat(value);

/** The replies that need no recording; test/handlers/server/legacy/legacy-routes.test.ts has those of a server. */
const CASES: Readonly<Record<GoldenBody, () => Response | Promise<Response>>> = {
  '000 GET /status': () => nemoStatus(ready),
  '000 POST /diarize (documented)': () =>
    flaskReply({ conversation: conversationOf(conversation, 'objects') }),
  '000 POST /diarize (as the code answers)': () =>
    flaskReply({ conversation: conversationOf(asTheCodeSaid, 'text') }),
  '000 POST /diarize not ready': () => {
    const form = { files: [], fields: new Map<string, string>(), dispose: () => Promise.resolve() };
    const call = { owner: 'local', requestId: 'req_1' };
    const loading = { isReady: false, isClosing: false };
    return nemoDiarize(form, call, nothing, loading, new AbortController().signal);
  },
  '002 GET /download/NAME': () => downloaded(fileNameOf(ID)),
  '002 GET /download (README version)': () => downloaded('transcript.txt'),
  '001 POST /compare': () =>
    fastApiReply({ similarity_score: float(0.87), same_speaker: true, threshold: float(0.25) }),
  '002 POST / (README version, done)': () => flaskRedirect('/download'),
  '002 POST /upload': () => flaskReply({ task_id: ID }, 202),
  '002 GET /status/ID pending': () => said(pending),
  '002 GET /status/ID progress': () => said(working),
  '002 GET /status/ID success': () => said(done),
  '002 GET /status/ID failure': () => said(failed),
  '002 GET /stream-progress/ID': () => new Response(streamed, { headers: SSE_HEADERS }),
  '001 POST /embedding': () =>
    fastApiReply({ embedding: [0.123, -0.456, 0.789].map(float), normalized: true }),
};

describe.skipIf(golden === undefined)(`bodies of the older systems (${MISSING} otherwise)`, () => {
  it('are all asserted, here or where they need a server', () => {
    expect(Object.values(ASSERTED).flat().toSorted()).toEqual(Object.keys(golden!).toSorted());
  });

  it.each(Object.entries(CASES))('%s', async (name, reply) => {
    const { status, headers, body } = golden![name]!;
    const given = await reply();
    expect(given.status).toBe(status);
    for (const [header, value] of headers) {
      if (['content-type', 'content-disposition', 'location'].includes(header.toLowerCase()))
        expect(given.headers.get(header), header).toBe(value);
    }
    expect((await given.text()).replaceAll(ID, GOLDEN_ID)).toBe(body);
  });
});

describe('older systems at the root', () => {
  const at = (...systems: LegacySystem[]): string[] =>
    legacyRoutes(nothing, ready, new Set(systems))
      .routes.map(({ method, path }) => `${method} ${path}`)
      .filter((name) => !/ \/(?:nemo|analysis|exact|diglett)\b/.test(name));

  it('are those that are asked for, with the health of the server in any case', () => {
    expect(at()).toEqual(['GET /health']);
    expect(at('nemo')).toEqual(['GET /health', 'GET /status', 'POST /diarize']);
    expect(at('analysis')).toContain('POST /diarize');
    expect(at('diglett')).toEqual(['GET /health', 'POST /embed']);
    // The route of both, and behind it that of one.
    expect(at('nemo', 'analysis').filter((name) => name === 'POST /diarize')).toHaveLength(2);
    expect(at('exact')).toContain('POST /upload');
  });

  it('are under their prefix, whatever is asked for', () => {
    const all = legacyRoutes(nothing, ready, new Set()).routes.map(({ path }) => path);
    for (const path of [
      '/nemo/diarize',
      '/analysis/diarize',
      '/analysis/health',
      '/exact/upload',
      '/diglett/embed',
    ])
      expect(all).toContain(path);
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
