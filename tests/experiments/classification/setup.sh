#!/usr/bin/env bash
# Gets what run.js compares with, and what it learns, into build/classification: names (@faker-js/faker, MIT), vowels of nine
# speakers (shipped by sktime, BSD), brain.js. PyTorch has to be there: pip install torch==2.13.0
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
mkdir -p build/classification/vowels
cd build/classification
npm install --no-save --no-package-lock --ignore-scripts --prefix . @faker-js/faker@10.6.0 brain.js@1.6.1 >/dev/null
python3 -m pip download --quiet --no-deps --dest . sktime==1.2.0
python3 - <<'PY'
import zipfile
with zipfile.ZipFile('sktime-1.2.0-py3-none-any.whl') as wheel:
    for part in ('TRAIN', 'TEST'):
        name = f'JapaneseVowels_{part}.ts'
        with open(f'vowels/{name}', 'wb') as file:
            file.write(wheel.read(f'sktime/datasets/data/JapaneseVowels/{name}'))
PY
