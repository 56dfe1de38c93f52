// pair_exports.c: an encoder and its decoder, each in a trainer, as one; see training/pair.h.
#include "exports/exports.h"
#include "exports/updates.h"
#include "training/pair.h"

EXPORT size_t lstm_trainer_pair_summary_size(const Network *encoder) { return pair_summary_size(encoder); }

// The outputs are the decoder's. Each of the others returns a TrainerStatus; loss and gradient norm are the decoder's.
EXPORT void lstm_trainer_pair_predict(Trainer *encoder, Trainer *decoder) { pair_predict(encoder, decoder); }
EXPORT int lstm_trainer_pair_forward(Trainer *encoder, Trainer *decoder) { return pair_forward(encoder, decoder); }
EXPORT int lstm_trainer_pair_backward(Trainer *encoder, Trainer *decoder) { return pair_backward(encoder, decoder); }

// A step: lstm_trainer_pair_pass and lstm_trainer_pair_finish, or lstm_trainer_pair_accumulate. As lstm_trainer_pass,
// lstm_trainer_finish and lstm_trainer_accumulate for one trainer, of parts too: the nodes are those of both.
EXPORT void lstm_trainer_pair_pass(Trainer *encoder, Trainer *decoder) { pair_pass(encoder, decoder); }
EXPORT int lstm_trainer_pair_finish(Trainer *encoder, Trainer *decoder, int kind, double learning_rate, double weight_decay,
                                    double beta1, double beta2, double epsilon, double dampening, double rate_decay,
                                    int nesterov, double clip_norm, double clip_value) {
  const OptimizerOptions options = optimizer_options(kind, learning_rate, weight_decay, beta1, beta2, epsilon, dampening,
                                                     rate_decay, nesterov);
  return pair_finish(encoder, decoder, &options, (Clipping){clip_norm, clip_value});
}
EXPORT int lstm_trainer_pair_accumulate(Trainer *encoder, Trainer *decoder) { return pair_accumulate(encoder, decoder); }
