import { Argument, Command } from 'commander';
import { InvalidInputError } from '../../../../core/errors.ts';
import { QUALITY_REASONS } from '../../../../core/result/voice-terms.ts';
import { VoiceScorer } from '../../../../core/verification/scores/voice-scorer.ts';
import { ENROLLMENT_QUALITY_LIMITS } from '../../../../core/verification/speech/voice-quality.ts';
import { voiceName } from '../../../../core/verification/voices/voice-name.ts';
import { fromRemote } from '../../../errors/from-client-error.ts';
import { openStore } from '../../../setup/composition.ts';
import { checkEnrollment, enrollVoice } from '../../../work/speakers/enroll-voice.ts';
import { scoringModel } from '../../../work/speakers/speaker-setup.ts';
import type { CliContext } from '../../context.ts';
import { refuseSecondStandardInput } from '../../input/each-input.ts';
import { voiceFolder, type VoiceFolderOptions } from '../../input/known-voices.ts';
import { writeReport } from '../../input/work-on-inputs.ts';
import {
  addRangeOptions,
  addReportOptions,
  addSampleOptions,
  addThresholdOption,
  type RangeOptions,
  rangeOf,
  type ReportOptions,
  type SampleOptions,
  sampleJobOptions,
  type ThresholdOptions,
} from '../../options/voice-options.ts';
import { enrollReport, type CommandReport } from '../../output/voice-reports.ts';
import { addRemoteCallOptions, type RemoteCallOptions, remoteInputs } from '../remote-options.ts';
import { addRemoteVoicesOption, usesServerVoices } from '../remote-voices.ts';
import { type RemoteSession, sendEach, withClient } from '../report-each.ts';
import { audioInputOf, remoteName } from '../send-input.ts';

type Options = RemoteCallOptions &
  SampleOptions &
  RangeOptions &
  ReportOptions &
  ThresholdOptions &
  VoiceFolderOptions & { readonly replace?: true };

/** `colloquy remote enroll`: the voice is kept by the server, or in a folder here. */
export function remoteEnroll(context: CliContext): Command {
  const command = new Command('enroll')
    .description('Learn a voice from recordings, or add to one')
    .addArgument(new Argument('<name>', 'what the voice is called'))
    .addArgument(remoteInputs())
    .option('--replace', 'forget what the voice was made of before');
  addReportOptions(addThresholdOption(addRangeOptions(addRemoteVoicesOption(command))));
  return addRemoteCallOptions(addSampleOptions(command)).action(
    (name: string, inputs: string[], options: Options) => {
      if (rangeOf(options) !== undefined && inputs.length > 1) {
        throw new InvalidInputError(
          'invalid_option',
          '--start and --end mean one recording; give one at a time.',
        );
      }
      refuseSecondStandardInput(inputs);
      return withClient(options, context, async (session) => {
        const enrol = usesServerVoices(options, session) ? enrollThere : enrollHere;
        const report = await enrol(voiceName(name), inputs, options, session);
        if (report !== undefined) await writeReport(report, options, context);
      });
    },
  );
}

/** The server embeds the samples and keeps the voice. */
async function enrollThere(
  name: string,
  inputs: readonly string[],
  options: Options,
  { client, messenger, context }: RemoteSession,
): Promise<CommandReport> {
  const { threshold, replace, timeout } = options;
  const { model, speech, channel, audioTrack, acceptPoorQuality, qualityLimits } = sampleJobOptions(options);
  const settings = { model, speech, channel, audioTrack, acceptPoorQuality, qualityLimits };
  const asked = { ...settings, threshold, replace, range: rangeOf(options) };
  const known = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  const limits = {
    signal: context.signal,
    ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
  };
  const audio = inputs.map((input) => audioInputOf(input, context));
  const reply = await fromRemote(() => client.voices.enroll(name, audio, { ...known, ...limits }));
  const samples = reply.samples.flatMap(({ quality, accepted, score, error }, index) => {
    const input = remoteName(inputs[index]!);
    if (error !== undefined) messenger.warning({ index, name: input }, error);
    return quality === undefined
      ? []
      : [{ input, quality, refusedScore: accepted ? undefined : (score ?? -1) }];
  });
  return enrollReport({ ...reply, samples });
}

/** The service embeds the samples; the voice is made and kept on this machine. */
async function enrollHere(
  name: string,
  inputs: readonly string[],
  options: Options,
  session: RemoteSession,
): Promise<CommandReport | undefined> {
  const { client, messenger, context } = session;
  const store = voiceFolder(options, context, messenger);
  const scorer = new VoiceScorer(await scoringModel(openStore(context.config), options.model));
  await checkEnrollment(store, name, scorer, options);
  const request = { ...sampleJobOptions(options, ENROLLMENT_QUALITY_LIMITS), range: rangeOf(options) };
  const done = await sendEach(inputs, options, session, (audio, limits) =>
    client.embed({ audio, ...request }, limits),
  );
  if (done.length === 0) return undefined;
  const vectors = done.map(({ result: { embedding, quality } }) => ({
    vector: Float32Array.from(embedding),
    quality: { ...quality, reasons: QUALITY_REASONS.filter((reason) => quality.reasons.includes(reason)) },
  }));
  const { voice, refused } = await enrollVoice(store, name, vectors, scorer, options);
  const samples = done.map(({ input, result: { quality } }, index) => ({
    input,
    quality,
    refusedScore: refused.find((sample) => sample.index === index)?.score,
  }));
  return enrollReport({ ...voice, sampleCount: voice.samples.length, samples });
}
