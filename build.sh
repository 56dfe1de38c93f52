#!/usr/bin/env bash
# All there is to know about building lstm-wasm. Each step does only what is stale.
#
#   ./build.sh           the package: dist, with its modules, bundles, copies and types
#   ./build.sh pretrain  and trains the page's networks anew, into web/networks: two minutes
#   ./build.sh web       and the page, the guide and the reference, into build/web; a type error in web fails the build
#   ./build.sh native    the C test programs, into build/native, under ASan and UBSan, as float and as double
#   ./build.sh test      all of these, then the tests (or only the test files named after `test`)
#   ./build.sh clean     removes what was built, keeps the compiler and node_modules
#
# What it needs and does not find it installs on Debian 12 and 13 (as root or with sudo); elsewhere it says what to install.

# Read by sh and by the bash 3.2 of macOS too, which know neither the arrays nor the patterns below.
[ "${BASH_VERSINFO:-0}" -ge 4 ] || {
  echo "build: build.sh needs bash 4 or newer, this is ${BASH_VERSION:-another shell}: install bash (macOS: brew install bash)" \
    'and run ./build.sh' >&2
  exit 1
}
set -euo pipefail
shopt -s globstar nullglob
cd "$(dirname "${BASH_SOURCE[0]}")"

# On standard error, so that `npm pack --json` and `npm run bench -- --json` print nothing but JSON.
say() { printf 'build: %s\n' "$*" >&2; }
die() { printf 'build: %s\n' "$*" >&2; exit 1; }

# stale TARGET SOURCE...: is TARGET missing or older than a source? A folder counts with all that is in it,
# and its own date changes when a file is added or removed. Sources that do not exist do not count.
stale() {
  local target=$1 source; shift
  [[ -e $target ]] || return 0
  for source in "$@"; do
    [[ ! -e $source || -z $(find "$source" -newer "$target" -print -quit) ]] || return 0
  done
  return 1
}

# Everything is made under a temporary name and renamed when whole, so an interrupted build leaves nothing half made.
scratch='' unpacked=''
trap 'rm -rf ${scratch:+"$scratch"} ${unpacked:+"$unpacked"}' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
make_scratch() {
  [[ -z $scratch ]] || return 0
  mkdir -p build dist
  find build -maxdepth 1 -name 'tmp.*' -mmin +60 -exec rm -rf {} + # what a killed build left
  scratch=$(mktemp -d "$PWD/build/tmp.XXXXXX")
}

# replace NEW OLD: put the folder NEW in the place of OLD.
replace() {
  mkdir -p "$(dirname "$2")"
  rm -rf "$2"
  mv "$1" "$2"
}

# ---------------------------------------------------------------- what the build needs

# is_at_least VERSION OLDEST
is_at_least() { [[ $(printf '%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

as_root() {
  if [[ $(id -u) == 0 ]]; then "$@"; else sudo "$@"; fi
}
can_install() { command -v apt-get >/dev/null && { [[ $(id -u) == 0 ]] || command -v sudo >/dev/null; }; }

# The version that apt would install of a package; nothing where it has none.
apt_version() {
  apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: \([0-9][0-9.]*\).*/\1/p'
}
apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends --no-upgrade "$@" >/dev/null
}
apt_update() { as_root apt-get -qq update; }

# name_system: debian 12, debian 13, ubuntu, macos, windows, or other. OS_RELEASE is for the test.
name_system() {
  case $(uname -s) in
    Darwin) echo macos ;;
    MINGW* | MSYS* | CYGWIN*) echo windows ;;
    *)
      # shellcheck source=/dev/null
      (. "${OS_RELEASE:-/etc/os-release}" 2>/dev/null && case ${ID:-} in
        debian) echo "debian ${VERSION_ID:-}" ;;
        ubuntu) echo ubuntu ;;
        *) echo other ;;
      esac) || echo other ;;
  esac
}

# how_to_install WHAT ELSEWHERE: where build.sh cannot do it itself, what a person types.
how_to_install() {
  local what=$1
  case $(name_system) in
    macos) echo "brew install $what" ;;
    windows) echo 'in WSL with Debian (wsl --install Debian) build.sh installs it' ;;
    ubuntu) echo "Ubuntu's own is too old, $2" ;;
    *) echo "$2" ;;
  esac
}

# ---------------------------------------------------------------- Node

node_oldest=20.16.0

has_node() { is_at_least "$(node --version 2>/dev/null | tr -d v || echo 0)" "$node_oldest" && command -v npm >/dev/null; }

# Node and npm: those on PATH, else the system's; where that is too old (Debian 12), one beside it in .toolchain.
find_node() {
  ! has_node || return 0
  PATH=$PWD/.toolchain/node/bin:$PATH
  ! has_node || return 0
  can_install || die "install Node $node_oldest or newer with npm: $(how_to_install node https://nodejs.org)"
  say 'no recent Node: installing it'
  apt_update
  apt_install nodejs npm ca-certificates || die "install Node $node_oldest or newer with npm: https://nodejs.org"
  ! has_node || return 0

  local machine
  case $(uname -m) in
    x86_64) machine=x64 ;;
    aarch64) machine=arm64 ;;
    *) die "install Node $node_oldest or newer: https://nodejs.org" ;;
  esac
  npm install --silent --no-audit --no-fund --no-save --prefix .toolchain/node-package "node-linux-$machine@22.23.3" >&2
  mkdir -p .toolchain/node
  rm -rf .toolchain/node/bin
  mv ".toolchain/node-package/node_modules/node-linux-$machine/bin" .toolchain/node/bin
  rm -rf .toolchain/node-package
  has_node || die "the Node just installed does not run; install Node $node_oldest or newer: https://nodejs.org"
}

# ---------------------------------------------------------------- Emscripten

# The first release series whose LLVM surely has the final relaxed-SIMD opcodes; older ones no engine accepts.
emscripten_oldest=3.1.60

# is_recent EMCC: does it run, and is it new enough?
is_recent() {
  local version
  version=$("$1" --version 2>/dev/null | sed -n '1s/.* \([0-9][0-9.]*[0-9]\)\(-git\)\?\( .*\)\?$/\1/p') || return 1
  [[ -n $version ]] && is_at_least "$version" "$emscripten_oldest"
}

# Sets emcc: the one on PATH if it is recent, else the private one; where there is neither, one is installed first.
emcc=
find_emcc() {
  local private=$PWD/.toolchain/emscripten/emcc
  emcc=$(command -v emcc || true)
  if [[ -n $emcc ]] && is_recent "$emcc"; then return; fi
  emcc=$private
  if [[ -x $private ]] && is_recent "$private"; then return; fi
  install_emscripten
}

# The system's where it is recent (Debian 13), else the private one on Debian 12. Sets emcc.
install_emscripten() {
  local system help
  system=$(name_system)
  help=$(how_to_install emscripten 'by emsdk, with emcc on PATH: https://emscripten.org/docs/getting_started/downloads.html')
  help="install Emscripten $emscripten_oldest or newer: $help"
  can_install || die "$help"
  apt_update
  if is_at_least "$(apt_version emscripten)" "$emscripten_oldest"; then
    say 'no emcc: installing the Emscripten of this system'
    apt_install emscripten
    emcc=$(command -v emcc) && is_recent "$emcc" || die "$help"
  elif [[ $system == 'debian 12' ]]; then
    unpack_emscripten
  else
    die "$help"
  fi
}

# Emscripten 3.1.69 of Debian 13 with LLVM 19 of Debian 12, in .toolchain/emscripten, which may be moved.
# Debian 12's own Emscripten is too old, and installing Debian 13's would upgrade the system's libc. So its packages
# are only unpacked: Emscripten is Python and JavaScript, and Binaryen's programs run with their own libc beside them.
unpack_emscripten() {
  say 'no recent emcc: installing Emscripten into .toolchain (about 0.5 GB, under a minute)'
  apt_install python3 clang-19 lld-19

  mkdir -p .toolchain
  find .toolchain -maxdepth 1 -name 'tmp.*' -mmin +60 -exec rm -rf {} + # what a killed build left
  unpacked=$(mktemp -d "$PWD/.toolchain/tmp.XXXXXX")
  download_debs "$unpacked/debs"
  unpack_debs "$unpacked/debs" "$unpacked/emscripten"
  is_recent "$unpacked/emscripten/emcc" || die 'the Emscripten just unpacked does not run'
  replace "$unpacked/emscripten" .toolchain/emscripten
  rm -rf "$unpacked"
}

# download_debs FOLDER: Debian 12's LLVM tools, and Debian 13's packages from the mirror that this machine's apt already
# uses, with lists of their own: the system's apt never hears of Debian 13.
download_debs() {
  local folder=$1 apt=$1/apt mirror options
  # shellcheck disable=SC2016 # they are for apt
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk '$2 ~ /^(bookworm|oldstable)$/ && $3 == "main" && !found { found = 1; print $1 }')
  [[ -n $mirror ]] || die 'no mirror of Debian 12 in the sources of apt'
  mkdir -p "$apt"/{lists,cache/archives}/partial
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" > "$apt/sources.list"
  : > "$apt/status"
  options=(-qq -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$apt/lists"
    -o Dir::Cache="$apt/cache" -o Dir::State::status="$apt/status" -o APT::Default-Release=
    -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none)
  apt-get "${options[@]}" update
  (cd "$folder" && apt-get "${options[@]}" download emscripten binaryen libc6 libstdc++6 libgcc-s1 &&
    apt-get -qq -o APT::Sandbox::User="$(id -un)" download llvm-19)
}

# unpack_debs DEBS FOLDER: lays the tools out as Emscripten wants them. Nothing in FOLDER names its own path.
unpack_debs() {
  local debs=$1 to=$2 package tool
  mkdir -p "$to"/{emscripten,binaryen/bin,libc,llvm/bin}

  # Only what a 32-bit module without link-time optimisation or position-independent code needs.
  dpkg-deb --fsys-tarfile "$debs"/emscripten_*.deb | tar -x -C "$to/emscripten" --strip-components=4 \
    --exclude='*/wasm32-emscripten/lto*' --exclude='*/wasm32-emscripten/thinlto*' \
    --exclude='*/wasm32-emscripten/pic*' --exclude='*/wasm64-emscripten/*' \
    --exclude='./usr/share/emscripten/test' ./usr/share/emscripten
  for package in libc6 libstdc++6 libgcc-s1; do dpkg-deb -x "$debs/${package}"_*.deb "$to/libc"; done
  dpkg-deb -x "$debs"/binaryen_*.deb "$to/binaryen/deb"

  for tool in "$to"/binaryen/deb/usr/bin/*; do
    cat > "$to/binaryen/bin/${tool##*/}" <<'EOF'
#!/bin/sh
# Runs Binaryen's program of the same name with the libc that it was linked against.
here=$(dirname "$0")/..
for loader in "$here"/libc/usr/lib/*-linux-gnu/ld-linux-*.so.*; do lib=${loader%/*}; done
exec "$loader" --library-path "$here/deb/usr/lib/${lib##*/}:$lib" "$here/deb/usr/bin/${0##*/}" "$@"
EOF
    chmod +x "$to/binaryen/bin/${tool##*/}"
  done
  mv "$to/libc" "$to/binaryen/libc"

  dpkg-deb --fsys-tarfile "$debs"/llvm-19_*.deb | tar -x -C "$to/llvm/bin" --strip-components=5 \
    ./usr/lib/llvm-19/bin/llvm-objcopy
  for tool in clang clang++ wasm-ld; do ln -s "/usr/lib/llvm-19/bin/$tool" "$to/llvm/bin/$tool"; done

  cat > "$to/config.py" <<'EOF'
import os
import shutil
here = os.path.dirname(os.path.realpath(os.environ['EM_CONFIG']))
EMSCRIPTEN_ROOT = here + '/emscripten'
LLVM_ROOT = here + '/llvm/bin'
BINARYEN_ROOT = here + '/binaryen'
CACHE = EMSCRIPTEN_ROOT + '/cache'
FROZEN_CACHE = True
NODE_JS = shutil.which('node')
EOF
  cat > "$to/emcc" <<'EOF'
#!/bin/sh
here=$(dirname "$(realpath "$0")")
EM_CONFIG="$here/config.py" exec python3 -E "$here/emscripten/emcc.py" "$@"
EOF
  chmod +x "$to/emcc"
}

# ---------------------------------------------------------------- the steps

install_npm_packages() {
  find_node
  if stale node_modules/.package-lock.json package-lock.json; then
    say 'npm ci, because node_modules is missing or older than package-lock.json'
    npm ci --no-audit --no-fund --loglevel=error >&2
    touch node_modules/.package-lock.json
  fi
}

# Vector code is explicit and nothing is fused or reordered, so that scalar and simd agree bit for bit.
wasm_flags=(-std=c11 -ffp-contract=off -fno-vectorize -fno-slp-vectorize -Wall -Wextra -Werror)
link_flags=(-Oz --no-entry -sSTANDALONE_WASM -sALLOW_MEMORY_GROWTH=1 -sMALLOC=none -sMAXIMUM_MEMORY=4GB
  -sBINARYEN_EXTRA_PASSES=--converge)
variants=(scalar simd relaxed)
# What has SIMD has bulk memory too: memset and memcpy in one instruction.
declare -A variant_flags=([scalar]='' [simd]='-msimd128 -mbulk-memory' [relaxed]='-msimd128 -mrelaxed-simd -mbulk-memory')

# What takes the time is compiled for speed, all else for size: with SIMD the matrix products, as far as it makes them faster; in
# scalar, where a vec is four numbers, all that is made of vecs. (Compiled for speed, the cells would take 3 kB more and no less time.)
# Where there are no loops over numbers, functions are called and not inlined, which saves 0.7 kB.
options_for() { # VARIANT SOURCE
  case $1:$2 in
    scalar:src/kernels/* | scalar:src/cells/* | *:tests/benchmarks/*) echo '-O3' ;;
    *:src/kernels/matmul.c) echo '-O2' ;;
    *:src/kernels/matmul_leaves.c) echo '-Os' ;;
    *:src/kernels/integer*.c | *:src/kernels/int8.c) echo '-O3' ;;
    *:src/kernels/* | *:src/cells/*) echo '-Oz' ;;
    *) echo '-Oz -mllvm -inline-threshold=-50' ;;
  esac
}

# The folders of C, each of which uses only those before it.
floors=(src/heap src/kernels src/cells src/network src/training src/exports)

# compile_wasm OUTPUT VARIANT SOURCE...: starts the compiler, which leaves OUTPUT in the scratch folder.
compile_wasm() {
  local output=$1 variant=$2 objects=$scratch/objects-$1 flags source sources options; shift 2
  local -A files=()
  read -ra flags <<< "${wasm_flags[*]} ${variant_flags[$variant]}"
  flags+=("-I$PWD/src")
  mkdir "$objects"
  for source in "$@"; do files[$(options_for "$variant" "$source")]+="$PWD/$source"$'\n'; done
  for options in "${!files[@]}"; do
    mapfile -t sources <<< "${files[$options]%$'\n'}"
    # Objects are left where the compiler runs.
    (cd "$objects" && "$emcc" "${flags[@]}" $options -c "${sources[@]}") || return 1
  done
  "$emcc" "${link_flags[@]}" "${flags[@]}" "$objects"/*.o -o "$scratch/$output"
}

# compile_stale FOLDER PREFIX VARIANTS SOURCES...: FOLDER/PREFIX-VARIANT.wasm, for each that is stale, side by side.
compile_stale() {
  local folder=$1 prefix=$2 wanted variant job sources outputs=() jobs=() failed=
  read -ra wanted <<< "$3"; shift 3
  sources=("$@")
  for variant in "${wanted[@]}"; do
    if stale "$folder/$prefix-$variant.wasm" "${floors[@]}" "${sources[@]}" build.sh; then outputs+=("$variant"); fi
  done
  [[ ${#outputs[@]} -gt 0 ]] || return 0

  find_emcc
  make_scratch
  say "compiling $prefix: ${outputs[*]}"
  for variant in "${outputs[@]}"; do
    compile_wasm "$prefix-$variant.wasm" "$variant" "${sources[@]}" & jobs+=($!)
  done
  for job in "${jobs[@]}"; do wait "$job" || failed=yes; done
  [[ -z $failed ]] || die "$prefix does not compile"
  mkdir -p "$folder"
  for variant in "${outputs[@]}"; do
    check_wasm "$scratch/$prefix-$variant.wasm"
    chmod 644 "$scratch/$prefix-$variant.wasm"
    mv "$scratch/$prefix-$variant.wasm" "$folder/$prefix-$variant.wasm"
  done
}

# check_wasm FILE: an engine accepts it, and it asks for nothing.
check_wasm() {
  local flags=()
  if [[ $(node --v8-options) == *--experimental-wasm-relaxed-simd* ]]; then flags=(--experimental-wasm-relaxed-simd); fi
  node "${flags[@]}" - "$1" <<'EOF' || die "$(basename "$1") is not what it should be"
const module = new WebAssembly.Module(require('node:fs').readFileSync(process.argv[2]));
const imports = WebAssembly.Module.imports(module).map(({ module, name }) => `${module}.${name}`);
if (imports.length > 0) throw new Error(`unexpected imports: ${imports.join(', ')}`);
EOF
}

# What the benchmark takes for the machine's limit: kernels that do nothing but multiply and add, or read memory.
build_modules() {
  local sources=(src/**/*.c)
  [[ ${#sources[@]} -gt 0 ]] || die 'no C files under src'
  compile_stale dist lstm "${variants[*]}" "${sources[@]}"
  # For lstm-wasm/predict: no training, and of the cells only their steps, since nothing else is linked from them.
  sources=(src/{heap,kernels,cells,network}/**/*.c src/exports/{cell,memory,module,network}_exports.c)
  compile_stale dist predict "${variants[*]}" "${sources[@]}"
  if [[ -e tests/benchmarks/limits.c ]]; then compile_stale build limits 'simd relaxed' tests/benchmarks/limits.c; fi
}

# What the package ships of src/js. Its entry comes last: it is what tells whether the others are there and new.
build_bundles() {
  local file
  stale dist/index.js src/js src/bundle.js dist/*.wasm package.json package-lock.json || return 0
  make_scratch
  say 'bundling'
  mkdir "$scratch/bundles"
  node src/bundle.js "$scratch/bundles" || die 'src/js cannot be bundled'
  rm -f dist/*.js dist/*.js.map
  replace "$scratch/bundles/copies" dist/copies
  for file in "$scratch"/bundles/*.map "$scratch"/bundles/*.js; do
    [[ ${file##*/} == index.js ]] || mv "$file" dist
  done
  mv "$scratch/bundles/index.js" dist
}

# The types come from the JSDoc in src/js; a type error fails the build. Of them dist/types has the public ones.
build_types() {
  stale dist/types/index.d.ts src/js src/types src/tsconfig.json package-lock.json || return 0
  make_scratch
  say 'deriving the types'
  node_modules/.bin/tsc -p src/tsconfig.json --outDir "$scratch/all-types" || die 'src/js has type errors'
  node src/types/main.js "$scratch/all-types" "$scratch/types" || die 'the public types cannot be told from the others'
  replace "$scratch/types" dist/types
}

# deflate FROM TO
deflate() {
  stale "$2" "$1" web/prepare/deflate.js || return 0
  make_scratch
  node web/prepare/deflate.js "$1" "$scratch/deflated"
  mv "$scratch/deflated" "$2"
}

# What the page is given beside its networks: a text to learn, and for servers that do not compress, what is waited for.
prepare_page() {
  prepare_text
  # The first prediction waits for these two.
  deflate web/networks/pretrained.safetensors build/page/pretrained.deflate
  deflate dist/predict-simd.wasm build/page/predict-simd.deflate
  # Training waits for this one.
  deflate dist/lstm-simd.wasm build/page/lstm-simd.deflate
}

prepare_text() {
  stale build/page/moby-dick.txt web/prepare/text.js package-lock.json || return 0
  make_scratch
  say 'copying the demonstration text'
  node web/prepare/text.js "$scratch/whole.txt" "$scratch/part.txt"
  mkdir -p build/page
  mv "$scratch/whole.txt" build/moby-dick.txt
  mv "$scratch/part.txt" build/page/moby-dick.txt
}

# The page's networks: one that has learnt all of the book, and tiny ones that match brackets. They are kept, since the
# page tells of single units of theirs: trained by another order of sums, another unit counts the lines.
pretrain() {
  prepare_text
  make_scratch
  say 'training the network that the page begins with, a minute or two'
  node web/prepare/pretrain.js build/moby-dick.txt "$scratch/pretrained.safetensors"
  say 'training the networks that match brackets, some seconds'
  node web/prepare/brackets.js "$scratch"
  mv "$scratch"/{pretrained,brackets-{lstm,four-gate,peephole,gru,rnn}}.safetensors web/networks
}

# The page, its service worker and what runs in Node to make it know different globals, so each has a tsconfig of its own.
check_web_types() {
  local project
  stale build/web-types web dist/types package-lock.json || return 0
  say 'checking the types of the page'
  for project in web/tsconfig*.json; do
    node_modules/.bin/tsc -p "$project" || die "web has type errors ($project)"
  done
  mkdir -p build
  touch build/web-types
}

# The notices of what others wrote.
build_notices() {
  stale dist/THIRD-PARTY-NOTICES.txt src/notices.js src/licences || return 0
  make_scratch
  node src/notices.js "$scratch/notices" || die 'the notices cannot be written'
  mv "$scratch/notices" dist/THIRD-PARTY-NOTICES.txt
}

build_package() {
  install_npm_packages
  build_modules
  build_bundles
  build_types
  build_notices
}

build_page() {
  local part
  stale build/web/index.html web/*.* web/{model,networks,offline,plugins,sections,styles,views,worker} src/js dist build/page package-lock.json ||
    return 0
  make_scratch
  say 'building the page'
  node_modules/.bin/vite build web --outDir "$scratch/web" --logLevel warn
  for part in guide reference hashmap.json; do
    [[ ! -e build/web/$part ]] || mv build/web/"$part" "$scratch/web/"
  done
  replace "$scratch/web" build/web
}

# The guide, whose snippets use the built package, and the reference, which TypeDoc derives from the types. VitePress
# makes one site of both, with its root at the page. TypeDoc's warnings are errors.
build_guide() {
  local entry entries=() part
  stale build/web/guide/index.html web/{guide,reference} web/styles/colours.css dist package.json package-lock.json src/js ||
    return 0
  make_scratch
  say 'building the guide and the reference'
  rm -rf build/reference
  node web/reference/entries.js build/reference
  for entry in build/reference/*.d.ts; do
    [[ $entry == */declarations.d.ts ]] || entries+=(--entryPoints "$entry")
  done
  mkdir -p "$scratch/site/guide"
  cp web/guide/*.md web/guide/*.png "$scratch/site/guide"
  rm "$scratch/site/guide/README.md"
  node_modules/.bin/typedoc --options web/reference/typedoc.json --tsconfig web/reference/tsconfig.json "${entries[@]}" \
    --out "$scratch/site/reference" --navigationJson "$scratch/site/navigation.json" >&2 || die 'the reference is not whole'
  replace "$scratch/site" build/site
  node_modules/.bin/vitepress build web/guide --outDir "$scratch/guide" >"$scratch/guide.log" 2>&1 ||
    { cat "$scratch/guide.log" >&2; die 'the guide cannot be built'; }
  for part in guide reference hashmap.json; do replace "$scratch/guide/$part" "build/web/$part"; done
}

build_web() {
  check_web_types
  prepare_page
  build_page
  build_guide
}

# ---------------------------------------------------------------- the C tests

# Sets cc: the first C compiler whose sanitizers work.
cc=
find_native_compiler() {
  local candidate
  for candidate in gcc clang clang-19; do
    command -v "$candidate" >/dev/null || continue
    if echo 'int main(void) { return 0; }' |
      "$candidate" -xc - -fsanitize=address,undefined -o "$scratch/probe" 2>/dev/null && "$scratch/probe" 2>/dev/null
    then
      cc=$candidate
      return 0
    fi
  done
  return 1
}

# All of the library but its exports, and each tests/*/*_test.c, as float and as double. An object is stale when
# its own file or any header is newer. Tests named oom_* stand between the library and malloc.
native_flags=(-std=c11 -g1 -O1 '-fsanitize=address,undefined' -fno-sanitize-recover=all
  -ffp-contract=off -Wall -Wextra -Werror -Isrc -Itests)
oom_flags=('-Wl,--wrap=malloc' '-Wl,--wrap=calloc' '-Wl,--wrap=realloc' '-Wl,--wrap=free')

build_native() {
  local library=(src/{kernels,cells,network,training}/**/*.c) headers=(src/**/*.h tests/**/*.h)
  local tests=(tests/{c,kernels,cells,network,training}/*_test.c)
  local real source object program objects wrap compile=() link=()
  [[ ${#tests[@]} -gt 0 ]] || return 0

  for real in float double; do
    objects=("${library[@]/#/build/native/$real/}")
    objects=("${objects[@]/%.c/.o}")
    for source in "${library[@]}" "${tests[@]}"; do
      object=build/native/$real/${source%.c}.o
      if stale "$object" "$source" build.sh "${headers[@]}"; then
        mkdir -p "${object%/*}"
        compile+=("${native_flags[*]} -DLSTM_REAL=$real -c $source -o $object")
      fi
    done
    for source in "${tests[@]}"; do
      program=build/native/$(basename "$source" .c)-$real
      wrap=
      if [[ ${source##*/} == oom_* ]]; then wrap=${oom_flags[*]}; fi
      # A program is newer than all it was linked from, or its sources, if these have no objects yet.
      if stale "$program" "$source" "${library[@]}" build.sh "${headers[@]}"; then
        link+=("${native_flags[*]} build/native/$real/${source%.c}.o ${objects[*]} $wrap -lm -o $program")
      fi
    done
  done
  [[ ${#compile[@]} -gt 0 || ${#link[@]} -gt 0 ]] || return 0

  make_scratch
  if ! find_native_compiler; then
    say 'SKIPPED: the C tests, because no C compiler here has the address and undefined-behaviour sanitizers'
    return 0
  fi
  say "compiling the C tests with $cc and its sanitizers: ${#compile[@]} files, ${#link[@]} programs"
  run_compiler ${compile[@]+"${compile[@]}"}
  run_compiler ${link[@]+"${link[@]}"}
}

# run_compiler ARGUMENTS...: the native compiler once for each, as many at a time as there are processors. It removes
# its output when it fails; when it is interrupted too.
run_compiler() {
  [[ $# == 0 ]] || printf '%s\n' "$@" | xargs -P "$(getconf _NPROCESSORS_ONLN)" -L 1 "$cc" ||
    die 'the C tests do not compile'
}

# The page is built on one processor: meanwhile the others compile the C tests.
build_for_tests() {
  local native
  tests/setup.sh
  make_scratch # here, so that it is removed when this shell ends
  build_native & native=$!
  build_web
  wait "$native" || die 'the C tests are not built'
}

run_tests() {
  local files=("$@")
  [[ ${#files[@]} -gt 0 ]] || files=(tests/**/*.test.js)
  node tests/run.js "${files[@]}"
}

# ----------------------------------------------------------------

case ${1:-package} in
  package) build_package ;;
  pretrain) build_package; pretrain ;;
  web) build_package; build_web ;;
  native) build_native ;;
  test) build_package; build_for_tests; run_tests "${@:2}" ;;
  clean) rm -rf build dist ;;
  *) die "expected package, pretrain, web, native, test or clean, got '$1'" ;;
esac
