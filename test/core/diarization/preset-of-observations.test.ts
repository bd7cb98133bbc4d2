import { describe, expect, it } from 'vitest';
import { presetOfObservations } from '../../../core/diarization/preset-of-observations.ts';

function origin(preset: string, encoder: string) {
  const models = [
    { id: 'pyannote-segmentation-3.0', task: 'segmentation' },
    { id: encoder, task: 'speaker-embedding' },
  ];
  return { preset, models, provider: 'cpu' };
}

describe('presetOfObservations', () => {
  it('is that of the run', () => {
    expect(presetOfObservations(origin('embedded', 'campplus-zh-en')).name).toBe('embedded');
    expect(presetOfObservations(origin('pyannote-ge2e', 'ge2e')).name).toBe('pyannote-ge2e');
  });

  it('is the one of the same encoder for files from before the default changed', () => {
    expect(presetOfObservations(origin('embedded', 'ge2e')).name).toBe('ge2e');
  });

  it('is the one that was asked for, if its encoder is that of the file', () => {
    expect(presetOfObservations(origin('embedded', 'ge2e'), 'pyannote-ge2e').name).toBe('pyannote-ge2e');
    expect(() => presetOfObservations(origin('ge2e', 'ge2e'), 'embedded')).toThrow(
      /embeddings of campplus-zh-en.*ge2e, pyannote-ge2e can be chosen/,
    );
  });

  it('keeps segments of several scales apart from local speakers, and takes any encoder with them', () => {
    expect(presetOfObservations(origin('meeting', 'campplus-zh-en')).name).toBe('meeting');
    expect(() => presetOfObservations(origin('meeting', 'campplus-zh-en'), 'embedded')).toThrow(
      /observe it anew with --preset embedded/,
    );
    expect(() => presetOfObservations(origin('embedded', 'campplus-zh-en'), 'general')).toThrow(
      /observe it anew with --preset general/,
    );
    const titanet = presetOfObservations(origin('meeting/nemo-titanet-large', 'nemo-titanet-large'));
    expect(titanet).toMatchObject({
      name: 'meeting/nemo-titanet-large',
      embeddingModel: 'nemo-titanet-large',
    });
  });

  it('refuses what no preset can cluster, and presets that do not exist', () => {
    expect(() => presetOfObservations(origin('embedded', 'something-else'))).toThrow(
      /observe the recording again/,
    );
    expect(() => presetOfObservations(origin('best', 'ge2e'))).toThrow(/no preset "best"/);
  });
});
