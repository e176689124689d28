// --- mount: one view for every place in which Streamlit shows a component ---------------------------------

export function mounted(View) {
  const views = new WeakMap();
  return (component) => {
    const { parentElement } = component;
    if (!views.has(parentElement)) views.set(parentElement, new View(parentElement));
    const view = views.get(parentElement);
    if (parentElement.host) parentElement.host.__view = view; // what is taken along asks it for its tables
    view.update(component);
    return () => setTimeout(() => { if (!view.root.isConnected) leave(view); });
  };
}

// Pixels go at once: to collect them later took as long as a tenth of a turn of the scene.
function leave(view) {
  view.close();
  for (const canvas of view.root.querySelectorAll('canvas')) canvas.width = 0;
}
