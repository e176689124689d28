const heads = new WeakMap();

function built(parent) {
  const [title, sentence, words] = ['h1', 'p', 'button'].map((tag) => document.createElement(tag));
  Object.assign(words, { type: 'button', textContent: 'Words used here' });
  parent.append(title, sentence, words);
  return { title, sentence, words };
}

export default function ({ parentElement, data, setTriggerValue }) {
  if (!heads.has(parentElement)) heads.set(parentElement, built(parentElement));
  const { title, sentence, words } = heads.get(parentElement);
  title.textContent = data.title;
  sentence.textContent = data.sentence;
  words.hidden = !data.words;
  words.onclick = () => setTriggerValue('words', true);
}
