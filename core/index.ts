/**
 * The speech engine: the public door of `core/`; everything else in this folder is internal.
 *
 * In the order in which a recording flows: audio, models, observations, turns, files, scores.
 */
export { channelsOf, type ChannelsStream, openChannels } from './audio/channels.ts';
export { openAudio, type OpenAudioOptions } from './audio/decode.ts';
export { type LocalAudio, openPcm, type OpenPcmOptions } from './audio/open-pcm.ts';
export type { PcmStream } from './audio/pcm-stream.ts';
export { encodeWav, type EncodeWavOptions } from './audio/wav/wav-writer.ts';
export { createFfmpegDecoder } from './audio/ffmpeg/ffmpeg.ts';
export { type AudioLimits, DEFAULT_AUDIO_LIMITS } from './audio/limits.ts';
export type { AudioBlocks, AudioStream } from './audio/waveform.ts';
export { type ConditionModel, readConditions } from './diarization/clustering-models.ts';
export {
  type DiarizationModelFiles,
  type DiarizationModels,
  openDiarizationModels,
} from './diarization/diarization-models.ts';
export { type DiarizedRecording, diarize, type DiarizeContext } from './diarization/diarize.ts';
export {
  DEFAULT_PRESET,
  DIARIZATION_PRESETS,
  type DiarizationPreset,
  type EncoderPreset,
  findPreset,
} from './diarization/presets.ts';
export {
  type ResolvedRecording,
  resolveRecording,
  type ResolveRecordingOptions,
} from './diarization/resolve-recording.ts';
export { Engine, type EngineOptions } from './engine/engine.ts';
export {
  CanceledError,
  CapacityError,
  DeadlineError,
  DependencyError,
  ERROR_CODES,
  type ErrorCode,
  InputUnavailableError,
  InvalidInputError,
  InvariantError,
  isSpeechError,
  ModelError,
  OutputError,
  RemoteError,
  RequestError,
  SpeechError,
} from './errors.ts';
export { formatNames, formatOf, OUTPUT_FORMATS, type OutputFormat, renderResult } from './formats/index.ts';
export {
  accumulateTurns,
  diarizeLikeDiart,
  detectSpeechLikeDiart,
  latestTurns,
  type DiartModels,
  type DiartTurns,
} from './live/diart/diart-stream.ts';
export {
  DEFAULT_DIART_OPTIONS,
  DIART_PRESETS,
  type DiartOptions,
  type DiartStep,
  DiartTracker,
} from './live/diart/diart-tracker.ts';
export { rttmOfTurns, TurnAccumulator } from './live/diart/accumulate-turns.ts';
export { type AggregationStrategy, DelayedAggregation } from './live/diart/delayed-aggregation.ts';
export {
  IncrementalClustering,
  type IncrementalClusteringOptions,
} from './live/diart/incremental-clustering.ts';
export { type AudioWindow, filePadding, slideOver, slidingWindows } from './live/diart/sliding-windows.ts';
export { SpeakerMap } from './live/diart/speaker-map.ts';
export { normalizeEmbeddings, speechWeights } from './live/diart/speech-weights.ts';
export { type SpeakerTurn, turnsOfScores } from './live/diart/turns-of-scores.ts';
export { DEFAULT_LIVE_OPTIONS, LIVE_TASKS, type LiveOptions, type LiveTask } from './live/live-options.ts';
export { type LiveModels, LiveSession, type LiveSessionOptions } from './live/live-session.ts';
export type { LiveEvent, LiveTurn, LiveText, LiveWord } from './result/live/live-events.ts';
export {
  applyLiveEvent,
  EMPTY_LIVE_TRANSCRIPT,
  type LiveTranscript,
  shownName,
} from './result/live/live-transcript.ts';
export { readRttm, writeRttm } from './formats/annotations/rttm.ts';
export { readUem } from './formats/annotations/uem.ts';
export type { ExecutionProvider, ProviderChoice } from './inference/execution-provider.ts';
export { LanePool, type LanePoolOptions } from './inference/lanes/lane-pool.ts';
export { openOnnxSession, type OnnxSessionOptions } from './inference/onnx-session.ts';
export type { ModelFile, Session, SessionOpener, Tensor } from './inference/session.ts';
export { type DetectionError, detectionError } from './metrics/diarization/detection-error.ts';
export {
  type DiarizationError,
  diarizationError,
  sumDiarizationErrors,
} from './metrics/diarization/diarization-error.ts';
export { type JaccardError, jaccardError } from './metrics/diarization/jaccard-error.ts';
export { purityCoverage } from './metrics/diarization/purity-coverage.ts';
export { normaliseBasic } from './metrics/text/text-normaliser-basic.ts';
export { normaliseEnglish } from './metrics/text/text-normaliser-english.ts';
export { type VerificationError, verificationError } from './metrics/verification/verification-error.ts';
export {
  diarizationInvariantCpWordError,
  orcWordError,
  timeConstrainedOrcWordError,
} from './metrics/words/speaker-agnostic-word-error.ts';
export {
  cpWordError,
  type CpWordError,
  timeConstrainedCpWordError,
} from './metrics/words/speaker-attributed-word-error.ts';
export type { SpokenUtterance } from './metrics/words/spoken-utterance.ts';
export { type WordDiarizationError, wordDiarizationError } from './metrics/words/word-diarization-error.ts';
export {
  characterError,
  sumWordErrors,
  type WordError,
  wordError,
  type WordErrorDetails,
} from './metrics/words/word-error.ts';
export { decodeObservations, encodeObservations } from './observation/observations-file.ts';
export { joinObservations, type ObservationsPart } from './observation/join-observations.ts';
export { observePart } from './observation/observe-part.ts';
export { observe, type ObserveOptions } from './observation/observe.ts';
export type { RecordingPart } from './observation/recording-part.ts';
export type { Observations } from './resolution/observations.ts';
export {
  type AgglomerativeClusteringOptions,
  type ClusteringOptions,
  type EvidenceClusteringOptions,
  type ResolutionOptions,
  type VbxClusteringOptions,
} from './resolution/resolution-options.ts';
export { resolve } from './resolution/resolve.ts';
export type { Segment, Turn } from './timeline/turns.ts';
export { type AssembleOptions, assembleTranscript, type TimedText } from './transcript/assemble.ts';
export { attributeByAnchor } from './transcript/attribute-by-anchor.ts';
export { attributeLikeWhisperX } from './transcript/attribute-like-whisperx.ts';
export { attributeSpeakers } from './transcript/attribute-speakers.ts';
export { type Attribution, ATTRIBUTIONS } from './result/attributions.ts';
export { CHANNEL_MODES, type ChannelMode, transcribePcm } from './transcription/channels/transcribe-pcm.ts';
export type { Aligner, Alignment } from './transcription/forced-alignment/aligner.ts';
export { type CtcAlignerFiles, openCtcAligner } from './transcription/forced-alignment/open-ctc-aligner.ts';
export { openRecogniser, type RecogniserFiles } from './transcription/recogniser-families.ts';
export type { RecogniserCapabilities, Recogniser } from './transcription/recogniser.ts';
export {
  DEFAULT_TRANSCRIPTION_OPTIONS,
  transcribe,
  type TranscribeContext,
  type TranscriptionOptions,
  type Transcription,
} from './transcription/transcribe.ts';
export { openTranscriptionModels, type TranscriptionModels } from './transcription/transcription-models.ts';
export type { DiarizationResult, ModelUse, SpeakerSummary, TranscriptResult } from './result/result.ts';
export { detectSpeech, type SpeechDetectionOptions } from './vad/detect-speech.ts';
export { openSilero } from './vad/open-silero.ts';
export { type Loudness, measureLoudness } from './loudness/measure-loudness.ts';
export { decide, type VoiceDecision } from './verification/compare.ts';
export {
  DEFAULT_EMBED_RECORDING_OPTIONS,
  type EmbedRecordingOptions,
  embedRecording,
  type RecordingEmbedding,
} from './verification/embed-recording.ts';
export { requireSameSpace, spaceFingerprint } from './verification/scores/embedding-space.ts';
export type { EmbeddingSpace } from './result/voice-terms.ts';
export { type Calibration } from './verification/scores/calibration.ts';
export { fitCalibration } from './verification/scores/fit-calibration.ts';
export { enroll, type Enrollment, type EnrollOptions } from './verification/enroll.ts';
export { type Identification, type IdentificationOptions, VoiceIndex } from './verification/identify.ts';
export { nameDiarizedSpeakers, type SpeakerName } from './verification/name-diarized-speakers.ts';
export {
  openSpeakerModels,
  type SpeakerModelFiles,
  type SpeakerModels,
} from './verification/speaker-models.ts';
export type { Threshold } from './verification/scores/threshold.ts';
export type { ScoreScale } from './result/voice-terms.ts';
export { readVectorFile, writeVoice } from './verification/voices/vector-file.ts';
export type { EnrolledVoice, VoiceSample } from './verification/voices/voice.ts';
export { decodeVoice, encodeVoice } from './verification/voices/voice-file.ts';
export type { QualityLimits } from './verification/speech/voice-quality.ts';
export type { VoiceQuality } from './result/voice-terms.ts';
export type { VoiceScore } from './verification/scores/voice-score.ts';
export { type ScoringModel, VoiceScorer } from './verification/scores/voice-scorer.ts';
export { VoiceStore, type VoiceStoreOptions } from './verification/voices/voice-store.ts';
