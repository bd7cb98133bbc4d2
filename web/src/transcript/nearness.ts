/** One observer for all rows: near the screen they have words to click, elsewhere plain text. */
const listeners = new WeakMap<Element, (isNear: boolean) => void>();
let observer: IntersectionObserver | undefined;

/** @returns how to stop watching */
export function watchNearness(row: Element, onChange: (isNear: boolean) => void): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) listeners.get(target)?.(isIntersecting);
    },
    { rootMargin: '600px 0px' },
  );
  listeners.set(row, onChange);
  observer.observe(row);
  return () => {
    listeners.delete(row);
    observer?.unobserve(row);
  };
}
