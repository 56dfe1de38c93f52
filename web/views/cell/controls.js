import { byId, oncePerFrame } from '../../dom.js';
import { quoted } from './next.js';

/** @typedef {import('../../model/cell/Player.js').Player} Player */

/**
 * Back, Step, Play and their speed; the keys of the drawing; the sentence of the lit part.
 *
 * @param {Player} player
 */
export function showWalk(player) {
  const [back, step, play] = ['back', 'step', 'play'].map((name) => /** @type {HTMLButtonElement} */ (byId(`cell-${name}`)));
  const speed = /** @type {HTMLInputElement} */ (byId('cell-speed'));
  const diagram = byId('cell-diagram');
  const status = byId('cell-status');

  /** @param {'step' | 'back'} way */
  const walk = (way) => {
    player.pause();
    player[way]();
    const [title, words] = sentenceOf(player);
    status.textContent = `${title} ${words}`;
  };
  const toggle = () => (player.isPlaying ? player.pause() : player.play());
  back.addEventListener('click', () => walk('back'));
  step.addEventListener('click', () => walk('step'));
  play.addEventListener('click', toggle);
  speed.addEventListener('input', () => { player.speed = 2 ** speed.valueAsNumber; });
  diagram.addEventListener('keydown', (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (key === 'ArrowRight' || (key === ' ' && target === diagram)) walk('step');
    else if (key === 'ArrowLeft') walk('back');
    else if (key === 'p' || key === 'P') toggle();
    else return;
    event.preventDefault();
  });
  document.addEventListener('visibilitychange', () => { if (document.hidden) player.pause(); });
  new IntersectionObserver(([entry]) => { if (!entry.isIntersecting) player.pause(); }).observe(byId('cell'));

  const draw = oncePerFrame(() => {
    const { anatomy, part, parts, names, isPlaying } = player;
    back.disabled = !player.canGoBack;
    step.disabled = !player.canStep;
    play.disabled = !player.run;
    play.textContent = isPlaying ? 'Pause' : 'Play';
    byId('cell-step-part').textContent = player.canStep ? shortTitle(anatomy.parts[(part + 1) % parts].title[names]) : 'the end';
    speed.value = String(Math.log2(player.speed));
    speed.setAttribute('aria-valuetext', `${Number(player.speed.toPrecision(2))} steps a second`);
    const [title, words] = sentenceOf(player);
    const strong = document.createElement('strong');
    strong.textContent = title;
    byId('cell-sentence').replaceChildren(strong, ` ${words}`);
  });
  for (const type of ['run', 'place', 'choice', 'playing']) player.addEventListener(type, draw);
}

/** The first of the names of a part. @param {string} title */
const shortTitle = (title) => title.split(',')[0].replaceAll('_t', 'ₜ');

/** What the lit part does with the character, in numbers. @param {Player} player */
function sentenceOf(player) {
  const { anatomy, part, names, run, at, unit, tampering } = player;
  if (!run) return ['', ''];
  const isHere = (/** @type {{ unit: number, at: number }} */ change) => change.unit === unit && change.at === at;
  const isSet = tampering.swaps.some(isHere) || tampering.edits.some((edit) => edit.memory === 'h' && isHere(edit));
  const { title, sentence } = anatomy.parts[part];
  const char = run.characters[at];
  return [`${title[names].replaceAll('_t', 'ₜ')} at ${quoted(char)}.`, sentence(player.numbers().now, isSet)];
}
