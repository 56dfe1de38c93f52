// trainer_exports.c: trainers: windows in, losses, gradients and updates out.
#include "exports/exports.h"
#include "training/trainer.h"

EXPORT Trainer *lstm_trainer_create(Network *network, size_t batch, size_t window) {
  return trainer_create(network, batch, window);
}

// Before the network that it trains.
EXPORT void lstm_trainer_free(Trainer *trainer) { trainer_free(trainer); }

// Where the caller puts a window, time-major: tokens (T, B) of int32 or vectors (T, B, D) of floats; classes (T, B) of
// int32 or values (T, B, V) of floats.
EXPORT void *lstm_trainer_inputs(Trainer *trainer) {
  return trainer->input_tokens ? (void *)trainer->input_tokens : (void *)trainer->input_vectors;
}
EXPORT void *lstm_trainer_targets(Trainer *trainer) {
  return trainer->target_classes ? (void *)trainer->target_classes : (void *)trainer->target_values;
}

// Layer l's state before the window, (B, H) floats each; c is 0 for kinds without one.
EXPORT real *lstm_trainer_h(Trainer *trainer, size_t l) { return trainer_h(trainer, l); }
EXPORT real *lstm_trainer_c(Trainer *trainer, size_t l) { return trainer_c(trainer, l); }

// After lstm_trainer_backward: all parameters' gradients, flat; those of the state before the window; those of vector
// inputs, (T, B, D), 0 for tokens.
EXPORT real *lstm_trainer_gradients(Trainer *trainer) { return trainer->gradients; }
EXPORT real *lstm_trainer_dh(Trainer *trainer, size_t l) { return trainer->windows[l].dh0; }
EXPORT real *lstm_trainer_dc(Trainer *trainer, size_t l) { return trainer->windows[l].dc0; }
EXPORT real *lstm_trainer_dinputs(Trainer *trainer) { return trainer_input_gradients(trainer); }

// Each returns a TrainerStatus; see trainer.h.
EXPORT int lstm_trainer_forward(Trainer *trainer) { return trainer_forward(trainer); }
EXPORT int lstm_trainer_backward(Trainer *trainer) { return trainer_backward(trainer); }
EXPORT int lstm_trainer_step(Trainer *trainer, double learning_rate, double beta1, double beta2, double epsilon,
                             double clip_norm) {
  const AdamOptions options = {learning_rate, beta1, beta2, epsilon};
  return trainer_step(trainer, &options, clip_norm);
}

EXPORT double lstm_trainer_loss(const Trainer *trainer) { return trainer->loss; }
EXPORT double lstm_trainer_gradient_norm(const Trainer *trainer) { return trainer->gradient_norm; }

// Gives `to` the optimiser's state of `from`; both train the same network.
EXPORT void lstm_trainer_copy_optimizer(Trainer *to, const Trainer *from) {
  adam_copy(&to->adam, &from->adam, from->network->value_count);
}
