/** The import rules of docs/architecture.md, checked on every run of `npm run check`. */
const deny = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: to },
});

/** Our worker is the general RunPod worker with our handler in it. */
const MAY_ALSO = { worker: '|runpod/' };

/** Folders of core in the order in which they may see each other: a folder imports from earlier ones only. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    deny('core-alone', '^core/', '^(handlers|sdk|models|infra|test|bench)/', 'core imports nothing of ours'),
    deny(
      'web-pure',
      '^web/',
      '^(handlers|models|infra|test|bench|core/(?!errors\\.ts|audio/resample/resampl|formats/|result/|text/|timeline/|transcript/))',
      'the page runs in a browser: it sees the pure parts of core and the types of the contract',
    ),
    deny(
      'models-alone',
      '^models/',
      '^(core/(?!net/|errors\\.ts|system-error-code\\.ts)|handlers|sdk|infra|test|bench)/',
      'models imports nothing of ours but the network rules and the taxonomy of errors',
    ),
    deny('net-leaf', '^core/net/', '^core/(?!net/|errors\\.ts)', 'network rules know nothing of speech'),
    deny(
      'net-for-others',
      '^core/(?!net/)',
      '^core/net/',
      'the engine opens no network: its network rules are for models, handlers and sdk',
    ),
    deny(
      'sdk-pure',
      '^sdk/',
      '^(core/(?!errors\\.ts|formats/|metrics/|result/|timeline/|net/|text/)|handlers|models|test|bench)',
      'sdk sees only the pure parts of core: formats, metrics, results, segments and turns, text, network rules, error codes',
    ),
    deny(
      'sdk-small',
      '^sdk/',
      '^core/net/(public-address|guarded-lookup)',
      'the client dials what its user names: tables of addresses stay out of it',
    ),
    {
      name: 'net-rules-anywhere',
      severity: 'error',
      comment: 'the rules run in a browser; what asks the resolver of the system stands apart',
      from: { path: '^core/net/(?!guarded-lookup)' },
      to: { dependencyTypes: ['core'] },
    },
    deny(
      'net-rules-pure',
      '^core/net/(?!guarded-lookup)',
      '^core/net/guarded-lookup',
      'the rules run in a browser; what asks the resolver of the system stands apart',
    ),
    deny(
      'one-onnx-import',
      '^(core/(?!inference/(onnx-session|onnx-runtime|load-graph))|handlers|sdk|models)',
      'node_modules/onnxruntime-node',
      'onnx-runtime.ts, onnx-session.ts and load-graph.ts are the only files that know onnxruntime-node',
    ),
    deny(
      'pure-resolution',
      '^core/(resolution|formats|metrics|transcript|result|text|math|timeline)/',
      '^core/(audio|dsp|inference|vad|segmentation|embedding|observation|diarization|transcription|verification|engine)/',
      'pure folders run anywhere, without models',
    ),
    {
      name: 'pure-no-node',
      severity: 'error',
      comment: 'formats, metrics, math and timeline are browser-safe',
      from: { path: '^core/(resolution|formats|metrics|transcript|result|text|math|timeline)/' },
      to: { dependencyTypes: ['core'] },
    },
    deny(
      'low-level',
      '^core/(audio|dsp|inference)/',
      '^core/(vad|segmentation|embedding|observation|resolution|diarization|transcription|verification|engine)/',
      'signal and inference do not know use cases',
    ),
    deny(
      'use-cases-apart',
      '^core/diarization/',
      '^core/(transcription|verification|engine)/',
      'use cases do not import each other',
    ),
    deny(
      'tune-without-models',
      '^core/tune/',
      '^core/(audio|dsp|inference|vad|segmentation|embedding|diarization|transcription|verification|engine|observation/(?!observations-file))',
      'the tuner resolves saved observations anew and scores them; no model runs',
    ),
    deny(
      'engine-on-top',
      '^core/(?!engine/|index)',
      '^core/engine/',
      'only the public door and the engine itself see the engine',
    ),
    deny(
      'work-under-transports',
      '^handlers/(work|setup|errors)/',
      '^handlers/(cli|local|runpod|runpod-dev|worker|server|live|batch)/',
      'one job from input to result is the same for every transport, and knows none',
    ),
    ...['local', 'runpod', 'runpod-dev', 'worker', 'server', 'batch'].map((transport) =>
      deny(
        `${transport}-apart`,
        `^handlers/${transport}/`,
        `^handlers/(?!work/|setup/|errors/|${transport}/${MAY_ALSO[transport] ?? ''})`,
        'transports never import one another',
      ),
    ),
    deny(
      'general-worker',
      '^handlers/runpod/',
      '^handlers/work/(jobs|speakers)/',
      'colloquy/runpod serves any handler and knows no task of ours',
    ),
    {
      name: 'no-dev-dependencies',
      severity: 'error',
      comment:
        'Events from SQS are for few: their packages are installed by who wants them, and a missing one is a typed error.',
      from: { path: '^(core|handlers|sdk|models)/', pathNot: '^handlers/batch/events/sqs-events\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
