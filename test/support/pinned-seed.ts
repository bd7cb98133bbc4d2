/**
 * Property tests try the same values everywhere, so that a run says something about the change and not about luck.
 * `COLLOQUY_TEST_SEED=random` looks for new ones; what it finds becomes an example of its own.
 */
import fc from 'fast-check';

const wanted = process.env.COLLOQUY_TEST_SEED;
if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted ?? 20_261_130) });
