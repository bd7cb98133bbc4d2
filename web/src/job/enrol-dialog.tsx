import { useEffect, useRef } from 'preact/hooks';
import type { SpeakerSummary } from '../../../core/result/result.ts';
import { TEXTS } from '../texts.ts';
import { EnrolForm } from '../voices/enrol-form.tsx';

/** Makes a voice of what a speaker of this recording says alone. */
export function EnrolDialog({
  job,
  speaker: { label, name },
  save,
  onClose,
}: {
  readonly job: string;
  readonly speaker: SpeakerSummary;
  /** The server cuts the sound by what it knows: it must know the last edit. */
  readonly save: () => Promise<void>;
  readonly onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    void save();
  }, [save]);
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="enrol-speaker-title">
      <h2 id="enrol-speaker-title">
        {TEXTS.enrolSpeaker}: {name ?? label}
      </h2>
      <p class="soft small">{TEXTS.enrolFromHere}</p>
      <EnrolForm speaker={{ job, speaker: label, name: name ?? '' }} onDone={() => undefined} />
      <form method="dialog" class="under">
        <button>Close</button>
      </form>
    </dialog>
  );
}
