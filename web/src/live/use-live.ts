import { useEffect, useState } from 'preact/hooks';
import { liveStore, type LiveState } from './live-store.ts';

/** The live session as it is now. */
export function useLive(): LiveState {
  const [state, setState] = useState(liveStore.state);
  useEffect(() => liveStore.listen(() => setState(liveStore.state)), []);
  return state;
}
