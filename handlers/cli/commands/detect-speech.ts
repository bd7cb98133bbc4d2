import { Argument, Command } from 'commander';
import { openStore } from '../../setup/composition.ts';
import { detectSpeechRequest } from '../../work/requests/detect-speech-request.ts';
import type { CliContext } from '../context.ts';
import { refuseSecondStandardInput } from '../input/each-input.ts';
import { addEngineOptions, type EngineCliOptions, modelCalls } from '../options/engine-options.ts';
import { createMessenger } from '../output/progress.ts';
import {
  addDetectSpeechOptions,
  detectSpeechJobOptions,
  type DetectSpeechCliOptions,
} from '../options/detect-speech-options.ts';
import { addReportOptions, type ReportOptions } from '../options/voice-options.ts';
import { detectSpeechReport } from '../output/signal-reports.ts';
import { withEngine, workOnEach, writeReport } from '../input/work-on-inputs.ts';

type DetectSpeechCommandOptions = EngineCliOptions & ReportOptions & DetectSpeechCliOptions;

/** `colloquy detect-speech`: where somebody speaks. */
export function detectSpeechCommand(context: CliContext): Command {
  const command = new Command('detect-speech')
    .description('Say where in recordings somebody speaks (Silero VAD)')
    .addHelpText('before', 'Example:\n  colloquy detect-speech call.wav --format json\n')
    .addArgument(new Argument('<input...>', 'audio or video files; - is standard input'));
  addReportOptions(addDetectSpeechOptions(command));
  return addEngineOptions(command).action((inputs: string[], options: DetectSpeechCommandOptions) =>
    detectAll(inputs, options, context),
  );
}

async function detectAll(
  inputs: readonly string[],
  options: DetectSpeechCommandOptions,
  context: CliContext,
): Promise<void> {
  refuseSecondStandardInput(inputs);
  const messenger = createMessenger(options.progress, context.stderr);
  const prepare = () =>
    detectSpeechRequest(
      openStore(context.config),
      detectSpeechJobOptions(options),
      modelCalls(messenger, context),
    );
  const done = await withEngine(options, messenger, context, prepare, (session, request) =>
    workOnEach(inputs, session, (audio, hooks) =>
      session.engine.run('detect-speech', { ...request, audio }, hooks),
    ),
  );
  await writeReport(detectSpeechReport(done), options, context);
}
