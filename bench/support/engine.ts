import { join } from 'node:path';
import type { Engine } from '../../core/engine/engine.ts';
import {
  diarizationSetup,
  openStore,
  startEngine,
  type TranscriptionChoice,
  transcriptionSetup,
} from '../../handlers/setup/composition.ts';
import { readConfig } from '../../handlers/setup/config.ts';

const config = readConfig(process.env);

/** The product's engine, from built files, on two lanes of the CPU. */
export function startBenchEngine(): Promise<Engine> {
  const enginePath = join(import.meta.dirname, '../dist/engine-process.js');
  return startEngine(config, { enginePath, provider: 'cpu', laneCount: 2 });
}

/** Models of a preset, as the command finds them. */
export function benchSetup(preset: string) {
  return diarizationSetup(openStore(config), preset);
}

/** The embedded recognisers and preset, as the command finds them. */
export function benchTranscription(choice: TranscriptionChoice = {}) {
  return transcriptionSetup(openStore(config), { preset: 'embedded', ...choice });
}
