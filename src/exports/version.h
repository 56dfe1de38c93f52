// version.h: which version of the package this is: that of package.json, and of src/js/core/version.js.
#ifndef LSTM_EXPORTS_VERSION_H
#define LSTM_EXPORTS_VERSION_H

#define LSTM_VERSION "0.1.0"

#endif
