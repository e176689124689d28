// Times one act of the visitor: from its event to the last change in the page once the script has run.
() => {
  const QUIET = 120; // ms without a change that end a repaint
  const app = document.querySelector('[data-testid=stApp]');
  window.__took = new Promise((resolve) => {
    let began = null;
    let last = 0;
    let ran = false;
    const begin = (event) => { if (event.isTrusted) began ??= performance.now(); };
    for (const kind of ['keydown', 'pointerdown']) document.addEventListener(kind, begin, { capture: true });
    const changes = new MutationObserver(() => { last = performance.now(); });
    changes.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    const look = () => {
      const state = app.getAttribute('data-test-script-state');
      const now = performance.now();
      ran ||= began !== null && state === 'running';
      const done = ran && state === 'notRunning' && now - last > QUIET;
      if (!done && !(began !== null && now - began > 15000)) return requestAnimationFrame(look);
      changes.disconnect();
      for (const kind of ['keydown', 'pointerdown']) document.removeEventListener(kind, begin, { capture: true });
      resolve(done ? last - began : null);
    };
    requestAnimationFrame(look);
  });
}
