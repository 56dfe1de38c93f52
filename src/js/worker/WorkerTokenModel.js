import { remoteObject } from './remote-object.js';

/** @typedef {import('../models/tokens/TokenModel.js').TokenModel} TokenModel */

const Base = /** @type {import('./remote-object.js').RemoteClass<TokenModel, typeof import('./calls.js').calls.tokenModel,
 *   typeof import('./calls.js').told.tokenModel[number], WorkerTokenModel>} */ (remoteObject('tokenModel', 'model'));

/** A model of tokens that lives in the Worker: TokenModel's methods, each answering with a promise. What they throw there rejects it. */
export class WorkerTokenModel extends Base {
  /** @protected @param {{ grown?: string[] }} value a report, or what else is iterated over */
  hear({ grown }) {
    if (grown) this.hearOf({ tokens: [...this.tokens, ...grown] });
  }
}
