import { describe, expect, it } from 'vitest';
import { LiveAdmission, liveCost } from '../../../core/engine/live-admission.ts';
import type { LiveEvent, ShedStep } from '../../../core/result/live/live-events.ts';

const SPEAKERS = liveCost(['diarize']);

const status = (...shed: ShedStep[]): LiveEvent => ({
  type: 'status',
  heardSeconds: 1,
  shownSeconds: 0,
  textSeconds: 0,
  stableUntilSeconds: 0,
  lagSeconds: 0,
  levelDbfs: null,
  ...(shed.length === 0 ? {} : { shed }),
});

describe('which live sessions an engine takes', () => {
  it('costs what its tasks cost', () => {
    expect(liveCost(['detect-speech'])).toBeLessThan(SPEAKERS);
    expect(liveCost(['diarize', 'transcribe'])).toBeGreaterThan(SPEAKERS);
    expect(liveCost(['diarize', 'verify'])).toBe(SPEAKERS);
  });

  it('takes as many as the cores can follow, one at least, and says what to do', () => {
    const admission = new LiveAdmission(3 * SPEAKERS);
    const places = [1, 2, 3].map(() => admission.admit(SPEAKERS));
    expect(() => admission.admit(SPEAKERS)).toThrow(/Try again when one has ended, ask for fewer tasks/);
    places[0]!.leave();
    places[0]!.leave();
    admission.admit(SPEAKERS);
    expect(() => admission.require(SPEAKERS)).toThrow(expect.objectContaining({ code: 'overloaded' }));
    const small = new LiveAdmission(0.01);
    small.admit(SPEAKERS);
    expect(() => small.require(liveCost(['detect-speech']))).toThrow(/core/);
  });

  it('takes none while one that runs has left out all that it may', () => {
    const admission = new LiveAdmission(10);
    const place = admission.admit(SPEAKERS);
    place.hear(status('interim-text', 'half-steps'));
    admission.require(SPEAKERS);
    place.hear(status('interim-text', 'half-steps', 'frequent-corrections'));
    expect(() => admission.require(SPEAKERS)).toThrow(/cannot be followed any more/);
    place.hear(status());
    admission.require(SPEAKERS);
  });
});
