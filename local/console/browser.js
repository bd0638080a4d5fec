// Runs in the browser as it is. It decides nothing: it sends what buttons say, and puts the markup
// of the server where it belongs, without taking focus, scroll position or open details away.

const view = document.getElementById('view');
const said = document.getElementById('said');
const gone = document.getElementById('gone');
/** Element → the markup that it was made from. */
const sources = new WeakMap();
const COUNTDOWN_MS = 250;
let stream;

function connect() {
  stream?.close();
  const query = new URLSearchParams(new FormData(view));
  history.replaceState(null, '', `?${query}`);
  stream = new EventSource(`/live?${query}`);
  let isFirst = true;
  stream.addEventListener('open', () => {
    isFirst = true;
    gone.hidden = true;
  });
  stream.addEventListener('error', () => {
    gone.hidden = false;
  });
  stream.addEventListener('message', ({ data }) => {
    const focused = document.activeElement?.id;
    for (const [name, markup] of Object.entries(JSON.parse(data))) {
      update(document.getElementById(name), markup, isFirst);
    }
    if (document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
    isFirst = false;
    countDown();
  });
}

/** Replaces those children of a container that have changed, by their keys. */
function update(container, markup, isFirst) {
  const template = document.createElement('template');
  template.innerHTML = markup;
  const wanted = [...template.content.children];
  const keys = new Set(wanted.map(({ dataset }) => dataset.key));
  for (const child of [...container.children]) if (!keys.has(child.dataset.key)) child.remove();
  const shown = new Map([...container.children].map((child) => [child.dataset.key, child]));
  let place = container.firstElementChild;
  for (const child of wanted) {
    const known = shown.get(child.dataset.key);
    const source = child.outerHTML;
    if (known !== undefined && known === place) place = place.nextElementSibling;
    if (known !== undefined && sources.get(known) === source) {
      if (known.nextElementSibling !== place) container.insertBefore(known, place);
      continue;
    }
    known?.remove();
    sources.set(child, source);
    localTimes(child);
    if (!isFirst) child.classList.add('fresh');
    container.insertBefore(child, place);
  }
}

/** Times of the day, where the reader is. */
function localTimes(element) {
  for (const time of element.querySelectorAll('time[datetime]')) {
    time.textContent = new Date(time.dateTime).toLocaleTimeString(document.documentElement.lang);
    time.title = time.dateTime;
  }
}

function countDown() {
  const tick = document.querySelector('[data-at]');
  if (tick === null) return;
  const seconds = Math.ceil((Number(tick.dataset.at) - Date.now()) / 1_000);
  const text = seconds > 0 ? tick.dataset.before.replace('{seconds}', seconds) : tick.dataset.due;
  if (tick.textContent !== text) tick.textContent = text;
}

document.addEventListener('submit', async (event) => {
  const { target: form, submitter } = event;
  event.preventDefault();
  // What the reader looks for is looked for already.
  if (form === view || submitter?.getAttribute('aria-disabled') === 'true') return;
  try {
    const body = new URLSearchParams(new FormData(form, submitter));
    const answer = await fetch(form.action, { method: 'POST', body });
    said.textContent = await answer.text();
    said.classList.toggle('refusal', !answer.ok);
    if (answer.ok) form.reset();
  } catch {
    gone.hidden = false;
  }
});
document.addEventListener('input', ({ target }) => {
  if (target.form !== view) return;
  if (target.name === 'lang') view.submit();
  else connect();
});
// A browser has few connections for one server: a page that is not seen keeps none.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) stream.close();
  else connect();
});

setInterval(countDown, COUNTDOWN_MS);
connect();
