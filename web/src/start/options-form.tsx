import { useEffect, useState } from 'preact/hooks';
import { askJson, listVoices } from '../api.ts';
import { TEXTS } from '../texts.ts';
import { type JobOptions, LANGUAGES, LIVE_LANGUAGES } from './job-options.ts';

export function OptionsForm({
  options,
  onChange,
  isLive = false,
}: {
  readonly options: JobOptions;
  readonly onChange: (options: JobOptions) => void;
  readonly isLive?: boolean;
}) {
  const [models, setModels] = useState<readonly string[]>([]);
  const [voiceCount, setVoiceCount] = useState(0);
  const languages = isLive ? LIVE_LANGUAGES : LANGUAGES;
  useEffect(() => {
    listVoices().then(
      (voices) => setVoiceCount(voices.length),
      () => undefined,
    );
    askJson<{ data: { id: string; owned_by: string }[] }>('/v1/models').then(
      ({ data }) => setModels(data.filter(({ owned_by }) => owned_by === 'colloquy').map(({ id }) => id)),
      () => undefined,
    );
  }, []);
  const set = (change: Partial<JobOptions>): void => onChange({ ...options, ...change });
  const isTranscript = options.task === 'transcribe';
  return (
    <details class="options" open={isLive}>
      <summary>{TEXTS.options}</summary>
      <div class="fields">
        <label>
          What
          <select
            value={options.task}
            onChange={(event) => set({ task: event.currentTarget.value as JobOptions['task'] })}
          >
            <option value="transcribe">Who said what</option>
            <option value="diarize">Only who spoke when</option>
          </select>
        </label>
        <label>
          Speakers
          <input
            type="number"
            min="1"
            max="100"
            placeholder="found out"
            value={options.speakers}
            onInput={(event) => set({ speakers: event.currentTarget.value })}
          />
        </label>
        <label>
          Language
          <select
            value={options.language}
            disabled={!isTranscript}
            onChange={(event) => set({ language: event.currentTarget.value })}
          >
            {languages.map(([code, name]) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          Recogniser
          <select
            value={options.model}
            disabled={!isTranscript}
            onChange={(event) => set({ model: event.currentTarget.value })}
          >
            <option value="">By language</option>
            {models.map((id) => (
              <option key={id}>{id}</option>
            ))}
          </select>
        </label>
        {voiceCount > 0 && (
          <label class="check">
            <input
              type="checkbox"
              checked={options.voices}
              onChange={(event) => set({ voices: event.currentTarget.checked })}
            />
            {TEXTS.knownVoices} ({voiceCount})
          </label>
        )}
      </div>
    </details>
  );
}
