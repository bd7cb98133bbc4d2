/** The entry of a lane's thread: what a lane can do besides running networks. */
import { serveLane } from '../../inference/lanes/lane-server.ts';

serveLane({
  'greedy-decode': async () =>
    (await import('../../transcription/moonshine/greedy-decoder.ts')).GREEDY_DECODE,
});
