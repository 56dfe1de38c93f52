import { Continuation } from '../../model/beyond/Continuation.js';
import { Gestures } from '../../model/beyond/Gestures.js';
import { Studio } from '../../model/beyond/Studio.js';
import { Translation } from '../../model/beyond/Translation.js';
import { showCurve } from './curve.js';
import { showGestures } from './gestures.js';
import { showTranslator } from './translator.js';

/** A curve, gestures and a translator; nothing is computed before a button is pressed. @param {import('../address.js').AddressBar} address */
export function showBeyond(address) {
  const studio = new Studio();
  const library = () => studio.library();
  const changed = () => address.changed();
  return {
    curve: showCurve(new Continuation(library), changed),
    gestures: showGestures(new Gestures(library), changed),
    translator: showTranslator(new Translation(library), changed),
  };
}
