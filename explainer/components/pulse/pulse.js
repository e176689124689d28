const timers = new WeakMap();

// A page that nobody sees asks nothing.
export default function ({ parentElement, data: { seconds }, setTriggerValue }) {
  const stop = () => clearInterval(timers.get(parentElement));
  stop();
  const beat = () => { if (!document.hidden) setTriggerValue('beat', true); };
  if (seconds) timers.set(parentElement, setInterval(beat, 1000 * seconds));
  return stop;
}
