/**
 * Writes down who said what, in this process: the models run here, nothing is sent anywhere.
 *
 *   npx tsx docs/examples/programs/local-library.ts meeting.m4a meeting.srt
 */
import { writeFile } from 'node:fs/promises';
import { ColloquyError } from 'colloquy';
import { openColloquy } from 'colloquy/local';

const [recording = 'meeting.m4a', subtitles = 'meeting.srt'] = process.argv.slice(2);

await using colloquy = await openColloquy();
try {
  const transcript = await colloquy.transcribe(recording, {
    onProgress: ({ stage, done, total }) => console.error(stage, done, 'of', total ?? '?', 'seconds'),
  });
  await writeFile(subtitles, transcript.toSrt());
  for (const { label, speakingSeconds } of transcript.speakers) {
    console.log(`${label}: ${speakingSeconds.toFixed(1)} s`);
  }
} catch (error) {
  if (!(error instanceof ColloquyError)) throw error;
  // Messages say what was expected, what came and what to do; codes are for programs.
  console.error(`${recording}: ${error.message} [${error.code}]`);
  process.exitCode = 1;
}
