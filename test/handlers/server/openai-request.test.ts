import { describe, expect, it } from 'vitest';
import { transcriptionRequest } from '../../../handlers/server/openai/transcription-request.ts';

const FILE = { field: 'file', name: 'a.wav', path: '/tmp/a', bytes: 10 };
const IDS = ['moonshine-tiny', 'whisper-base-q8'];
const DATA = `data:audio/wav;base64,${Buffer.from('sound').toString('base64')}`;

const read = (...fields: [string, string][]) => transcriptionRequest([FILE], fields, IDS);

describe('a request of OpenAI’s clients', () => {
  it('takes names of other services for the default, and ids of ours as they are', () => {
    for (const model of [
      'whisper-1',
      'gpt-4o-transcribe',
      'Systran/faster-whisper-small',
      'openai/whisper-large-v3',
    ]) {
      expect(read(['model', model]).options).toEqual({ diarize: false });
    }
    expect(read(['model', 'whisper-base-q8']).options).toMatchObject({ model: 'whisper-base-q8' });
    expect(() => read(['model', 'nothing'])).toThrow(expect.objectContaining({ code: 'model_unknown' }));
  });

  it('tells speakers apart only when asked', () => {
    expect(read(['model', 'whisper-1']).isDiarized).toBe(false);
    expect(read(['model', 'whisper-1'], ['response_format', 'diarized_json']).isDiarized).toBe(true);
    expect(read(['model', 'whisper-1'], ['diarize', 'True']).isDiarized).toBe(true);
    expect(read(['model', 'gpt-4o-transcribe-diarize']).isDiarized).toBe(true);
  });

  it('reads lists however they are written', () => {
    for (const fields of [
      [
        ['timestamp_granularities[]', 'segment'],
        ['timestamp_granularities[]', 'word'],
      ],
      [['timestamp_granularities', 'word']],
      [['timestamp_granularities', 'segment,word']],
      [['timestamp_granularities', '["word"]']],
    ] as [string, string][][]) {
      expect(read(['model', 'whisper-1'], ...fields).wantsWords).toBe(true);
    }
  });

  it('knows speakers by references, also inside extra_body', () => {
    const plain = read(
      ['model', 'whisper-1'],
      ['known_speaker_names[]', 'agent'],
      ['known_speaker_references[]', DATA],
    );
    expect(plain.knownSpeakers.map(({ name, audio }) => [name, Buffer.from(audio).toString()])).toEqual([
      ['agent', 'sound'],
    ]);
    const nested = read(
      ['model', 'whisper-1'],
      ['extra_body[known_speaker_names][]', 'agent'],
      ['extra_body[known_speaker_references][]', DATA],
    );
    expect(nested.knownSpeakers).toEqual(plain.knownSpeakers);
  });

  it('takes languages as codes and as names, formats in any case, and whole numbers as Python writes them', () => {
    for (const written of ['english', 'English ', 'en']) {
      expect(read(['model', 'whisper-1'], ['language', written]).options).toMatchObject({ language: 'en' });
    }
    expect(read(['model', 'whisper-1'], ['languages[]', 'german']).options).toMatchObject({ language: 'de' });
    expect(read(['model', 'whisper-1'], ['response_format', 'VERBOSE_JSON']).format).toBe('verbose_json');
    expect(read(['model', 'whisper-1'], ['num_speakers', '2.0']).options).toMatchObject({ numSpeakers: 2 });
  });

  it('expects keywords as it expects a prompt, names speakers, and says which fields it does not know', () => {
    const { options, ignored } = read(
      ['model', 'whisper-1'],
      ['prompt', 'A meeting.'],
      ['keywords[]', 'Colloquy'],
      ['keywords[]', 'Ana'],
      ['speaker_names', '{"SPEAKER_00": "Ana"}'],
      ['vad_filter', 'true'],
      ['temperature', '0'],
      ['x\r\ny: z', '1'],
    );
    expect(options).toMatchObject({
      prompt: 'A meeting. Colloquy, Ana',
      speakerNames: { SPEAKER_00: 'Ana' },
    });
    expect(ignored).toEqual(['vad_filter', 'temperature', 'xyz']);
  });

  it.each([
    [
      [
        ['model', 'whisper-1'],
        ['timestamp_granularities[]', 'char'],
      ],
      'word, segment',
    ],
    [
      [
        ['model', 'whisper-1'],
        ['speaker_names', 'Ana,Bob'],
      ],
      'speaker_names',
    ],
    [
      [
        ['model', 'whisper-1'],
        ['known_speaker_names[]', 'a'],
      ],
      'as many references',
    ],
    [
      [
        ['model', 'whisper-1'],
        ['known_speaker_names', 'a'],
        ['known_speaker_references', 'data:audio/wav'],
      ],
      '--form-string',
    ],
    [
      [
        ['model', 'whisper-1'],
        ['stream', 'maybe'],
      ],
      'true or false',
    ],
    [
      [
        ['model', 'whisper-1'],
        ['response_format', 'xml'],
      ],
      'verbose_json',
    ],
    [
      [
        ['model', 'whisper-1'],
        ['num_speakers', '-1'],
      ],
      'whole number',
    ],
    [[], 'model'],
  ] as [[string, string][], string][])('refuses %j', (fields, message) => {
    expect(() => read(...fields)).toThrow(message);
  });

  it('refuses no file, and two', () => {
    expect(() => transcriptionRequest([], [['model', 'whisper-1']], IDS)).toThrow('file');
    expect(() => transcriptionRequest([FILE, FILE], [['model', 'whisper-1']], IDS)).toThrow('twice');
  });
});
