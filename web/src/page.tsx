import { useEffect, useState } from 'preact/hooks';
import { openSession, session } from './api.ts';
import { CompareView } from './compare/compare-view.tsx';
import { JobView } from './job/job-view.tsx';
import { LiveView } from './live/live-view.tsx';
import { useLivePhase } from './live/use-live.ts';
import { HelpDialog } from './parts/help-dialog.tsx';
import { isTyping } from './parts/keys.ts';
import { StartView } from './start/start-view.tsx';
import { TEXTS } from './texts.ts';
import { VoicesView } from './voices/voices-view.tsx';

/** The part after #: where the reader is. It names a job and nothing of its content. */
function usePlace(): string {
  const [place, setPlace] = useState(location.hash);
  useEffect(() => {
    const onChange = (): void => setPlace(location.hash);
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return place;
}

export function Page() {
  const place = usePlace();
  const [isKeyNeeded, setKeyNeeded] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const isListening = useLivePhase() === 'on';
  session.onKeyNeeded = () => setKeyNeeded(true);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === '?' && !isTyping(event.target)) setHelpOpen(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const job = /^#\/jobs\/(job_[A-Za-z0-9_-]{22})$/.exec(place)?.[1];
  return (
    <>
      <a class="skip" href="#main" onClick={focusMain}>
        Skip to content
      </a>
      <header class="top">
        <a class="brand" href="#/" aria-label={TEXTS.title}>
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="8" fill="#0a5c9e" />
            <path d="M7 10h9M7 22h12" stroke="#fff" stroke-width="4" stroke-linecap="round" />
            <path d="M13 16h12" stroke="#ffb454" stroke-width="4" stroke-linecap="round" />
          </svg>
          <span>{TEXTS.title}</span>
        </a>
        <nav aria-label="Pages">
          <a href="#/" aria-current={place === '' || place === '#/' ? 'page' : undefined}>
            {TEXTS.start}
          </a>
          <a href="#/live" aria-current={place === '#/live' ? 'page' : undefined}>
            {isListening && <span class="dot pulse" aria-hidden="true" />}
            {TEXTS.live}
          </a>
          <a href="#/voices" aria-current={place === '#/voices' ? 'page' : undefined}>
            {TEXTS.voices}
          </a>
          <a href="#/compare" aria-current={place === '#/compare' ? 'page' : undefined}>
            {TEXTS.compare}
          </a>
          <button type="button" aria-label={TEXTS.help} title={TEXTS.help} onClick={() => setHelpOpen(true)}>
            ?
          </button>
        </nav>
      </header>
      <main id="main" tabIndex={-1}>
        {isKeyNeeded ? (
          <KeyForm onDone={() => setKeyNeeded(false)} />
        ) : job !== undefined ? (
          <JobView key={job} id={job} />
        ) : place === '#/live' ? (
          <LiveView />
        ) : place === '#/voices' ? (
          <VoicesView />
        ) : place === '#/compare' ? (
          <CompareView />
        ) : (
          <StartView />
        )}
      </main>
      {isHelpOpen && <HelpDialog onClose={() => setHelpOpen(false)} />}
    </>
  );
}

function focusMain(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}

function KeyForm({ onDone }: { readonly onDone: () => void }) {
  const [key, setKey] = useState('');
  const [failure, setFailure] = useState('');
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    openSession(key).then(onDone, (error: unknown) => setFailure((error as Error).message));
  };
  return (
    <form class="card narrow" onSubmit={onSubmit}>
      <h1>This server asks for a key</h1>
      <label>
        Key
        <input
          type="password"
          autocomplete="off"
          required
          value={key}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
      </label>
      {failure !== '' && <p role="alert">{failure}</p>}
      <button class="primary">Open</button>
    </form>
  );
}
