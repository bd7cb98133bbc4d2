/** Mid tones that can be told apart, also by colour-blind readers, on white and on black (after Okabe and Ito). */
const PALETTE = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#b8860b',
  '#3fa7d6',
  '#8e6fd1',
  '#c1443c',
  '#5b8c2a',
  '#7f7f7f',
] as const;

/** Turn of the colour wheel between further speakers: the golden angle never repeats. */
const GOLDEN_ANGLE_DEGREES = 137.508;

/** Colour of the speaker at this place in the list of speakers: always the same. */
export function speakerColour(index: number): string {
  return PALETTE[index] ?? `hsl(${Math.round(index * GOLDEN_ANGLE_DEGREES) % 360} 55% 50%)`;
}
