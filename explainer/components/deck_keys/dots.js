export default function ({ parentElement, data, setTriggerValue }) {
  let nav = parentElement.querySelector('nav');
  if (!nav) {
    nav = document.createElement('nav');
    nav.setAttribute('aria-label', 'Scenes of this chapter');
    parentElement.append(nav);
  }
  nav.replaceChildren(...data.titles.map((title, scene) => {
    const dot = document.createElement('button');
    dot.type = 'button';
    dot.title = title;
    dot.setAttribute('aria-label', `Scene ${scene + 1} of ${data.titles.length}: ${title}`);
    if (scene === data.current) dot.setAttribute('aria-current', 'step');
    dot.onclick = () => setTriggerValue('pick', { scene });
    return dot;
  }));
}
