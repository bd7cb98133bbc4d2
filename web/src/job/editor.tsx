import { useCallback, useMemo, useRef, useState } from 'preact/hooks';
import { isTranscript, type SpeakerSummary } from '../../../core/result/result.ts';
import type { AnyResult, PageJob } from '../page-types.ts';
import { commandOf, isTyping } from '../parts/keys.ts';
import { useLatestKeys } from '../parts/use-latest-keys.ts';
import { Lanes } from '../sound/lanes.tsx';
import { useSound } from '../sound/use-sound.ts';
import { type InSight, Waveform } from '../sound/waveform.tsx';
import { FindBar } from '../transcript/find-bar.tsx';
import { MarkedWords } from '../transcript/marked-words.tsx';
import { type PassageActions, PassageRow } from '../transcript/passage-row.tsx';
import { longestTurns, newLabel, passagesOf } from '../transcript/passages.ts';
import { textEdit } from '../transcript/text-edit.ts';
import { useEdits } from '../transcript/use-edits.ts';
import { useWordRange } from '../transcript/use-word-range.ts';
import { ExportDialog } from './export-dialog.tsx';
import { JUMP_SECONDS, PlayerBar } from './player-bar.tsx';
import { EnrolDialog } from './enrol-dialog.tsx';
import { EditorHeading } from './editor-heading.tsx';
import { SaveTrouble } from './save-notice.tsx';
import { SpeakerPanel } from './speaker-panel.tsx';
import { useCursor } from './use-cursor.ts';

/** The most that is drawn of a second. */
const MAX_PIXELS_PER_SECOND = 200;
/** With more speakers the picture scrolls away with the page. */
const MOST_STICKY_LANES = 8;
/** Of so many turns, the longest ones, a speaker is heard in turn. */
const HEARD_TURNS = 3;
/** In text, play goes on from a little before. */
const REWIND_SECONDS = 1;

/** A recording and what was said, to hear, correct and export. */
export function Editor({
  job,
  result: original,
  name,
  recording,
}: {
  readonly job: PageJob;
  readonly result: AnyResult;
  readonly name: string;
  readonly recording: string | undefined;
}) {
  const edits = useEdits(job.id, original);
  const { result, apply } = edits;
  const sound = useSound(recording);
  const passages = useMemo(() => passagesOf(result), [result]);
  const hasWords = isTranscript(result);
  const { durationSeconds, speakers } = result;
  const [edited, setEdited] = useState<number>();
  const [isFinding, setFinding] = useState(false);
  const [isExporting, setExporting] = useState(false);
  const [enrolled, setEnrolled] = useState<SpeakerSummary>();
  const [pixelsPerSecond, setPixelsPerSecond] = useState(0);
  const [inSight, setInSight] = useState<InSight>({ startSeconds: 0, endSeconds: durationSeconds });
  const { cursor, setCursor, cursorNow } = useCursor(passages, sound);
  const marked = useWordRange();
  const labels = speakers.map(({ label }) => label);

  const assign = (passage: number, speaker: string | undefined): void => {
    const to = speaker ?? newLabel(labels);
    const words = marked?.passage === passage ? { from: marked.from, to: marked.to } : {};
    apply({ op: 'assign', utterance: passage, ...words, speaker: to });
    getSelection()?.removeAllRanges();
  };
  const goTo = (passage: number, word = 0): void => {
    const target = passages[passage];
    if (target === undefined) return;
    setCursor({ passage, word });
    sound.playFrom(target.words[word]?.startSeconds ?? target.startSeconds);
    document.getElementById(`p-${passage}`)?.scrollIntoView({ block: 'nearest' });
  };
  const heard = useRef({ label: '', count: 0 });
  const hear = (label: string): void => {
    // Again: the next of the longest, so that one bad stretch does not decide.
    const count = heard.current.label === label ? heard.current.count + 1 : 0;
    heard.current = { label, count };
    const turns = longestTurns(result.turns, label, HEARD_TURNS);
    const turn = turns[count % Math.max(1, turns.length)];
    if (turn !== undefined) sound.playFrom(turn.startSeconds, turn.endSeconds);
  };
  const zoom = (factor: number): void =>
    setPixelsPerSecond((before) => {
      const fit = innerWidth / Math.max(1, durationSeconds);
      const wanted = Math.max(before, fit) * factor;
      return wanted <= fit * 1.1 ? 0 : Math.min(MAX_PIXELS_PER_SECOND, wanted);
    });
  const moveWord = (steps: number): void => {
    const { passage, word } = cursorNow() ?? { passage: 0, word: 0 };
    const target = passages[passage]?.words[word + steps];
    if (target === undefined) return;
    setCursor({ passage, word: word + steps });
    sound.seek(target.startSeconds);
  };
  const write = (passage: number, text: string): void => {
    setEdited(undefined);
    const utterance = passages[passage];
    const edit = utterance && textEdit(passage, utterance, text);
    if (edit !== undefined) apply(edit);
  };

  const run = (event: KeyboardEvent): void => {
    const { passage, word } = cursorNow() ?? { passage: 0, word: 0 };
    const does: Readonly<Record<NonNullable<ReturnType<typeof commandOf>>, () => void>> = {
      play: () => sound.toggle(),
      back: () => sound.seek(sound.nowSeconds - JUMP_SECONDS),
      forward: () => sound.seek(sound.nowSeconds + JUMP_SECONDS),
      previous: () => goTo(passage - 1),
      next: () => goTo(cursorNow() === undefined ? 0 : passage + 1),
      'word-back': () => moveWord(-1),
      'word-forward': () => moveWord(1),
      edit: () => hasWords && setEdited(passage),
      split: () => hasWords && apply({ op: 'split', utterance: passage, word: marked?.from ?? word }),
      join: () => hasWords && apply({ op: 'join', utterance: passage }),
      rename: () =>
        document.getElementById(`name-${labels.indexOf(passages[passage]?.speaker ?? '')}`)?.focus(),
      find: () => setFinding(true),
      undo: edits.undo,
      redo: edits.redo,
      slower: () => sound.setSpeed(sound.speed - 0.25),
      faster: () => sound.setSpeed(sound.speed + 0.25),
      'zoom-in': () => zoom(2),
      'zoom-out': () => zoom(0.5),
      assign: () => {
        const speaker = labels[Number(event.key) - 1];
        if (hasWords && speaker !== undefined) assign(marked?.passage ?? passage, speaker);
      },
    };
    const command = commandOf(event);
    // A button that is focused keeps its space.
    const isButton = event.key === ' ' && event.target instanceof HTMLButtonElement;
    if (command === undefined || isTyping(event.target) || isButton) return;
    if (document.querySelector('dialog[open]') !== null) return;
    event.preventDefault();
    does[command]();
  };
  useLatestKeys(run);

  const latest = useRef({ goTo, assign, write, sound });
  latest.current = { goTo, assign, write, sound };
  const actions = useMemo<PassageActions>(
    () => ({
      playWord: (passage, word) => latest.current.goTo(passage, word),
      assign: (passage, speaker) => latest.current.assign(passage, speaker),
      edit: (passage) => setEdited(passage),
      write: (passage, text) => latest.current.write(passage, text),
      pauseInText: () => latest.current.sound.toggle(REWIND_SECONDS),
    }),
    [],
  );
  const onInSight = useCallback((part: InSight) => setInSight(part), []);

  return (
    <div class="editor">
      <EditorHeading
        name={name}
        edits={edits}
        isFinding={isFinding}
        onFind={() => setFinding(!isFinding)}
        onExport={() => setExporting(true)}
      />
      <SaveTrouble edits={edits} />
      {result.warnings.map(({ code, message }) => (
        <p key={code} class="warning">
          {message}
        </p>
      ))}
      <div class={`sound card ${speakers.length > MOST_STICKY_LANES ? 'tall' : ''}`}>
        {recording !== undefined && (
          <Waveform
            recording={recording}
            audio={sound.audio}
            durationSeconds={durationSeconds}
            pixelsPerSecond={pixelsPerSecond}
            onInSight={onInSight}
          />
        )}
        <Lanes
          turns={result.turns}
          speakers={speakers}
          nowSeconds={sound.nowSeconds}
          startSeconds={inSight.startSeconds}
          endSeconds={inSight.endSeconds}
          onSeek={sound.seek}
        />
        {recording !== undefined && (
          <PlayerBar sound={sound} durationSeconds={durationSeconds} onZoom={zoom} />
        )}
        {isFinding && (
          <FindBar
            passages={passages}
            canEdit={hasWords}
            onEdits={(found) => apply(...found)}
            onClose={() => setFinding(false)}
          />
        )}
      </div>
      <div class="columns">
        <SpeakerPanel
          speakers={speakers}
          onEdit={apply}
          onHear={hear}
          {...(recording === undefined ? {} : { onEnrol: setEnrolled })}
        />
        <section class="transcript card" aria-label="Transcript">
          {passages.map((passage, index) => (
            <PassageRow
              key={index}
              index={index}
              passage={passage}
              speakers={speakers}
              word={cursor?.passage === index ? cursor.word : undefined}
              isEdited={edited === index}
              canEdit={hasWords}
              actions={actions}
            />
          ))}
          {passages.length === 0 && <p class="soft">Nobody speaks in this recording.</p>}
        </section>
      </div>
      {marked !== undefined && hasWords && (
        <MarkedWords
          count={marked.to - marked.from}
          speakers={speakers}
          onAssign={(speaker) => assign(marked.passage, speaker)}
        />
      )}
      {enrolled !== undefined && (
        <EnrolDialog
          job={job.id}
          speaker={enrolled}
          save={edits.save}
          onClose={() => setEnrolled(undefined)}
        />
      )}
      {isExporting && (
        <ExportDialog
          job={job.id}
          hasWords={hasWords}
          save={edits.save}
          onClose={() => setExporting(false)}
        />
      )}
    </div>
  );
}
