/** What was lost in decoding, as it is told to whoever waits for the result. */
import type { AudioWarning } from '../audio-warning.ts';
import type { ContainerTraits } from '../container/audio-container.ts';
import type { Placement } from './recording-clock.ts';
import type { DecodedFrame } from './decoded-frame.ts';

/** Counts the damage of one recording while its frames are placed. */
export class DamageReport {
  readonly #sampleRate: number;
  readonly #junkMayBeTags: boolean;
  /** Complaints about the container that no hole has explained yet. */
  #containerFaults = 0;
  /** Where bytes lay that may be tags. */
  #junkSamples: number[] = [];
  #parts = 0;
  #lostSamples = 0;
  #firstSample: number | undefined;
  #isFirstFrame = true;

  /** @param junkMayBeTags bytes that are no frames count only when `noteJunk` says so */
  constructor(sampleRate: number, junkMayBeTags: boolean) {
    this.#sampleRate = sampleRate;
    this.#junkMayBeTags = junkMayBeTags;
  }

  /**
   * Takes note of a frame. No damage: complaints in front of the first frame (a recording that was cut in the middle
   * of one), those between parts that were joined, those about something else than the sound, and holes without any
   * complaint before (nothing was recorded there).
   */
  note(frame: DecodedFrame, placement: Placement, atSample: number): void {
    const isFirst = this.#isFirstFrame;
    const { silence, isRestart } = placement;
    const faults = this.#faultsOf(frame, atSample);
    this.#isFirstFrame = false;
    this.#containerFaults += frame.faults.container;
    if (isFirst || isRestart) return;
    const isHole = silence > 0 && faults + this.#containerFaults > 0;
    if (!isHole && faults === 0) return;
    this.#add(atSample - silence, isHole ? silence : 0);
    if (isHole) this.#containerFaults = 0;
  }

  /** Where bytes were that are no frames, something is damaged. */
  noteJunk(): void {
    for (const sample of this.#junkSamples) this.#add(sample, 0);
  }

  /** True where somebody has to look whether bytes between the frames are tags. */
  get hasJunk(): boolean {
    return this.#junkSamples.length > 0;
  }

  /** Complaints about the sound itself. */
  #faultsOf({ faults }: DecodedFrame, atSample: number): number {
    if (!this.#junkMayBeTags) return faults.decoder + faults.junk;
    if (faults.junk > 0) this.#junkSamples.push(atSample);
    return faults.decoder;
  }

  #add(sample: number, lostSamples: number): void {
    this.#parts++;
    this.#lostSamples += lostSamples;
    this.#firstSample = Math.min(this.#firstSample ?? sample, sample);
  }

  /** `undefined` where nothing is damaged. */
  warning(name: string, { label, clock }: ContainerTraits): AudioWarning | undefined {
    if (this.#parts === 0) return undefined;
    const where = this.#firstSample === undefined ? '' : `, the first at ${this.#seconds(this.#firstSample)}`;
    const what = `${this.#parts === 1 ? 'A part' : `${this.#parts} parts`} of ${name} could not be decoded${where}`;
    const lost = `silence of ${this.#seconds(this.#lostSamples)} stands for what is missing`;
    const consequence = [
      ...(this.#lostSamples > 0 ? [lost] : []),
      ...(clock === 'none' ? [`${label} has no clock, so what follows may be too early`] : []),
    ];
    return { code: 'damaged', message: [what, ...consequence].join('; ') + '.' };
  }

  #seconds(samples: number): string {
    return `${(samples / this.#sampleRate).toFixed(3)} s`;
  }
}
