import { useEffect, useRef, useState } from 'preact/hooks';
import { TEXTS } from '../texts.ts';
import { AS_IT_SOUNDS } from './as-it-sounds.ts';
import { readableTime } from './clock.ts';
import { Icon } from './icon.tsx';

type Recording = { readonly recorder: MediaRecorder; readonly startedAt: number };

/** Records the microphone into memory, and hands it over when it is stopped. Nothing is kept. */
export function RecordButton({
  stopText,
  onRecorded,
}: {
  /** What happens when it is stopped. */
  readonly stopText: string;
  readonly onRecorded: (sound: Blob, name: string) => void;
}) {
  const [recording, setRecording] = useState<Recording>();
  const [seconds, setSeconds] = useState(0);
  const [failure, setFailure] = useState('');
  const last = useRef<Recording | undefined>(undefined);
  last.current = recording;
  useEffect(() => {
    if (recording === undefined) return undefined;
    const timer = setInterval(() => setSeconds((performance.now() - recording.startedAt) / 1000), 500);
    return () => clearInterval(timer);
  }, [recording]);
  // Whoever leaves the page stops the microphone.
  useEffect(() => () => last.current?.recorder.stream.getTracks().forEach((track) => track.stop()), []);

  const start = async (): Promise<void> => {
    setFailure('');
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: AS_IT_SOUNDS });
      const recorder = new MediaRecorder(stream);
      const parts: Blob[] = [];
      recorder.ondataavailable = ({ data }) => parts.push(data);
      recorder.onstop = () => {
        stream.getTracks().forEach((track) => track.stop());
        setRecording(undefined);
        const [time = ''] = new Date().toTimeString().split(' ');
        const ending = /\/(\w+)/.exec(recorder.mimeType)?.[1] ?? 'webm';
        onRecorded(
          new Blob(parts, { type: recorder.mimeType }),
          `Recording ${time.slice(0, 5).replace(':', '.')}.${ending}`,
        );
      };
      recorder.start(1000);
      setSeconds(0);
      setRecording({ recorder, startedAt: performance.now() });
    } catch {
      setFailure(TEXTS.noMicrophone);
    }
  };

  return (
    <>
      {recording === undefined ? (
        <button type="button" onClick={() => void start()}>
          <Icon name="microphone" /> {TEXTS.record}
        </button>
      ) : (
        <button type="button" class="recording" onClick={() => recording.recorder.stop()}>
          <span class="dot pulse" aria-hidden="true" /> {stopText}{' '}
          <span class="time">{readableTime(seconds)}</span>
        </button>
      )}
      {failure !== '' && <p role="alert">{failure}</p>}
    </>
  );
}
