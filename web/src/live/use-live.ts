import { useEffect, useState } from 'preact/hooks';
import { liveStore, type LivePhase, type LiveState } from './live-store.ts';

/** The live session as it is now. */
export function useLive(): LiveState {
  const [state, setState] = useState(liveStore.state);
  useEffect(() => liveStore.listen(() => setState(liveStore.state)), []);
  return state;
}

/** Only where it stands: what changes ten times a second draws nothing again. */
export function useLivePhase(): LivePhase {
  const [phase, setPhase] = useState(liveStore.state.phase);
  useEffect(() => liveStore.listen(() => setPhase(liveStore.state.phase)), []);
  return phase;
}
