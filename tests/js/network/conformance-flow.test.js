// trainer.gradientFlow() beside PyTorch, which keeps the gradient of every h and c (retain_grad).
import { describe, test } from 'node:test';
import { assertAllNear, assertNear } from '../../reference/compare.js';
import { build, byName, NEAR, storedState } from '../../reference/conformance.js';
import { group, references } from '../../reference/read.js';
import { libraries, variants } from '../../reference/variants.js';

for (const variant of variants) {
  describe(`${variant}: how far gradients reach, as PyTorch`, () => {
    for (const reference of references('flow')) {
      test(reference.name.replace('flow-', ''), () => {
        const { case: { batch: batchSize, window, lengths }, tensors: { inputs, targets } } = reference;
        const network = build(libraries[variant], reference);
        const trainer = network.createTrainer({ batchSize, window });
        trainer.setState(storedState(reference, 'initial'));
        trainer.evaluate(inputs, targets, lengths && { lengths });
        const got = byName(trainer.gradientFlow(), reference);
        const expected = group(reference, 'flow');
        assertAllNear('norms', got, expected, NEAR);
        // Norms fall by orders of magnitude with the lag, so each is judged by itself too.
        for (const [name, norms] of Object.entries(expected)) {
          norms.forEach((norm, lag) => assertNear(`${name}, lag ${lag}`, [got[name][lag]], [norm], NEAR));
        }
        network.dispose();
      });
    }
  });
}
