// --- shadow: a root of one's own; Streamlit's costs a frame more before the first picture ------------------

// Returns what shows a component in its root, where its styles hold and nothing else's do.
export function inShadow(css, show) {
  const look = new CSSStyleSheet();
  look.replaceSync(css);
  const rootOf = (parent) => {
    if (!parent.shadowRoot) parent.attachShadow({ mode: 'open' }).adoptedStyleSheets = [look];
    return parent.shadowRoot;
  };
  return (component) => show({ ...component, parentElement: rootOf(component.parentElement) });
}
