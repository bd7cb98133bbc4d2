import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Utterance } from '../../../core/result/result.ts';
import type { Sound } from '../sound/use-sound.ts';
import { type Cursor, cursorAt } from '../transcript/passages.ts';

/** Whoever scrolls looks for something: the page follows the sound again after this. */
const FOLLOW_AFTER_MS = 4000;

/** Where the reader is: follows the sound while it plays, and the list follows it. */
export function useCursor(passages: readonly Utterance[], { nowSeconds, isPlaying }: Sound) {
  const [cursor, show] = useState<Cursor>();
  // Keys come faster than the page is drawn: each goes on from where the one before it went.
  const latest = useRef<Cursor | undefined>(undefined);
  const cursorNow = useCallback(() => latest.current, []);
  const setCursor = useCallback((next: Cursor) => {
    latest.current = next;
    show(next);
  }, []);
  const scrolledAt = useRef(-Infinity);
  useEffect(() => {
    const onScroll = (): void => {
      scrolledAt.current = performance.now();
    };
    const types = ['wheel', 'touchmove'] as const;
    for (const type of types) addEventListener(type, onScroll, { passive: true });
    return () => {
      for (const type of types) removeEventListener(type, onScroll);
    };
  }, []);
  useEffect(() => {
    if (!isPlaying) return;
    const at = cursorAt(passages, nowSeconds);
    if (at === undefined || (at.passage === cursor?.passage && at.word === cursor.word)) return;
    setCursor(at);
    if (at.passage !== cursor?.passage && performance.now() - scrolledAt.current > FOLLOW_AFTER_MS)
      document.getElementById(`p-${at.passage}`)?.scrollIntoView({ block: 'nearest' });
  }, [passages, nowSeconds, isPlaying, cursor, setCursor]);
  return { cursor, setCursor, cursorNow };
}
