import { byId } from '../../dom.js';
import { charName, decimal, isNamed, percent } from '../../format.js';

/** Playing, a character takes this long: milliseconds. */
const PACE = 700;

/**
 * Goes through the text: back, next, play, a slider, the arrow keys; and says where.
 *
 * @param {import('../../model/book/Inspection.js').Inspection} look
 */
export function walkThrough(look) {
  const button = (/** @type {string} */ name) => /** @type {HTMLButtonElement} */ (byId(`inside-${name}`));
  const [back, play, next] = ['back', 'play', 'next'].map(button);
  const slider = /** @type {HTMLInputElement} */ (byId('inside-at'));
  const here = byId('inside-here');
  let timer = 0;

  const step = (/** @type {number} */ by) => look.go(look.at + by, true);
  back.addEventListener('click', () => { stop(); step(-1); });
  next.addEventListener('click', () => { stop(); step(1); });
  play.addEventListener('click', () => (timer ? stop() : start()));
  slider.addEventListener('input', () => { stop(); look.go(slider.valueAsNumber); });
  back.parentElement?.addEventListener('keydown', ({ key, target }) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (by === undefined || target === slider) return;
    stop();
    step(by);
  });
  look.addEventListener('trace', () => {
    for (const control of [back, play, next, slider]) control.disabled = false;
    slider.max = String(look.length - 1);
    show();
  });
  for (const event of ['at', 'unit']) look.addEventListener(event, show);
  document.addEventListener('visibilitychange', () => { if (document.hidden) stop(); });
  new IntersectionObserver(([entry]) => { if (!entry.isIntersecting) stop(); }).observe(byId('book'));

  function start() {
    if (look.at === look.length - 1) look.go(0);
    // A screen reader would otherwise read out every character.
    here.setAttribute('aria-live', 'off');
    play.textContent = 'Pause';
    timer = setInterval(() => {
      step(1);
      if (look.at === look.length - 1) stop();
    }, PACE);
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = 'Play';
    here.removeAttribute('aria-live');
  }

  function show() {
    const { trace, at } = look;
    if (!trace) return;
    const char = trace.characters[at];
    const name = isNamed(char) ? charName(char) : `“${char}”`;
    const place = `${at + 1} of ${trace.characters.length}`;
    byId('inside-at-value').textContent = place;
    slider.value = String(at);
    slider.setAttribute('aria-valuetext', `${place}: ${name}`);
    const { c, h } = look.numbers;
    const memories = Object.entries({ c, h }).filter(([, value]) => value !== undefined);
    here.textContent = `After ${name}, which it had expected with ${percent(Math.exp(trace.logProbabilities[at]))}. `
      + `Unit ${look.unit}: ${memories.map(([symbol, value]) => `${symbol} = ${decimal(value)}`).join(', ')}.`;
  }
}
